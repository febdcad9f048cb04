//! How much an owner may ask for: a bucket of points each, which fills by itself, in this process's memory.
//!
//! A bucket is one instant, the one at which it is full again. To take points is to put that off by the time they take
//! to come back; more can't be taken than the whole bucket takes to fill. A bucket that is full is as good as none, so
//! only owners who have just asked for something take memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// What each owner has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Points in a full bucket.
    pub capacity: u64,
    /// Points that come back in a second; at least 1.
    pub restore_rate: u64,
}

/// The buckets of all owners.
#[derive(Debug)]
pub struct Budgets {
    allowance: Allowance,
    buckets: Mutex<Buckets>,
}

#[derive(Debug)]
struct Buckets {
    full_at: HashMap<Uuid, Instant>,
    /// How many there may be before the full ones are thrown away.
    sweep_at: usize,
}

/// Fewer buckets than this are not worth looking through.
const FEW: usize = 1024;

impl Budgets {
    /// Every bucket is full.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        Self { allowance, buckets: Mutex::new(Buckets { full_at: HashMap::new(), sweep_at: FEW }) }
    }

    /// What each owner has.
    #[must_use]
    pub fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// Takes `points` from `owner`'s bucket.
    ///
    /// # Errors
    /// When there are fewer: how long until there are enough, if nobody takes any. Nothing is taken then.
    pub fn take(&self, owner: Uuid, points: u64, now: Instant) -> Result<(), Duration> {
        let (takes, whole) = (self.time_of(points), self.time_of(self.allowance.capacity));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.full_at.get(&owner).copied().unwrap_or(now).max(now) + takes;
        match full_at.duration_since(now).checked_sub(whole) {
            Some(missing) if !missing.is_zero() => return Err(missing),
            Some(_) | None => {}
        }
        buckets.full_at.insert(owner, full_at);
        if buckets.full_at.len() > buckets.sweep_at {
            buckets.full_at.retain(|_, full_at| *full_at > now);
            buckets.sweep_at = FEW.max(2 * buckets.full_at.len());
        }
        Ok(())
    }

    /// Puts back `points` that were taken and not used.
    pub fn put_back(&self, owner: Uuid, points: u64) {
        let came_back = self.time_of(points);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = buckets.full_at.get_mut(&owner) {
            *full_at = full_at.checked_sub(came_back).unwrap_or(*full_at);
        }
    }

    /// Takes `points` more than were agreed on, there or not: it was done. What is missing has to come back before anything
    /// else can be taken.
    pub fn take_after_all(&self, owner: Uuid, points: u64, now: Instant) {
        let takes = self.time_of(points);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.full_at.entry(owner).or_insert(now);
        *full_at = (*full_at).max(now) + takes;
    }

    /// Points in `owner`'s bucket.
    #[must_use]
    pub fn available(&self, owner: Uuid, now: Instant) -> u64 {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(full_at) = buckets.full_at.get(&owner) else { return self.allowance.capacity };
        let missing = full_at.saturating_duration_since(now).as_nanos() * u128::from(self.allowance.restore_rate);
        let missing = missing.div_ceil(u128::from(NANOS_PER_SECOND));
        self.allowance.capacity.saturating_sub(u64::try_from(missing).unwrap_or(u64::MAX))
    }

    /// How long `points` take to come back.
    fn time_of(&self, points: u64) -> Duration {
        let rate = u128::from(self.allowance.restore_rate.max(1));
        let nanos = u128::from(points) * u128::from(NANOS_PER_SECOND) / rate;
        // Centuries are long enough.
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

const NANOS_PER_SECOND: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Uuid = Uuid::from_u128(1);
    const BOB: Uuid = Uuid::from_u128(2);

    fn budgets() -> (Budgets, Instant) {
        (Budgets::new(Allowance { capacity: 100, restore_rate: 10 }), Instant::now())
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_taken_comes_back_with_time() {
        let (budgets, now) = budgets();
        assert_eq!(budgets.take(ADA, 70, now), Ok(()));
        assert_eq!(budgets.available(ADA, now), 30);
        assert_eq!(budgets.available(ADA, now + seconds(2)), 50);
        assert_eq!(budgets.available(ADA, now + seconds(9)), 100, "never more than a full bucket");
    }

    #[test]
    fn who_asks_for_too_much_is_told_when_to_come_again_and_then_gets_it() {
        let (budgets, now) = budgets();
        assert_eq!(budgets.take(ADA, 100, now), Ok(()));
        assert_eq!(budgets.take(ADA, 50, now), Err(seconds(5)));
        assert_eq!(budgets.available(ADA, now), 0, "a refusal takes nothing");
        assert_eq!(budgets.take(ADA, 50, now + seconds(4)), Err(seconds(1)));
        assert_eq!(budgets.take(ADA, 50, now + seconds(5)), Ok(()));
        assert_eq!(budgets.take(BOB, 101, now), Err(Duration::from_millis(100)), "more than a bucket holds");
    }

    #[test]
    fn each_owner_has_her_own() {
        let (budgets, now) = budgets();
        assert_eq!(budgets.take(ADA, 100, now), Ok(()));
        assert_eq!(budgets.take(BOB, 100, now), Ok(()));
    }

    #[test]
    fn what_was_not_used_is_put_back() {
        let (budgets, now) = budgets();
        assert_eq!(budgets.take(ADA, 100, now), Ok(()));
        budgets.put_back(ADA, 60);
        assert_eq!(budgets.available(ADA, now), 60);
        budgets.put_back(BOB, 60);
        assert_eq!(budgets.available(BOB, now), 100);
        // Late: it had come back by itself.
        budgets.put_back(ADA, 40);
        assert_eq!(budgets.available(ADA, now + seconds(60)), 100);
        assert_eq!(budgets.take(ADA, 101, now + seconds(60)), Err(Duration::from_millis(100)));
    }

    #[test]
    fn what_was_used_beyond_the_price_is_owed() {
        let (budgets, now) = budgets();
        assert_eq!(budgets.take(ADA, 60, now), Ok(()));
        budgets.take_after_all(ADA, 60, now);
        assert_eq!(budgets.available(ADA, now), 0);
        assert_eq!(budgets.take(ADA, 10, now), Err(seconds(3)), "twenty are owed");
        budgets.take_after_all(ADA, 100, now + seconds(60));
        assert_eq!(budgets.available(ADA, now + seconds(61)), 10, "what came back in the meantime is no credit");
        budgets.take_after_all(BOB, 30, now);
        assert_eq!(budgets.available(BOB, now), 70);
    }

    #[test]
    fn full_buckets_take_no_memory() {
        let (budgets, now) = budgets();
        for owner in 0..100_000 {
            // One taken from a millisecond ago is full again after 100 of them.
            let at = now + Duration::from_millis(owner);
            assert_eq!(budgets.take(Uuid::from_u128(u128::from(owner)), 1, at), Ok(()));
        }
        let kept = budgets.buckets.lock().unwrap().full_at.len();
        assert!(kept <= 2 * FEW, "{kept}");
    }

    /// Negative control: those who have just taken are kept, however many they are.
    #[test]
    fn buckets_that_are_not_full_are_kept() {
        let (budgets, now) = budgets();
        for owner in 0..10_000 {
            assert_eq!(budgets.take(Uuid::from_u128(owner), 100, now), Ok(()));
        }
        assert!((0..10_000).all(|owner| budgets.take(Uuid::from_u128(owner), 1, now).is_err()));
    }
}
