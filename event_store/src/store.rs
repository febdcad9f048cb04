//! The event store of one process: everything that stands between commands and the log.

use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::watch;

use crate::append::Appender;
use crate::cache::{AggregateCache, CacheUsage};
use crate::snapshots::Snapshots;
use crate::subject_keys::SubjectKeys;
use crate::{Keys, LogReader, database};

/// The event store of one process. Cheap to clone; its tasks end with its last clone.
#[derive(Clone)]
pub struct EventStore {
    pub(crate) reader: LogReader,
    pub(crate) appender: Appender,
    pub(crate) subject_keys: SubjectKeys,
    pub(crate) cache: AggregateCache,
    pub(crate) snapshots: Snapshots,
    /// The appender's connection.
    appending: PgPool,
}

impl EventStore {
    /// Opens the log behind `pool` with the installation's `keys`. Aggregates are kept at hand within `cache_bytes`.
    #[must_use]
    pub fn open(pool: &PgPool, keys: Arc<Keys>, cache_bytes: usize) -> Self {
        let subject_keys = SubjectKeys::new(pool.clone(), keys);
        // A connection of its own: what the server has planned for it stays planned, and it waits for nobody.
        let appending = database::one_connection(pool);
        Self {
            reader: LogReader::new(pool.clone(), subject_keys.clone()),
            appender: Appender::start(appending.clone()),
            subject_keys,
            cache: AggregateCache::new(cache_bytes),
            snapshots: Snapshots::start(pool.clone()),
            appending,
        }
    }

    /// Closes the connection that is the store's own; the pool it was opened with is its owner's to close.
    pub async fn close(&self) {
        self.appending.close().await;
    }

    /// Reads the log.
    #[must_use]
    pub fn reader(&self) -> &LogReader {
        &self.reader
    }

    /// Wakes whoever follows the log, when this process has appended. A hint: others append too.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<i64> {
        self.appender.head()
    }

    /// What the cache of aggregates holds.
    #[must_use]
    pub fn cache_usage(&self) -> CacheUsage {
        self.cache.usage()
    }
}
