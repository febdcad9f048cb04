//! Leads: the list, one of them, what happened with its contact, and what is thought of it.

mod add;
mod assess;
mod details;
mod disqualify;
mod exported;
mod filter;
mod marks;
mod note;
mod pages;
mod qualify;
mod quality;
mod queries;
mod standing;
mod submission;
mod timeline;
mod transfer;
mod types;
mod work;

pub(super) use add::AddLead;
pub(super) use details::DescribeLead;
pub(super) use disqualify::DisqualifyLead;
pub(crate) use exported::{leads_asked_for, source_word, stage_word, status_word};
pub(super) use filter::LeadFilter;
pub(super) use marks::MarkLead;
pub(super) use qualify::QualifyLead;
pub(super) use queries::{LeadQueries, by_ids};
pub(super) use standing::{MoveLead, move_to};
pub(super) use transfer::{TransferLead, member};
pub(super) use types::{Lead, LeadSource, LeadStatus};
pub(super) use work::pipeline_of;
