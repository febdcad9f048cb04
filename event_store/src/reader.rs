//! Reading the log in order.
//!
//! Positions are dense and in the order of commits, so `position > checkpoint` is complete by construction: no gap
//! detection, no waiting for others' transactions.

use std::sync::Arc;

use cqrs_es::Aggregate;
use leadflow_domain::{Decide, StreamId, TenantId};
use sqlx::{PgPool, Row};
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::RawEvent;

/// The log could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The database did not answer as it should.
    #[error("the event log can't be read now")]
    Database(#[from] sqlx::Error),
    /// An event was written by a newer program, or is damaged.
    #[error(
        "{aggregate_type} {stream} holds an event that can't be read: it was written by a newer program (upgrade this \
         one), or is damaged"
    )]
    Unreadable {
        /// Kind of stream.
        aggregate_type: &'static str,
        /// The stream.
        stream: StreamId,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// An aggregate as it stands in the log.
#[derive(Debug)]
pub struct Loaded<A> {
    /// What its events made of it.
    pub state: A,
    /// How many they are; 0 when nothing ever happened to it.
    pub version: i64,
    /// Where the last of them stands in the log; 0 when nothing ever happened to it.
    pub position: i64,
    /// Whose it is, once something happened to it.
    pub tenant: Option<TenantId>,
}

/// Reads the log.
#[derive(Debug, Clone)]
pub struct LogReader {
    pool: PgPool,
    /// Thousands of commands may want their aggregates at once; they queue here, in order, and leave half of the
    /// pool to everybody else.
    loads: Arc<Semaphore>,
}

impl LogReader {
    /// Reads through `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let loads = (pool.options().get_max_connections() / 2).max(1);
        Self { pool, loads: Arc::new(Semaphore::new(loads as usize)) }
    }

    /// The position of the newest event; 0 for an empty log.
    ///
    /// # Errors
    /// The database's.
    pub async fn head(&self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar("select coalesce(max(position), 0) from events").fetch_one(&self.pool).await
    }

    /// Up to `limit` events after `position`, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn after(&self, position: i64, limit: i64) -> Result<Vec<RawEvent>, sqlx::Error> {
        let sql = format!("select {} from events where position > $1 order by position limit $2", RawEvent::COLUMNS);
        let rows = sqlx::query(&sql).bind(position).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(RawEvent::from_row).collect()
    }

    /// The events of a stream, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn stream(&self, aggregate_type: &str, stream: StreamId) -> Result<Vec<RawEvent>, sqlx::Error> {
        let sql = format!(
            "select {} from events where aggregate_type = $1 and aggregate_id = $2 order by sequence",
            RawEvent::COLUMNS
        );
        let rows = sqlx::query(&sql).bind(aggregate_type).bind(stream.to_string()).fetch_all(&self.pool).await?;
        rows.iter().map(RawEvent::from_row).collect()
    }

    /// One aggregate as it stands.
    ///
    /// # Errors
    /// [`ReadError`] when the stream can't be read.
    pub async fn load<A: Decide>(&self, stream: StreamId) -> Result<Loaded<A>, ReadError> {
        // Nobody closes the semaphore.
        let _turn = self.loads.acquire().await.ok();
        let rows = sqlx::query(
            "select position, sequence, tenant_id, payload::text as payload from events \
             where aggregate_type = $1 and aggregate_id = $2 order by sequence",
        )
        .bind(A::TYPE)
        .bind(stream.to_string())
        .fetch_all(&self.pool)
        .await?;
        let mut loaded = Loaded { state: A::default(), version: 0, position: 0, tenant: None };
        for row in rows {
            let payload: &str = row.try_get("payload")?;
            loaded.state.apply(read_event::<A>(stream, payload)?);
            loaded.version = row.try_get("sequence")?;
            loaded.position = row.try_get("position")?;
            loaded.tenant = Some(TenantId::from_uuid(row.try_get("tenant_id")?));
        }
        Ok(loaded)
    }

    /// Every aggregate of one kind, in the order they began, with its tenant and id. For kinds that are few:
    /// tenants and channels.
    ///
    /// # Errors
    /// [`ReadError`] when a stream can't be read.
    pub async fn load_all<A: Decide>(&self) -> Result<Vec<(TenantId, StreamId, A)>, ReadError> {
        let sql = format!("select {} from events where aggregate_type = $1 order by position", RawEvent::COLUMNS);
        let rows = sqlx::query(&sql).bind(A::TYPE).fetch_all(&self.pool).await?;
        let mut all: Vec<(TenantId, StreamId, A)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for row in &rows {
            let raw = RawEvent::from_row(row)?;
            let place = *places.entry(raw.stream).or_insert_with(|| {
                all.push((raw.tenant, raw.stream, A::default()));
                all.len() - 1
            });
            all[place].2.apply(read_event::<A>(raw.stream, &raw.payload)?);
        }
        Ok(all)
    }
}

fn read_event<A: Aggregate>(stream: StreamId, payload: &str) -> Result<A::Event, ReadError> {
    serde_json::from_str(payload).map_err(|source| ReadError::Unreadable { stream, aggregate_type: A::TYPE, source })
}
