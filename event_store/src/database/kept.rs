//! Connections that were used a moment ago, and are used again as they are.
//!
//! A pool of sqlx's asks each connection that comes back whether it lives: one more round trip for each statement, and a read is one.
//! Those that come back after a statement that went well are kept beside the pool for a moment instead. Whatever went otherwise,
//! also a read that nobody waits for any more, goes the pool's way.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A pool with connections kept beside it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct KeptPool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    /// As many as the pool has connections: whose turn it is finds one here or there.
    turns: Arc<Semaphore>,
    /// How many of those that nobody uses are left in the pool.
    left: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The latest last.
    connections: Vec<Idle>,
    /// Whether somebody sees to it that none stays long.
    is_tended: bool,
}

#[derive(Debug)]
struct Idle {
    /// Since when it is here.
    since: Instant,
    away: Instant,
    connection: PoolConnection<Postgres>,
}

/// A connection for one statement.
#[derive(Debug)]
struct KeptConnection {
    connection: PoolConnection<Postgres>,
    /// Since when the pool has not seen it.
    away: Instant,
    turn: OwnedSemaphorePermit,
}

/// From when on a connection may have died with its server, and is asked; in the pool likewise.
const DOUBTFUL: Duration = Duration::from_secs(1);

/// For how long the pool does without a connection that is used all the time: it has its own rules for those that are old.
const AWAY: Duration = Duration::from_secs(60);

impl Deref for KeptConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for KeptConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl KeptPool {
    /// Keeps connections of a pool that nobody else has.
    #[must_use]
    pub fn alone(pool: PgPool) -> Self {
        Self::leaving(0, pool)
    }

    /// Keeps all but one of a pool's connections. Nobody else has many of the pool's, or for long.
    #[must_use]
    pub fn beside_others(pool: PgPool) -> Self {
        Self::leaving(1, pool)
    }

