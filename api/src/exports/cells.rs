//! Cells that a spreadsheet takes for text.

use std::borrow::Cow;

/// A cell that begins so is taken for a formula (OWASP, "CSV Injection"): what somebody wrote to a business would be run on the
/// machine of whoever opens the file.
const BEGIN_FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The cell as text, whatever it begins with: behind an apostrophe, which spreadsheets don't show.
pub(crate) fn tame(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(BEGIN_FORMULAS) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_a_formula_is_behind_an_apostrophe() {
        for cell in ["=HYPERLINK(\"x\")", "+39 02 1234", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(tame(cell), format!("'{cell}"));
        }
        for cell in ["", "Ada", "1=1", " =1", "'=1", "é"] {
            assert_eq!(tame(cell), cell);
        }
    }
}
