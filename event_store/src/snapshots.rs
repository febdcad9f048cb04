//! Snapshots: where a stream stood some events ago. One row a stream, which the next one replaces; disposable, written
//! beside the append and never in it: a lost one costs a longer load.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use leadflow_domain::{Decide, StreamId};
use sqlx::PgPool;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::reader::Loaded;

/// How many events a stream may be ahead of its snapshot before another is worth its write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// The stream was at hand: only whoever loads it some time, after a restart or in another process, reads what is since.
    AtHand,
    /// It was loaded, and so may be again: a load reads half as many on average, and each event costs about a fifth of what
    /// writing a snapshot costs.
    Loaded,
}

impl Worth {
    const fn events(self) -> i64 {
        match self {
            Self::AtHand => 32,
            Self::Loaded => 4,
        }
    }
}

/// Snapshots of one statement.
const MOST_IN_A_GROUP: usize = 64;

/// Streams whose snapshots wait to be written; of more, some are left for another time.
const MOST_WAITING: usize = 1_024;

/// A stream: its aggregate's type and its id.
type Key = (&'static str, StreamId);

/// Writes snapshots. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Snapshots {
    asked: Arc<Mutex<Asked>>,
    /// Rings when there is something to write.
    bell: mpsc::Sender<()>,
}

/// What is asked for: of each stream the latest alone, however far behind the writing is.
#[derive(Debug, Default)]
struct Asked {
    waiting: HashMap<Key, Snapshot>,
    /// The versions that are being written.
    being_written: HashMap<Key, i64>,
}

#[derive(Debug)]
struct Snapshot {
    aggregate_type: &'static str,
    stream: StreamId,
    tenant: Uuid,
    state_version: i32,
    version: i64,
    /// The version of the last one that was known of, which it takes the place of; 0 where none was.
    replaces: i64,
    position: i64,
    event: Uuid,
    state: String,
}

impl Asked {
    /// The version of the latest snapshot of `key` that is to be there soon.
    fn version(&self, key: &Key) -> Option<i64> {
        self.waiting.get(key).map(|snapshot| snapshot.version).or_else(|| self.being_written.get(key).copied())
    }

    fn ask(&mut self, key: Key, snapshot: Snapshot) {
        // One that is not written yet is not there to be replaced.
        let replaces =
            self.waiting.get(&key).map_or(snapshot.replaces, |before| before.replaces.min(snapshot.replaces));
        self.waiting.insert(key, Snapshot { replaces, ..snapshot });
    }

    /// What was not written waits for the next ring, unless a later one does: which it replaces is still there.
    fn put_back(&mut self, group: Vec<Snapshot>) {
        self.being_written.clear();
        for unwritten in group {
            let key = (unwritten.aggregate_type, unwritten.stream);
            match self.waiting.entry(key) {
                Entry::Occupied(mut later) => {
                    let later = later.get_mut();
                    later.replaces = later.replaces.min(unwritten.replaces);
                }
                Entry::Vacant(place) => {
                    place.insert(unwritten);
                }
            }
        }
    }

    fn is_full_for(&self, key: &Key) -> bool {
        self.waiting.len() >= MOST_WAITING && !self.waiting.contains_key(key)
    }

    /// A group to write, which is empty when nothing waits.
    fn take(&mut self) -> Vec<Snapshot> {
        let keys: Vec<Key> = self.waiting.keys().take(MOST_IN_A_GROUP).copied().collect();
        let mut group: Vec<Snapshot> = keys.iter().filter_map(|key| self.waiting.remove(key)).collect();
        // So that two processes wait for one another in the same order.
        group.sort_by_key(|one| (one.aggregate_type, one.stream));
        self.being_written = group.iter().map(|one| ((one.aggregate_type, one.stream), one.version)).collect();
        group
    }
}

impl Snapshots {
    /// Starts the writing task on `pool`; it ends when the last clone is dropped.
    pub(crate) fn start(pool: PgPool) -> Self {
        let (bell, mut rings) = mpsc::channel(1);
        let asked = Arc::<Mutex<Asked>>::default();
        let snapshots = Self { asked: Arc::clone(&asked), bell };
        tokio::spawn(async move {
            while rings.recv().await.is_some() {
                loop {
                    let group = locked(&asked).take();
                    if group.is_empty() {
                        break;
                    }
                    if let Err(error) = write(&pool, &group).await {
                        tracing::warn!(error = %error, "log.snapshot: not written; streams load from further back");
                        // What the database refuses it refuses the next time, too.
                        if error.as_database_error().is_none() {
                            locked(&asked).put_back(group);
                            break;
                        }
                    }
                }
            }
        });
        snapshots
    }

