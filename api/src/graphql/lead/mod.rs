//! Leads: the list, one of them, what happened with its contact, and what is thought of it.

mod assess;
mod disqualify;
mod filter;
mod pages;
mod qualify;
mod queries;
mod timeline;
mod types;

pub(super) use disqualify::DisqualifyLead;
pub(super) use qualify::QualifyLead;
pub(super) use queries::{LeadQueries, by_ids};
pub(super) use types::{Lead, LeadSource, LeadStatus};
