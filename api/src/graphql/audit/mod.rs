//! The audit: who did what, when, why and from where.

mod filter;
mod queries;
mod types;

pub(super) use queries::AuditQueries;
