//! One change of many leads: that it is wanted, how far it is, and that it goes no further.

mod ask;
mod cancel;
mod queries;
mod types;

pub(super) use ask::ChangeLeads;
pub(super) use cancel::CancelLeadChange;
pub(super) use queries::LeadChangeQueries;
