//! Several processes share the consumers. Each says that it lives; of those that live each consumer has one that
//! should work for it. This spreads the work, and nothing rests on it: one holder at a time is what leases are for.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::checkpoint::LEASE;
use crate::Generation;

/// How often a process says that it lives.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// What this process should work for.
#[derive(Debug, Clone)]
pub(super) struct Assigned(watch::Receiver<Option<HashSet<String>>>);

impl Assigned {
    /// Returns once it is known who lives.
    pub(super) async fn known(&mut self) {
        // Whoever says it lives as long as this process.
        let _ = self.0.wait_for(Option::is_some).await;
    }

    /// Whether this process should work for `consumer`.
    pub(super) fn has(&self, consumer: &str) -> bool {
        self.0.borrow().as_ref().is_some_and(|mine| mine.contains(consumer))
    }
}

/// A process among those that follow the log.
#[derive(Debug)]
pub(super) struct Sharing {
    pool: PgPool,
    process: Uuid,
    alone: bool,
    consumers: Vec<String>,
    assigned: watch::Sender<Option<HashSet<String>>>,
    stop: CancellationToken,
}

impl Sharing {
    pub(super) fn new(pool: PgPool, process: Uuid, alone: bool, stop: CancellationToken) -> (Self, Assigned) {
        let (assigned, told) = watch::channel(None);
        (Self { pool, process, alone, consumers: Vec::new(), assigned, stop }, Assigned(told))
    }

    /// Something this process can follow.
    pub(super) fn add(&mut self, consumer: String) {
        self.consumers.push(consumer);
    }

    /// Says that the process lives, and learns who else does, until it stops.
    pub(super) async fn run(mut self) {
        loop {
            match self.say().await {
                Ok(living) => {
                    self.alone = false;
                    let mine = self.mine(&living);
                    self.assigned.send_if_modified(|known| {
                        let is_new = known.as_ref() != Some(&mine);
                        *known = Some(mine);
                        is_new
                    });
                }
                Err(error) => tracing::debug!(error = %error, "log.sharing: can't say that this process lives now"),
            }
            if tokio::time::timeout(SIGN_OF_LIFE, self.stop.cancelled()).await.is_ok() {
                // Others take over sooner; should this not be said, they find out.
                let _ = sqlx::query("delete from followers where process = $1")
                    .bind(self.process)
                    .execute(&self.pool)
                    .await;
                return;
            }
        }
    }

    /// Every living process but this one, with what it can follow.
    async fn say(&self) -> Result<BTreeMap<Uuid, Vec<String>>, sqlx::Error> {
        if self.alone {
            // Whoever said so last is dead, however short a time ago that was.
            sqlx::query("delete from followers where process <> $1").bind(self.process).execute(&self.pool).await?;
        }
        let living: Vec<(Uuid, Vec<String>)> = sqlx::query_as(
            "with me as ( \
                 insert into followers (process, consumers, seen_at) values ($1, $2, clock_timestamp()) \
                 on conflict (process) do update set consumers = excluded.consumers, seen_at = excluded.seen_at \
             ), gone as (delete from followers where process <> $1 and seen_at < clock_timestamp() - $3 * 12) \
             select process, consumers from followers where process <> $1 and seen_at > clock_timestamp() - $3",
        )
        .bind(self.process)
        .bind(&self.consumers)
        .bind(LEASE)
        .fetch_all(&self.pool)
        .await?;
        Ok(living.into_iter().collect())
    }

    fn mine(&self, others: &BTreeMap<Uuid, Vec<String>>) -> HashSet<String> {
        let mut living = others.clone();
        living.insert(self.process, self.consumers.clone());
        shares(&living).remove(&self.process).unwrap_or_default()
    }
}

/// Who should work for what: consumer after consumer goes to whoever can follow it and has the least so far. Every
/// process comes to the same, whoever asks.
fn shares(living: &BTreeMap<Uuid, Vec<String>>) -> BTreeMap<Uuid, HashSet<String>> {
    let mut shares: BTreeMap<Uuid, HashSet<String>> = living.keys().map(|process| (*process, HashSet::new())).collect();
    let mut consumers: Vec<&String> = living.values().flatten().collect();
    // What is read before what can come back: of the latter there is mostly none.
    let before = Generation::Previous.suffix();
    consumers.sort_unstable_by_key(|consumer| (consumer.ends_with(before), *consumer));
    consumers.dedup();
    for consumer in consumers {
        let able = living.iter().filter(|(_, consumers)| consumers.contains(consumer)).map(|(process, _)| *process);
        let chosen = able.min_by_key(|process| (shares.get(process).map_or(0, HashSet::len), *process));
        if let Some(share) = chosen.and_then(|process| shares.get_mut(&process)) {
            share.insert(consumer.clone());
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn living(processes: &[(u128, &[&str])]) -> BTreeMap<Uuid, Vec<String>> {
        processes
            .iter()
            .map(|(process, consumers)| {
                (Uuid::from_u128(*process), consumers.iter().map(ToString::to_string).collect())
            })
            .collect()
    }

    fn sizes(processes: &[(u128, &[&str])]) -> Vec<usize> {
        shares(&living(processes)).values().map(HashSet::len).collect()
    }

    #[test]
    fn the_work_is_shared_evenly() {
        let all: &[&str] = &["a", "b", "c", "d", "e"];
        assert_eq!(sizes(&[(1, all)]), [5]);
        assert_eq!(sizes(&[(1, all), (2, all)]), [3, 2]);
        assert_eq!(sizes(&[(1, all), (2, all), (3, all)]), [2, 2, 1]);
    }

    #[test]
    fn each_consumer_goes_to_one_who_can_follow_it() {
        let shares = shares(&living(&[(1, &["a", "b"]), (2, &["b", "new"])]));
        let of = |process| {
            let mut share: Vec<_> = shares[&Uuid::from_u128(process)].iter().map(String::as_str).collect();
            share.sort_unstable();
            share
        };
        assert_eq!((of(1), of(2)), (vec!["a"], vec!["b", "new"]));
    }
}
