//! One change of many leads: a job makes it, lead by lead, and tells how far it is and which leads say no (decision 24).

mod change;
mod change_leads;
mod changes;
#[cfg(test)]
mod tests;
mod upkeep;

pub use change::Change;
pub use change_leads::{CHANGE_LEADS, ChangeLeads};
pub use changes::{Asked, ChangeState, Counts, Ended, LeadChange, LeadChanges, NotAsked, Refused, RefusedFor};
pub use upkeep::Upkeep;

/// Leads that one change may be of.
pub const MOST_LEADS: usize = 10_000;

/// Changes of a business that wait or are being made at once.
pub const MOST_OPEN: i64 = 10;
