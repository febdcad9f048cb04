//! Folding much of the log at once, for read models that are built beside the one that is read.
//!
//! What following the log costs in small is saved: pages are large, the next ones are read while one is written, the
//! fold keeps one connection, and no commit waits for the disk. That loses nothing: rows and bookmark are of one
//! transaction, so after a crash both are where an earlier page left them, and the fold goes on from there.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, StreamExt};
use leadflow_event_store::{LogReader, Stretch};
use sqlx::{Acquire, Executor, PgConnection, PgPool};

use crate::{PageError, Projector};

/// Events of a page. Larger ones need more memory and gain nothing.
pub const PAGE: i64 = 10_000;

/// Pages that are read while another is written: reading one takes less than writing one.
pub const AHEAD: usize = 2;

/// How far a fold is, kept with its rows.
pub trait Bookmark: Send {
    /// Moves to the event `to`, in the transaction that has written all rows up to it. False when it may not: somebody
    /// else works for this read model now, and the rows must not be committed.
    fn move_to(&mut self, rows: &mut PgConnection, to: i64) -> impl Future<Output = Result<bool, PageError>> + Send;

    /// The transaction that moved it is committed.
    fn committed(&mut self, to: i64);
}

/// How a fold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folded {
    /// All of it is in the rows.
    All,
    /// The bookmark may not be moved any more. What was committed before stands.
    Lost,
}

/// The whole of the log between two events, as a bulk fold takes it for `projector`.
#[must_use]
pub fn stretch(projector: &impl Projector, after: i64, to: i64) -> Stretch {
    Stretch { after, to, page: PAGE, ahead: AHEAD, personal: projector.personal_values() }
}

/// Folds `stretch` into the tables of `schema`, page by page; `bookmark` moves with each page. Should it be dropped, what
/// was committed stands. The last commit is on the disk when it returns.
///
/// # Errors
/// Why the page after the bookmark could not be dealt with. What is before it is committed.
pub async fn fold(
    projector: &impl Projector,
    reader: &LogReader,
    pool: &PgPool,
    schema: &str,
    stretch: Stretch,
    bookmark: &mut impl Bookmark,
) -> Result<Folded, PageError> {
    let mut pages = std::pin::pin!(reader.pages(stretch));
    let mut connection = pool.acquire().await?;
    while let Some(page) = pages.next().await {
        let events = page?;
        let Some(to) = events.last().map(|event| event.position) else { break };
        let mut tx = connection.begin().await?;
        let commit = if to < stretch.to { "off" } else { "on" };
        tx.execute(format!("set local search_path = {schema}; set local synchronous_commit = {commit}").as_str())
            .await?;
        // A panic in a fold is its error, not the process's end.
        let applied = AssertUnwindSafe(projector.apply(&mut tx, &events)).catch_unwind().await;
        applied.unwrap_or(Err(PageError::Panicked))?;
        tx.execute("set local search_path to default").await?;
        if !bookmark.move_to(&mut tx, to).await? {
            return Ok(Folded::Lost);
        }
        tx.commit().await?;
        bookmark.committed(to);
    }
    Ok(Folded::All)
}
