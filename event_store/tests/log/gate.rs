//! Holds the log's lock, so that a test says what waits together, and what comes first.

use std::future::Future;

use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool};
use tokio::task::JoinHandle;

/// Nothing is appended while it is closed.
pub(crate) struct Gate(PgConnection);

impl Gate {
    /// Closes the log behind `pool`.
    pub(crate) async fn close(pool: &PgPool) -> Self {
        let mut connection = pool.connect_options().connect().await.unwrap();
        connection.execute("select pg_advisory_lock(7235421, 1)").await.unwrap();
        Self(connection)
    }

    /// Waits until `calls` of the append function stand before it.
    pub(crate) async fn stopped(&mut self, calls: i64) {
        let waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted \
                       and (classid, objid) = (7235421, 1) \
                       and database = (select oid from pg_database where datname = current_database())";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut self.0).await.unwrap() < calls {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn open(self) {
        self.0.close().await.unwrap();
    }
}

/// Begins `work` and lets it go as far as it goes without the database.
pub(crate) async fn begin<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    let begun = tokio::spawn(work);
    // One thread runs the test: whoever can go on has gone on after a few turns.
    for _ in 0..16 {
        tokio::task::yield_now().await;
    }
    begun
}
