//! What a kind of jobs does.

use std::time::Duration;

use futures_util::future::BoxFuture;
use leadflow_event_store::entropy;
use tokio_util::sync::CancellationToken;

use super::begun::Job;

/// What a kind of jobs does.
pub trait Work: Send + Sync + 'static {
    /// Which kind.
    fn kind(&self) -> &'static str;

    /// How many a second.
    fn pace(&self) -> Pace;

    /// Does one, whose turn comes within a moment. When `stop` is cancelled, it begins nothing that it has not begun.
    fn work(&self, job: Job, stop: CancellationToken) -> BoxFuture<'_, Worked>;
}

/// How fast jobs are begun, by all processes together. Zero is no bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// In a lane, each second.
    pub of_lane: f64,
    /// Of a business, each second.
    pub of_business: f64,
    /// In a queue, each second.
    pub of_queue: f64,
    /// How many of a queue may come without a pause; what they borrow is waited for after them.
    pub at_once: i32,
}

impl Pace {
    /// As fast as may be.
    pub const UNBOUNDED: Self = Self { of_lane: 0.0, of_business: 0.0, of_queue: 0.0, at_once: 1 };

    /// Seconds from one to the next.
    pub(crate) fn every(per_second: f64) -> f64 {
        if per_second > 0.0 { per_second.recip() } else { 0.0 }
    }
}

/// What a job came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worked {
    /// It is done.
    Done,
    /// It can't be done, and is not tried again.
    Failed {
        /// Why; nothing personal.
        reason: String,
    },
    /// It is tried again.
    Again {
        /// After this time.
        after: Duration,
        /// Why; nothing personal.
        reason: String,
    },
    /// It waits, with all of its lane, until somebody sees to it.
    Stopped {
        /// Why; nothing personal.
        reason: String,
    },
}

impl Worked {
    /// It is tried again after this pause, with up to a quarter more: those that failed together are not tried together.
    #[must_use]
    pub fn after(pause: Duration, reason: String) -> Self {
        Self::Again { after: pause + entropy::jitter(pause / 4), reason }
    }

    /// The same, after `first` when it was tried once, and twice as long each time, up to `longest`.
    #[must_use]
    pub fn later(job: &Job, first: Duration, longest: Duration, reason: String) -> Self {
        let doublings = u32::try_from(job.attempts.saturating_sub(1)).unwrap_or_default();
        Self::after(first.saturating_mul(2_u32.saturating_pow(doublings)).min(longest), reason)
    }
}
