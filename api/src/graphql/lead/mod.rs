//! Leads: the list, and one of them.

mod queries;
mod types;

pub(super) use queries::LeadQueries;
pub(super) use queries::by_id;
pub(super) use types::Lead;
