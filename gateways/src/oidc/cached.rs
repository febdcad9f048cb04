//! What an issuer publishes, kept for a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long. A key that an issuer withdraws is believed no longer than that.
const KEPT: Duration = Duration::from_secs(15 * 60);

/// What was read last, for as long as it is kept.
#[derive(Debug)]
pub(super) struct Cached<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Cached<T> {
    pub(super) fn empty() -> Self {
        Self(Mutex::new(None))
    }

    pub(super) fn get(&self, now: Instant) -> Option<Arc<T>> {
        let read = self.read();
        read.as_ref().filter(|(at, _)| now.saturating_duration_since(*at) < KEPT).map(|(_, value)| Arc::clone(value))
    }

    pub(super) fn put(&self, now: Instant, value: T) -> Arc<T> {
        let value = Arc::new(value);
        *self.read() = Some((now, Arc::clone(&value)));
        value
    }

    fn read(&self) -> MutexGuard<'_, Option<(Instant, Arc<T>)>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_for_a_time() {
        let (cached, now) = (Cached::empty(), Instant::now());
        assert_eq!(cached.get(now), None);
        cached.put(now, 1);
        assert_eq!(cached.get(now + KEPT - Duration::from_secs(1)).as_deref(), Some(&1));
        assert_eq!(cached.get(now + KEPT), None);
    }
}
