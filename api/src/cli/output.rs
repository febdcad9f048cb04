//! How results are printed.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

use anyhow::Context;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table, TableComponent};
use serde::Serialize;

/// Prints a line of the result, or ends the function with the reason why it can't be written.
macro_rules! say {
    ($($line:tt)*) => {
        $crate::cli::output::print(format_args!($($line)*))?
    };
}
pub(super) use say;

/// Prints a line. When whoever reads has gone away (`... | head -1`), the rest is said to nobody: a call must still end
/// in order. Anything else, a full disk say, would leave half a result behind that looks whole.
pub(super) fn print(line: Arguments<'_>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("the result can't be written"),
        _ => Ok(()),
    }
}

/// Prints `value` as JSON, alone on standard output.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints rows under their headings, or `none` when there are no rows.
pub(super) fn table(headings: &[&str], rows: Vec<Vec<String>>, none: &str) -> anyhow::Result<()> {
    if rows.is_empty() {
        say!("{none}");
        return Ok(());
    }
    let mut table = Table::new();
    table.load_preset(NOTHING);
    table.set_style(TableComponent::HeaderLines, '─').set_style(TableComponent::MiddleHeaderIntersections, '─');
    table.set_content_arrangement(ContentArrangement::Dynamic).set_header(headings.to_vec()).add_rows(rows);
    say!("{table}");
    Ok(())
}
