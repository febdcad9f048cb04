//! Batched reads: whoever waits while one query runs is in the next one.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::PgPool;

use crate::GroupCommit;

/// Queries that run at once. While the database works on one, the other's answers are taken apart; more would only make
/// each of them smaller.
const AT_ONCE: usize = 2;

/// Answers of one query at most.
const MOST_IN_A_QUERY: usize = 128;

/// Looks things up for many at once. Cheap to clone.
pub(crate) struct Batched<T, R> {
    lanes: Arc<[GroupCommit<T, Option<R>>]>,
    next: Arc<AtomicUsize>,
}

impl<T, R> Clone for Batched<T, R> {
    fn clone(&self) -> Self {
        Self { lanes: Arc::clone(&self.lanes), next: Arc::clone(&self.next) }
    }
}

impl<T, R> fmt::Debug for Batched<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batched").finish_non_exhaustive()
    }
}

impl<T: Send + 'static, R: Send + 'static> Batched<T, R> {
    /// Answers with `query`, which has an answer for each it is asked for, in their order.
    pub(crate) fn start<Q, F>(pool: &PgPool, query: Q) -> Self
    where
        Q: Fn(PgPool, Vec<T>) -> F + Clone + Send + 'static,
        F: Future<Output = Result<Vec<R>, sqlx::Error>> + Send + 'static,
    {
        let lane = || {
            let (pool, query) = (pool.clone(), query.clone());
            GroupCommit::spawn(MOST_IN_A_QUERY, move |asked: Vec<T>| {
                let answers = query(pool.clone(), asked);
                async move { answers.await.map(|found| found.into_iter().map(Some).collect()).unwrap_or_default() }
            })
        };
        Self { lanes: (0..AT_ONCE).map(|_| lane()).collect(), next: Arc::default() }
    }

    /// The answer; `None` when the query failed, and whoever asked had better ask alone.
    pub(crate) async fn ask(&self, what: T) -> Option<R> {
        let lane = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len();
        self.lanes.get(lane)?.submit(what).await.ok()?
    }
}