    fn leaving(left: usize, pool: PgPool) -> Self {
        let turns = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        Self(Arc::new(Inner { pool, turns, left, kept: Mutex::default() }))
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// Connections that are open, and how many of them nobody uses.
    #[must_use]
    pub fn open_and_idle(&self) -> (u32, usize) {
        let kept = self.0.kept().connections.len();
        let open = self.pool().size();
        (open, self.pool().num_idle().saturating_add(kept).min(open as usize))
    }

    /// The row that `query` finds, if it finds one.
    ///
    /// # Errors
    /// The database's, also when there is no connection in the pool's time.
    pub async fn fetch_optional(&self, query: Query<'_, Postgres, PgArguments>) -> Result<Option<PgRow>, sqlx::Error> {
        let mut connection = self.take().await?;
        let row = query.fetch_optional(&mut *connection).await?;
        self.keep(connection);
        Ok(row)
    }

    /// The rows that `query` finds.
    ///
    /// # Errors
    /// The database's, also when there is no connection in the pool's time.
    pub async fn fetch_all(&self, query: Query<'_, Postgres, PgArguments>) -> Result<Vec<PgRow>, sqlx::Error> {
        let mut connection = self.take().await?;
        let rows = query.fetch_all(&mut *connection).await?;
        self.keep(connection);
        Ok(rows)
    }

    /// A connection for one statement, when it is the asker's turn.
    ///
    /// # Errors
    /// The pool's, also when there is none in the pool's time, whatever it was waited for.
    async fn take(&self) -> Result<KeptConnection, sqlx::Error> {
        let at_most = self.pool().options().get_acquire_timeout();
        tokio::time::timeout(at_most, self.take_in_turn()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    async fn take_in_turn(&self) -> Result<KeptConnection, sqlx::Error> {
        // It is never closed.
        let turn = Arc::clone(&self.0.turns).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let kept = self.0.kept().connections.pop();
        if let Some(Idle { since, away, mut connection }) = kept
            && (since.elapsed() < DOUBTFUL || connection.ping().await.is_ok())
        {
            return Ok(KeptConnection { connection, away, turn });
        }
        Ok(KeptConnection { connection: self.pool().acquire().await?, away: Instant::now(), turn })
    }

    /// Takes back one whose statement went well.
    fn keep(&self, connection: KeptConnection) {
        let KeptConnection { connection, away, turn } = connection;
        let mut kept = self.0.kept();
        // Who closes the pool waits for all of them.
        let is_full = kept.connections.len() + self.0.left >= self.pool().options().get_max_connections() as usize;
        if is_full || self.pool().is_closed() || away.elapsed() > AWAY {
            return;
        }
        kept.connections.push(Idle { since: Instant::now(), away, connection });
        if !kept.is_tended {
            kept.is_tended = true;
            tokio::spawn(tend(self.pool().clone(), Arc::downgrade(&self.0)));
        }
        drop(kept);
        // Whose turn it is now finds it.
        drop(turn);
    }
}

impl Inner {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives those back to the pool that have been here for too long, and all where it is closed. Whether any are left.
    fn give_back(&self) -> bool {
        let mut kept = self.kept();
        let is_closed = self.pool.is_closed();
        kept.connections.retain(|idle| !is_closed && idle.since.elapsed() < DOUBTFUL);
        kept.is_tended = !kept.connections.is_empty();
        kept.is_tended
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // They would go back to the pool in a task, and there may be nothing any more that runs one.
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        for idle in kept.connections.drain(..) {
            drop(idle.connection.detach());
        }
    }
}

/// Sees to it that none is kept for long.
async fn tend(pool: PgPool, kept: Weak<Inner>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(DOUBTFUL) => {}
            () = pool.close_event() => {}
        }
        if !kept.upgrade().is_some_and(|kept| kept.give_back()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use leadflow_private_postgres::testing::TestDatabase;
    use sqlx::postgres::PgPoolOptions;
    use tokio::task::JoinSet;

    use super::*;
    use crate::testing;

    fn pool(database: &TestDatabase, size: u32) -> KeptPool {
        KeptPool::beside_others(
            PgPoolOptions::new().max_connections(size).connect_lazy_with(database.connect_options()),
        )
    }

    async fn process(connection: &mut KeptConnection) -> i32 {
        sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut **connection).await.unwrap()
    }

    fn kept(pool: &KeptPool) -> usize {
        pool.0.kept().connections.len()
    }

    fn make_doubtful(pool: &KeptPool) {
        let idle = &mut pool.0.kept().connections[0];
        idle.since = idle.since.checked_sub(DOUBTFUL).unwrap();
    }

    #[tokio::test]
    async fn what_went_well_is_taken_again_and_the_pool_never_sees_it() {
        let database = testing::database().await;
        let pool = pool(&database, 2);
        let mut first = pool.take().await.unwrap();
        let used = process(&mut first).await;
        pool.keep(first);
        assert_eq!((pool.pool().num_idle(), pool.open_and_idle()), (0, (1, 1)));
        let mut second = pool.take().await.unwrap();
        assert_eq!(process(&mut second).await, used);
        assert_eq!(pool.open_and_idle(), (1, 0));
    }

    #[tokio::test]
    async fn what_nobody_keeps_goes_back_to_the_pool() {
        let database = testing::database().await;
        let pool = pool(&database, 1);
        let mut gone = pool.take().await.unwrap();
        let used = process(&mut gone).await;
        {
            // Nobody waits for it any more: it is polled once.
            let statement = sqlx::query("select pg_sleep(0.01)").execute(&mut *gone);
            assert!(futures_util::FutureExt::now_or_never(statement).is_none());
        }
        drop(gone);
        assert_eq!(kept(&pool), 0);
        // There is but one.
        let mut again = pool.take().await.unwrap();
        assert_eq!(process(&mut again).await, used);
    }

    #[tokio::test]
    async fn what_the_pool_has_not_seen_for_long_goes_back_to_it() {
        let database = testing::database().await;
        let pool = pool(&database, 2);
        let mut old = pool.take().await.unwrap();
        process(&mut old).await;
        old.away = old.away.checked_sub(AWAY).unwrap();
        pool.keep(old);
        assert_eq!(kept(&pool), 0);
    }

    #[tokio::test]
    async fn what_lies_here_for_a_while_is_asked_and_goes_back_to_the_pool() {
        let database = testing::database().await;
        let pool = pool(&database, 3);
        let (old, fresh) = (pool.take().await.unwrap(), pool.take().await.unwrap());
        pool.keep(old);
        pool.keep(fresh);
        make_doubtful(&pool);
        assert!(pool.0.give_back());
        assert_eq!(kept(&pool), 1);
        make_doubtful(&pool);
        assert!(!pool.0.give_back());
        assert_eq!(kept(&pool), 0);

        let mut dead = pool.take().await.unwrap();
        let process_id = process(&mut dead).await;
        pool.keep(dead);
        make_doubtful(&pool);
        let mut alive = pool.take().await.unwrap();
        assert_eq!(process(&mut alive).await, process_id, "it lives");
        pool.keep(alive);
        let mut other = pool.pool().acquire().await.unwrap();
        sqlx::query("select pg_terminate_backend($1, 5000)").bind(process_id).execute(&mut *other).await.unwrap();
        make_doubtful(&pool);
        let mut alive = pool.take().await.unwrap();
        assert_ne!(process(&mut alive).await, process_id);
    }

    #[tokio::test]
    async fn nobody_waits_while_a_connection_is_kept() {
        let database = testing::database().await;
        let pool = pool(&database, 2);
        let (first, second) = (pool.take().await.unwrap(), pool.take().await.unwrap());
        let mut reads = JoinSet::new();
        let asked = Arc::new(AtomicUsize::new(0));
        for _ in 0..50 {
            let (pool, asked) = (pool.clone(), Arc::clone(&asked));
            reads.spawn(async move {
                asked.fetch_add(1, Ordering::Relaxed);
                let mut connection = pool.take().await.unwrap();
                process(&mut connection).await;
                pool.keep(connection);
            });
        }
        // There is one thread: whoever asked waits.
        while asked.load(Ordering::Relaxed) < 50 {
            tokio::task::yield_now().await;
        }
        pool.keep(first);
        drop(second);
        while let Some(read) = reads.join_next().await {
            read.unwrap();
        }
        // One is left for others.
        assert_eq!(kept(&pool), 1);
        drop(pool.pool().acquire().await.unwrap());
    }

    #[tokio::test]
    async fn of_a_pool_that_nobody_else_has_none_is_left() {
        let database = testing::database().await;
        let options = PgPoolOptions::new().max_connections(1);
        let pool = KeptPool::alone(options.connect_lazy_with(database.connect_options()));
        let found = pool.fetch_optional(sqlx::query("select 1 where $1").bind(true)).await.unwrap();
        assert!(found.is_some());
        assert_eq!((kept(&pool), pool.pool().num_idle(), pool.open_and_idle()), (1, 0, (1, 1)));
        let found = pool.fetch_optional(sqlx::query("select 1 where $1").bind(false)).await.unwrap();
        assert!(found.is_none());
        let failed = pool.fetch_optional(sqlx::query("select 1 / $1").bind(0_i32)).await;
        assert!(failed.is_err());
        assert_eq!(kept(&pool), 0, "whatever went otherwise goes the pool's way");
        pool.fetch_optional(sqlx::query("select 1")).await.unwrap();
    }

    #[tokio::test]
    async fn whoever_waits_for_too_long_is_told_so() {
        let database = testing::database().await;
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(300));
        let pool = KeptPool::beside_others(pool.connect_lazy_with(database.connect_options()));
        // All turns are somebody's: a connection of her own is not asked of a server that may be slow.
        let turns = Arc::clone(&pool.0.turns).acquire_owned().await.unwrap();
        assert!(matches!(pool.take().await, Err(sqlx::Error::PoolTimedOut)));
        drop(turns);
        // Nor does anybody who gave up keep her turn.
        assert_eq!(pool.0.turns.available_permits(), 1);
    }

    #[tokio::test]
    async fn the_pool_is_closed_with_those_that_are_kept_and_those_that_come_back_later() {
        let database = testing::database().await;
        let pool = pool(&database, 3);
        let (early, late) = (pool.take().await.unwrap(), pool.take().await.unwrap());
        pool.keep(early);
        let closing = pool.pool().close();
        pool.keep(late);
        closing.await;
        assert_eq!(pool.open_and_idle(), (0, 0));
        assert!(matches!(pool.take().await, Err(sqlx::Error::PoolClosed)));
    }

    #[tokio::test]
    async fn whoever_drops_it_leaves_the_pool_whole() {
        let database = testing::database().await;
        let pool = pool(&database, 2);
        let (sqlx_s, one) = (pool.pool().clone(), pool.take().await.unwrap());
        pool.keep(one);
        drop(pool);
        assert_eq!(sqlx_s.size(), 0);
        sqlx_s.close().await;
    }
}