    /// Asks for a snapshot of `loaded` if its last one is old enough. Never waits.
    pub(crate) fn offer<A: Decide>(&self, stream: StreamId, loaded: &mut Loaded<A>, worth: Worth) {
        let is_old = |last: i64| loaded.version - last >= worth.events();
        let Some(tenant) = loaded.tenant.filter(|_| is_old(loaded.snapshot_version)) else { return };
        let key = (A::TYPE, stream);
        {
            let asked = locked(&self.asked);
            if asked.version(&key).is_some_and(|soon| !is_old(soon)) || asked.is_full_for(&key) {
                return;
            }
        }
        let Ok(state) = serde_json::to_string(&loaded.state) else { return };
        let snapshot = Snapshot {
            aggregate_type: A::TYPE,
            stream,
            tenant: tenant.as_uuid(),
            state_version: state_version::<A>(),
            version: loaded.version,
            replaces: loaded.snapshot_version,
            position: loaded.position,
            event: loaded.event.as_uuid(),
            state,
        };
        locked(&self.asked).ask(key, snapshot);
        loaded.snapshot_version = loaded.version;
        // It rings already, or nobody writes any more.
        let _ = self.bell.try_send(());
    }
}

fn locked(asked: &Mutex<Asked>) -> MutexGuard<'_, Asked> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The version as the database keeps it.
pub(crate) fn state_version<A: Decide>() -> i32 {
    A::STATE_VERSION.cast_signed()
}

async fn write(pool: &PgPool, rows: &[Snapshot]) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin_with("begin; set local synchronous_commit = off").await?;
    sqlx::query("select add_snapshots($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(rows.iter().map(|row| row.aggregate_type).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.stream.to_string()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.tenant).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.state_version).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.version).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.position).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.state.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.replaces).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(number: u128, version: i64, replaces: i64) -> (Key, Snapshot) {
        let stream = StreamId::from_uuid(Uuid::from_u128(number));
        let (tenant, event, state) = (Uuid::nil(), Uuid::nil(), "{}".to_owned());
        let aggregate_type = "kind";
        let snapshot = Snapshot {
            aggregate_type,
            stream,
            tenant,
            state_version: 1,
            version,
            replaces,
            position: version,
            event,
            state,
        };
        ((aggregate_type, stream), snapshot)
    }

    fn asked(snapshots: &[(u128, i64, i64)]) -> Asked {
        let mut asked = Asked::default();
        for (number, version, replaces) in snapshots {
            let (key, snapshot) = snapshot(*number, *version, *replaces);
            asked.ask(key, snapshot);
        }
        asked
    }

    fn group(asked: &mut Asked) -> Vec<(i64, i64)> {
        asked.take().iter().map(|one| (one.version, one.replaces)).collect()
    }

    #[test]
    fn of_a_stream_the_latest_is_written_in_the_place_of_the_first_known() {
        let mut asked = asked(&[(7, 8, 4), (8, 9, 0), (7, 12, 8)]);
        assert_eq!(asked.version(&snapshot(7, 0, 0).0), Some(12));
        assert_eq!(group(&mut asked), [(12, 4), (9, 0)]);
        assert_eq!(asked.version(&snapshot(7, 0, 0).0), Some(12), "it is under way");
        assert_eq!(group(&mut asked), []);
        assert_eq!(asked.version(&snapshot(7, 0, 0).0), None);
    }

    #[test]
    fn what_was_not_written_waits_unless_a_later_one_does() {
        let mut asked = asked(&[(7, 8, 4), (8, 9, 0)]);
        let unwritten = asked.take();
        let (key, later) = snapshot(7, 12, 8);
        asked.ask(key, later);
        asked.put_back(unwritten);
        assert_eq!(group(&mut asked), [(12, 4), (9, 0)]);
    }

    #[test]
    fn no_more_streams_wait_than_there_is_room_for() {
        let many: Vec<(u128, i64, i64)> = (0..MOST_WAITING as u128).map(|number| (number, 8, 0)).collect();
        let asked = asked(&many);
        assert!(asked.is_full_for(&snapshot(u128::MAX, 8, 0).0) && !asked.is_full_for(&snapshot(7, 12, 8).0));
    }
}
