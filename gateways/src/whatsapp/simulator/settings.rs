//! How a simulator behaves from the start.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

/// How a simulator behaves. The default tells nothing by itself and enforces no pace.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Signs webhooks.
    pub app_secret: String,
    /// Where webhooks go; nowhere until it is said.
    pub posts_to: Option<String>,
    /// When statuses are told, and templates are reviewed.
    pub delays: Delays,
    /// What happens to statuses on their way, where they are told by themselves, until something else is said.
    pub mishaps: Mishaps,
    /// How long statuses that are told by themselves wait for others, to be told in one webhook of up to 1,000; not at all where it is
    /// zero.
    pub gathers: Duration,
    /// How long it waits before it posts a webhook again that was not answered with 200; once for each.
    pub retries: Vec<Duration>,
    /// Whether who sends faster than allowed is refused.
    pub enforces_pace: bool,
    /// Most messages of a number within any second, those of its customers included.
    pub messages_per_second: usize,
    /// Whether everybody has just written, so that free-form messages reach them.
    pub windows_open_for_all: bool,
    /// Whether numbers of Brazil and Mexico are known by another spelling than they are called by.
    pub rewrites_numbers: bool,
    /// What chance is drawn from.
    pub seed: u64,
    /// Unix seconds on the simulator's clock as it starts; those of this machine's clock where nothing is said.
    pub starts_at: Option<i64>,
    /// Whether that clock stands still, and is moved by hand alone.
    pub clock_stands: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            app_secret: "a secret of the simulator's".to_owned(),
            posts_to: None,
            delays: Delays::ByHand,
            mishaps: Mishaps::default(),
            gathers: Duration::ZERO,
            retries: [200, 1_000, 5_000, 25_000].map(Duration::from_millis).to_vec(),
            enforces_pace: false,
            messages_per_second: 80,
            windows_open_for_all: false,
            rewrites_numbers: false,
            seed: 0,
            starts_at: None,
            clock_stands: false,
        }
    }
}

/// When something follows by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delays {
    /// Only when somebody says so.
    ByHand,
    /// Within these milliseconds.
    Within {
        /// From the acceptance to `sent`.
        sent: RangeInclusive<u64>,
        /// From there to `delivered`.
        delivered: RangeInclusive<u64>,
        /// From there to `read`; nobody reads where nothing is said.
        read: Option<RangeInclusive<u64>>,
        /// From a template's creation to its review.
        reviewed: RangeInclusive<u64>,
    },
}

/// How many of a thousand statuses meet with something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mishaps {
    /// Told twice.
    pub doubled: u16,
    /// Never told.
    pub lost: u16,
    /// Of a thousand messages, those whose statuses are told in another order.
    pub disordered: u16,
}
