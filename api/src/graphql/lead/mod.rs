//! Leads: the list, one of them, what happened with its contact, and what is thought of it.

mod add;
mod assess;
mod disqualify;
mod filter;
mod pages;
mod qualify;
mod queries;
mod submission;
mod timeline;
mod types;

pub(super) use add::AddLead;
pub(super) use disqualify::DisqualifyLead;
pub(super) use qualify::QualifyLead;
pub(super) use queries::{LeadQueries, by_ids};
pub(super) use types::{Lead, LeadSource, LeadStatus};
