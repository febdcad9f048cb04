//! The simulator's time: it runs by itself, and can be moved.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

const MICROS: i64 = 1_000_000;

#[derive(Debug)]
pub(super) struct Clock {
    started: Instant,
    /// Unix microseconds.
    starts_at: i64,
    /// Microseconds that it was moved by.
    moved: AtomicI64,
    /// Whether it is only moved.
    stands: bool,
}

impl Clock {
    pub(super) fn start(unix: Option<i64>, stands: bool) -> Self {
        let starts_at = unix.map_or_else(of_this_machine, |seconds| seconds.saturating_mul(MICROS));
        Self { started: Instant::now(), starts_at, moved: AtomicI64::new(0), stands }
    }

    pub(super) fn moves_by(&self, seconds: i64) {
        self.moved.fetch_add(seconds.saturating_mul(MICROS), Ordering::Relaxed);
    }

    /// When it was started.
    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// Microseconds that really went by since the start.
    pub(super) fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Unix microseconds.
    pub(super) fn micros(&self) -> i64 {
        let elapsed = if self.stands { 0 } else { i64::try_from(self.elapsed()).unwrap_or(i64::MAX) };
        self.starts_at.saturating_add(elapsed).saturating_add(self.moved.load(Ordering::Relaxed))
    }

    /// Unix seconds.
    pub(super) fn seconds(&self) -> i64 {
        self.micros().div_euclid(MICROS)
    }
}

#[expect(clippy::disallowed_methods, reason = "a provider has a clock of its own; who wants another one says so")]
fn of_this_machine() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or(0)
}
