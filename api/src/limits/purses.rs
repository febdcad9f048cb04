//! What a process remembers of limits. Moments are passed in.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::{LimitKey, LimitKind, Rate};

/// Whose bucket of what.
pub(super) type Bucket = (LimitKind, LimitKey);

/// Most buckets that are remembered; some 10 MiB.
pub(super) const MOST: usize = 65_536;

/// How long a share may lie there before it goes back.
const IDLE: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct Purses {
    purses: HashMap<Bucket, Purse>,
    most: usize,
}

#[derive(Debug, Clone, Copy)]
struct Purse {
    /// Taken from the bucket, and not spent.
    tokens: u32,
    /// Until when there is no other.
    closed_until: Instant,
    /// When a bucket of this process alone is full, for a time without a database.
    alone_until: Instant,
    used_at: Instant,
}

/// What is known without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// There was a token, and it is spent.
    Spent,
    /// There is none for so long.
    Closed(Duration),
    /// The database knows.
    Nothing,
}

impl Purses {
    pub(super) fn new(most: usize) -> Self {
        Self { purses: HashMap::new(), most }
    }

    /// Spends a token, if one is there.
    pub(super) fn spend(&mut self, bucket: &Bucket, now: Instant) -> Known {
        let Some(purse) = self.purses.get_mut(bucket) else { return Known::Nothing };
        if purse.tokens > 0 {
            purse.tokens -= 1;
            purse.used_at = now;
            return Known::Spent;
        }
        match purse.closed_until.saturating_duration_since(now) {
            Duration::ZERO => Known::Nothing,
            wait => Known::Closed(wait),
        }
    }

    /// Puts tokens in that were taken from the bucket.
    pub(super) fn fill(&mut self, bucket: &Bucket, tokens: u32, now: Instant) {
        if tokens > 0 {
            let purse = self.purse(bucket, now);
            purse.tokens = purse.tokens.saturating_add(tokens);
            purse.used_at = now;
        }
    }

    /// There is none for so long.
    pub(super) fn close(&mut self, bucket: &Bucket, wait: Duration, now: Instant) {
        self.purse(bucket, now).closed_until = now + wait;
    }

    /// Takes a token from a bucket of this process's own, or says how long there is none.
    pub(super) fn spend_alone(&mut self, bucket: &Bucket, rate: Rate, now: Instant) -> Result<(), Duration> {
        let every = Duration::from_micros(rate.every());
        let purse = self.purse(bucket, now);
        let filled = purse.alone_until.max(now) + every;
        match filled.duration_since(now).checked_sub(every * rate.count()) {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) | None => {
                purse.alone_until = filled;
                Ok(())
            }
        }
    }

    /// Forgets what is not worth remembering. Shares that have lain there, or `all` of them, are returned: they go back.
    pub(super) fn forget(&mut self, all: bool, now: Instant) -> Vec<(Bucket, u32)> {
        let mut returned = Vec::new();
        self.purses.retain(|bucket, purse| {
            if purse.tokens > 0 && (all || now.saturating_duration_since(purse.used_at) >= IDLE) {
                returned.push((bucket.clone(), std::mem::take(&mut purse.tokens)));
            }
            purse.is_worth_remembering(now)
        });
        returned
    }

    fn purse(&mut self, bucket: &Bucket, now: Instant) -> &mut Purse {
        if self.purses.len() >= self.most && !self.purses.contains_key(bucket) {
            self.purses.retain(|_, purse| purse.is_worth_remembering(now));
            // Not one by one: that many are no accident, and each would be looked for among all.
            if self.purses.len() >= self.most {
                self.purses.clear();
            }
        }
        let empty = Purse { tokens: 0, closed_until: now, alone_until: now, used_at: now };
        self.purses.entry(bucket.clone()).or_insert(empty)
    }
}

impl Purse {
    fn is_worth_remembering(&self, now: Instant) -> bool {
        self.tokens > 0 || self.closed_until > now || self.alone_until > now
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn bucket(of: u128) -> Bucket {
        (LimitKind::Login, LimitKey::Id(Uuid::from_u128(of)))
    }

    fn purses() -> (Purses, Instant) {
        (Purses::new(MOST), Instant::now())
    }

    #[test]
    fn what_was_taken_is_spent_and_then_somebody_must_ask() {
        let (mut purses, now) = purses();
        assert_eq!(purses.spend(&bucket(1), now), Known::Nothing);
        purses.fill(&bucket(1), 2, now);
        let spent: Vec<Known> = (0..3).map(|_| purses.spend(&bucket(1), now)).collect();
        assert_eq!(spent, [Known::Spent, Known::Spent, Known::Nothing]);
        assert_eq!(purses.spend(&bucket(2), now), Known::Nothing, "each has her own");
    }

    #[test]
    fn whoever_was_told_to_wait_is_told_so_until_then() {
        let (mut purses, now) = purses();
        purses.close(&bucket(1), 5 * SECOND, now);
        assert_eq!(purses.spend(&bucket(1), now + 2 * SECOND), Known::Closed(3 * SECOND));
        assert_eq!(purses.spend(&bucket(1), now + 5 * SECOND), Known::Nothing);
    }

    #[test]
    fn alone_a_process_counts_as_a_bucket_does() {
        let (mut purses, now) = purses();
        let rate: Rate = "5/1m".parse().unwrap();
        assert!((0..5).all(|_| purses.spend_alone(&bucket(1), rate, now).is_ok()));
        assert_eq!(purses.spend_alone(&bucket(1), rate, now), Err(12 * SECOND));
        assert_eq!(purses.spend_alone(&bucket(1), rate, now + 12 * SECOND), Ok(()));
        assert_eq!(purses.spend_alone(&bucket(1), rate, now + 13 * SECOND), Err(11 * SECOND));
    }

    #[test]
    fn a_share_that_lies_there_goes_back_and_nothing_is_remembered_of_it() {
        let (mut purses, now) = purses();
        purses.fill(&bucket(1), 3, now);
        purses.fill(&bucket(2), 7, now);
        purses.close(&bucket(3), 60 * SECOND, now);
        assert_eq!(purses.spend(&bucket(2), now + IDLE), Known::Spent);
        assert_eq!(purses.forget(false, now + IDLE), [(bucket(1), 3)]);
        assert_eq!(purses.purses.len(), 2);
        assert_eq!(purses.forget(true, now + IDLE), [(bucket(2), 6)]);
        assert_eq!(purses.forget(false, now + 60 * SECOND), []);
        assert!(purses.purses.is_empty());
    }

    #[test]
    fn however_many_strangers_come_memory_is_bounded() {
        let (mut purses, now) = (Purses::new(100), Instant::now());
        for stranger in 0..10_000 {
            purses.close(&bucket(stranger), SECOND, now);
            assert!(purses.purses.len() <= 100);
        }
    }

    /// Negative control: those that can be told are kept.
    #[test]
    fn what_has_passed_is_forgotten_before_what_holds() {
        let (mut purses, now) = (Purses::new(100), Instant::now());
        purses.close(&bucket(0), 100_000 * SECOND, now);
        for stranger in 1..10_000_u32 {
            purses.close(&bucket(stranger.into()), SECOND, now + stranger * SECOND);
            let known = purses.spend(&bucket(0), now + stranger * SECOND);
            assert!(matches!(known, Known::Closed(_)), "{stranger}: {known:?}");
        }
    }
}
