//! What one thing went through.

mod queries;
mod types;

pub(super) use queries::HistoryQueries;
