//! Cells that a spreadsheet takes for text.

use std::borrow::Cow;

/// What begins so is taken for a formula (OWASP, "CSV Injection"): what somebody wrote to a business would be run on the machine of
/// whoever opens the file. The wide ones are read as the others are where people write so.
const BEGIN_FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Behind these another cell begins, where a program goes by another separator than the file's: quotes in the midst of what it takes for
/// one cell hold nothing together.
const SEPARATE: [char; 6] = [',', ';', '|', '\t', '\r', '\n'];

/// The cell as text, whatever it begins with: behind an apostrophe, which spreadsheets don't show. So is whatever would begin a formula
/// in it where the file is read with another separator.
pub(crate) fn tame(cell: &str) -> Cow<'_, str> {
    let begins_odd = cell.starts_with(BEGIN_FORMULAS) || cell.starts_with(SEPARATE);
    if !begins_odd && !cell.contains(SEPARATE) {
        return Cow::Borrowed(cell);
    }
    let mut tamed = String::with_capacity(cell.len() + 2);
    if begins_odd {
        tamed.push('\'');
    }
    let mut begins_cell = false;
    for sign in cell.chars() {
        if begins_cell && BEGIN_FORMULAS.contains(&sign) {
            tamed.push('\'');
        }
        // Quotes and blanks before a formula don't make it text everywhere.
        begins_cell = SEPARATE.contains(&sign) || (begins_cell && matches!(sign, '"' | ' '));
        tamed.push(sign);
    }
    Cow::Owned(tamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_a_formula_is_behind_an_apostrophe() {
        for cell in ["=HYPERLINK(\"x\")", "+39 02 1234", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠1"] {
            assert_eq!(tame(cell), format!("'{cell}"));
        }
        for cell in ["", "Ada", "1=1", " =1", "'=1", "é", "Ada; Bob", "a, b", "one\ntwo", "\"=1", "a-b;c-d"] {
            assert_eq!(tame(cell), cell);
        }
    }

    #[test]
    fn what_would_begin_a_cell_by_another_separator_is_too() {
        for separator in SEPARATE {
            assert_eq!(tame(&format!("{separator}=1+1")), format!("'{separator}'=1+1"));
            assert_eq!(tame(&format!("{separator}x")), format!("'{separator}x"));
            assert_eq!(tame(&format!("x{separator}@SUM(1)")), format!("x{separator}'@SUM(1)"));
            assert_eq!(tame(&format!("x{separator} \"-1")), format!("x{separator} \"'-1"));
            assert_eq!(tame(&format!("={separator}={separator}=")), format!("'={separator}'={separator}'="));
        }
    }
}
