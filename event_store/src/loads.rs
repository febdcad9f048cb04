//! Streams as they are stored: a snapshot, and the events since.

use leadflow_domain::StreamId;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use crate::batched::Batched;

/// Events of a stream that are read with its snapshot. Snapshots are taken more often than that, so it is all of them
/// unless a snapshot was lost or is of another version.
pub(crate) const TAIL: i32 = 64;

/// A stream that is wanted, from its snapshot of that version on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) aggregate_type: &'static str,
    pub(crate) stream: StreamId,
    pub(crate) state_version: i32,
}

/// Loads streams for many at once. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Loads {
    pool: PgPool,
    batched: Batched<Wanted, Vec<PgRow>>,
}

impl Loads {
    pub(crate) fn start(pool: &PgPool) -> Self {
        let batched = Batched::start(pool, |pool, wanted: Vec<Wanted>| async move { rows(&pool, &wanted).await });
        Self { pool: pool.clone(), batched }
    }

    /// The rows of one stream, in order: its snapshot, and up to [`TAIL`] events since.
    pub(crate) async fn of(&self, wanted: Wanted) -> Result<Vec<PgRow>, sqlx::Error> {
        match self.batched.ask(wanted).await {
            Some(rows) => Ok(rows),
            // So that each hears what failed for her, and one stream's trouble is not another's.
            None => Ok(rows(&self.pool, &[wanted]).await?.pop().unwrap_or_default()),
        }
    }
}

async fn rows(pool: &PgPool, wanted: &[Wanted]) -> Result<Vec<Vec<PgRow>>, sqlx::Error> {
    let found = sqlx::query("select * from load_streams($1, $2, $3, $4)")
        .bind(wanted.iter().map(|wanted| wanted.aggregate_type).collect::<Vec<_>>())
        .bind(wanted.iter().map(|wanted| wanted.stream.to_string()).collect::<Vec<_>>())
        .bind(wanted.iter().map(|wanted| wanted.state_version).collect::<Vec<_>>())
        .bind(TAIL)
        .fetch_all(pool)
        .await?;
    let mut streams: Vec<Vec<PgRow>> = wanted.iter().map(|_| Vec::new()).collect();
    for row in found {
        let nth: i64 = row.try_get("nth")?;
        if let Some(stream) = usize::try_from(nth - 1).ok().and_then(|nth| streams.get_mut(nth)) {
            stream.push(row);
        }
    }
    Ok(streams)
}
