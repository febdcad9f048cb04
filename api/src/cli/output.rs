//! How results are printed.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table, TableComponent};
use serde::Serialize;

/// Prints a line of the result. When whoever reads has gone away (`... | head -1`), the rest is said to nobody: a call
/// must still end in order.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout().lock(), $($line)*);
    }};
}
pub(super) use say;

/// Prints `value` as JSON, alone on standard output.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints rows under their headings, or `none` when there are no rows.
pub(super) fn table(headings: &[&str], rows: Vec<Vec<String>>, none: &str) {
    if rows.is_empty() {
        say!("{none}");
        return;
    }
    let mut table = Table::new();
    table.load_preset(NOTHING);
    table.set_style(TableComponent::HeaderLines, '─').set_style(TableComponent::MiddleHeaderIntersections, '─');
    table.set_content_arrangement(ContentArrangement::Dynamic).set_header(headings.to_vec()).add_rows(rows);
    say!("{table}");
}
