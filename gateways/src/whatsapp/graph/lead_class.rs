//! What follows when a lead, a form or a page can't be read.

use std::time::Duration;

use super::refusal::ProviderRefusal;

/// How long a page waits whose calls are counted. They are counted by the day, and an hour's share is free again in an hour; so that
/// it is not left for longer than that, it is looked at more often.
const PAGE_PACE: Duration = Duration::from_secs(300);

/// What follows when a lead, a form or a page can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadClass {
    /// It is gone, or never was, or its owner has not let the app see it: Meta tells these apart no further.
    Gone,
    /// The token is over, or lacks a permission: nothing more is read with it.
    Credentials,
    /// Asked too often.
    Pace {
        /// How long to wait at the least.
        at_least: Duration,
    },
    /// It may be asked again, ever later.
    Later,
}

impl ProviderRefusal {
    /// What follows from it where a lead, a form or a page was asked for. Codes of messages mean nothing there.
    #[must_use]
    pub fn of_lead(&self) -> LeadClass {
        match self.code {
            // 33 beside 100: no such thing, or no access to it. Without it: what is asked for has no such fields, which it won't have
            // tomorrow.
            33 | 100 => LeadClass::Gone,
            0 | 3 | 10 | 102 | 190 | 200..=299 => LeadClass::Credentials,
            // 80000 and on: counts of calls of a business (general knowledge: 80005 is that of leads).
            4 | 17 | 32 | 613 | 80_000..=80_014 => {
                LeadClass::Pace { at_least: self.retry_after.unwrap_or(PAGE_PACE).max(PAGE_PACE) }
            }
            _ => LeadClass::Later,
        }
    }
}
