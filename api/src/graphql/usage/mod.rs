//! Usage: what the business is charged by.

mod explain;
mod line_id;
mod queries;
mod types;

pub(super) use line_id::line_of;
pub(super) use queries::{UsageQueries, by_keys};
pub(super) use types::UsageLine;
