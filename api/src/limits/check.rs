//! Whether somebody may do something once more: from memory, else from the database, else by this process alone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use leadflow_event_store::{GroupCommit, Keys};
use sqlx::PgPool;
use thiserror::Error;

use super::purses::{self, Bucket, Known, Purses};
use super::shared::{Got, Shared};
use super::{LimitKey, LimitKind, Rates};

/// Questions that one statement asks.
const MOST_IN_A_GROUP: usize = 128;

/// How long the database may take to answer. What is limited is not to wait for the limit.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// For how long it is not asked again when it did not answer.
const AWAY: Duration = Duration::from_secs(1);

/// It was done too often lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this was done too often: once more in {} seconds", self.seconds())]
pub struct Limited {
    /// How long until it may be done once more, if nobody else does it.
    pub retry_after: Duration,
}

impl Limited {
    /// The same in whole seconds, never too short, as `Retry-After` has it.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.retry_after.as_secs() + u64::from(self.retry_after.subsec_nanos() > 0)
    }
}

/// The limits, as one process holds them. Cheap to clone.
#[derive(Clone)]
pub struct Limits {
    pub(super) counting: Arc<Counting>,
    questions: GroupCommit<Bucket, Result<(), Limited>>,
}

pub(super) struct Counting {
    pub(super) shared: Shared,
    patience: Duration,
    purses: Mutex<Purses>,
    /// Until when the database is not asked.
    away_until: Mutex<Option<Instant>>,
    refused: [AtomicU64; LimitKind::ALL.len()],
}

impl Limits {
    /// Buckets in the database that `pool` leads to, of these `rates`. It has `patience` to answer.
    #[must_use]
    pub fn start(pool: PgPool, keys: Arc<Keys>, rates: Rates, patience: Duration) -> Self {
        let counting = Arc::new(Counting {
            shared: Shared { pool, keys, rates },
            patience,
            purses: Mutex::new(Purses::new(purses::MOST)),
            away_until: Mutex::default(),
            refused: Default::default(),
        });
        let asking = Arc::clone(&counting);
        let questions = GroupCommit::spawn(MOST_IN_A_GROUP, move |group| {
            let asking = Arc::clone(&asking);
            async move { asking.answer(group).await }
        });
        Self { counting, questions }
    }

    /// Counts that `key` does something of this `kind`, if she may.
    ///
    /// # Errors
    /// [`Limited`], if she did so too often lately. Nothing is counted then.
    pub async fn check(&self, kind: LimitKind, key: impl Into<LimitKey>) -> Result<(), Limited> {
        let bucket = (kind, key.into());
        let known = self.counting.purses().spend(&bucket, Instant::now());
        let checked = match known {
            Known::Spent => Ok(()),
            Known::Closed(retry_after) => Err(Limited { retry_after }),
            Known::Nothing => match self.questions.submit(bucket.clone()).await {
                Ok(checked) => checked,
                // The process is stopping.
                Err(_closed) => self.counting.alone(&bucket),
            },
        };
        if checked.is_err() {
            self.counting.refused[kind as usize].fetch_add(1, Ordering::Relaxed);
        }
        checked
    }

    /// How often each kind was refused in this process, since its start.
    pub fn refused(&self) -> impl Iterator<Item = (LimitKind, u64)> {
        LimitKind::ALL.into_iter().map(|kind| (kind, self.counting.refused[kind as usize].load(Ordering::Relaxed)))
    }
}

impl Counting {
    /// Answers those who found nothing in memory. One group after the other: what the one before it took is there.
    async fn answer(&self, group: Vec<Bucket>) -> Vec<Result<(), Limited>> {
        let now = Instant::now();
        let known: Vec<(Bucket, Known)> = {
            let mut purses = self.purses();
            group.into_iter().map(|bucket| (bucket.clone(), purses.spend(&bucket, now))).collect()
        };
        let mut wanted = BTreeMap::new();
        for (bucket, known) in &known {
            if *known == Known::Nothing {
                *wanted.entry(bucket.clone()).or_default() += 1;
            }
        }
        for ((kind, _), tokens) in &mut wanted {
            *tokens = self.shared.rates.of(*kind).share().max(*tokens);
        }
        let mut got = if wanted.is_empty() { Some(BTreeMap::new()) } else { self.ask(&wanted, now).await };
        let answers = known.into_iter().map(|(bucket, known)| match (known, &mut got) {
            (Known::Spent, _) => Ok(()),
            (Known::Closed(retry_after), _) => Err(Limited { retry_after }),
            (Known::Nothing, Some(got)) => match got.get_mut(&bucket) {
                Some(got) if got.tokens > 0 => {
                    got.tokens -= 1;
                    Ok(())
                }
                Some(Got { wait, .. }) => {
                    self.purses().close(&bucket, *wait, Instant::now());
                    Err(Limited { retry_after: *wait })
                }
                None => self.alone(&bucket),
            },
            (Known::Nothing, None) => self.alone(&bucket),
        });
        let answers = answers.collect();
        let mut purses = self.purses();
        for (bucket, Got { tokens, .. }) in got.into_iter().flatten() {
            purses.fill(&bucket, tokens, Instant::now());
        }
        answers
    }

    /// What the database gives; `None` while it is away.
    async fn ask(&self, wanted: &BTreeMap<Bucket, u32>, now: Instant) -> Option<BTreeMap<Bucket, Got>> {
        if self.away_until().is_some_and(|until| now < until) {
            return None;
        }
        let failed: &dyn std::fmt::Display = match tokio::time::timeout(self.patience, self.shared.take(wanted)).await {
            Ok(Ok(got)) => {
                *self.away_until() = None;
                return Some(got);
            }
            Ok(Err(error)) => &error.to_string(),
            Err(_elapsed) => &"it does not answer",
        };
        tracing::warn!(error = %failed, "limits.ask: the database is away, and this process counts by itself");
        *self.away_until() = Some(Instant::now() + AWAY);
        None
    }

    fn alone(&self, bucket: &Bucket) -> Result<(), Limited> {
        let rate = self.shared.rates.of(bucket.0);
        self.purses().spend_alone(bucket, rate, Instant::now()).map_err(|retry_after| Limited { retry_after })
    }

    pub(super) fn purses(&self) -> MutexGuard<'_, Purses> {
        self.purses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn away_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.away_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
