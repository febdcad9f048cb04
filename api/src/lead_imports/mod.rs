//! Leads of files: a CSV is taken in as it comes and stored sealed, a job reads it and tells the log of its rows, and what can't be
//! read is told row by row (decision 23).

mod batches;
mod columns;
mod desk;
mod encoding;
mod erased;
mod files;
mod http;
mod import_leads;
mod imports;
mod records;
mod row;
mod seals;
mod take_in;
mod tell;
#[cfg(test)]
mod tests;
mod untold;
mod upkeep;

pub use columns::{Column, Field, Layout, MOST_COLUMNS, Unmapped, parse_said};
pub use desk::Desk;
pub(crate) use encoding::Decoder;
pub use encoding::{Encoding, NoText, UnknownEncoding};
pub use erased::was_erased;
pub use files::{About, Files, MOST_OPEN};
pub(crate) use http::{Refused, errors_as_csv, notice, read_in_vain, routes, told, who};
pub use import_leads::{IMPORT_LEADS, ImportLeads};
pub use imports::{Cancelled, Counts, Import, ImportRange, ImportState, MOST_ERRORS, has_ended};
pub use records::Delimiter;
pub use row::RowError;
pub use seals::Gone;
pub(crate) use take_in::Pace;
pub use take_in::{Brought, MOST_BYTES, NotTaken, Taken, take_in};
pub(crate) use untold::{Untold, unidentified, untold};
pub use upkeep::Upkeep;
