//! Usage: what the business is charged by.

mod queries;
mod types;

pub(super) use queries::UsageQueries;
