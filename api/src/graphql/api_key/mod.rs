//! API keys: programs that work for the business, and what can be done with them.

mod issue;
mod mutate;
mod queries;
mod revoke;
mod types;

pub(super) use issue::IssueApiKey;
pub(super) use queries::{ApiKeyQueries, by_id};
pub(super) use revoke::RevokeApiKey;
pub(super) use types::ApiKey;
