//! Setting aside what can't be dealt with, and everything behind it in its stream.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};

use leadflow_domain::StreamId;
use leadflow_event_store::{RawEvent, RecordedEvent};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::PageError;

/// A stream, as parking knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stream {
    aggregate_type: Cow<'static, str>,
    id: StreamId,
}

impl Stream {
    pub(super) fn of(recorded: &RecordedEvent) -> Self {
        Self { aggregate_type: recorded.event.aggregate_type().into(), id: recorded.stream }
    }
}

/// An event to set aside.
#[derive(Debug, Clone)]
pub(super) struct Aside {
    pub(super) stream: Stream,
    pub(super) position: i64,
    tenant: Uuid,
    /// Why it could not be dealt with; `None` for what waits behind another.
    reason: Option<String>,
}

impl Aside {
    /// What waits behind another event of its stream.
    pub(super) fn behind(recorded: &RecordedEvent) -> Self {
        Self {
            stream: Stream::of(recorded),
            position: recorded.position,
            tenant: recorded.tenant.as_uuid(),
            reason: None,
        }
    }

    /// What can't be dealt with itself.
    pub(super) fn because(raw: &RawEvent, reason: &PageError) -> Self {
        Self {
            stream: Stream { aggregate_type: raw.aggregate_type.clone().into(), id: raw.stream },
            position: raw.position,
            tenant: raw.tenant.as_uuid(),
            reason: Some(reason.to_string()),
        }
    }

    /// The same, behind another.
    pub(super) fn without_reason(self) -> Self {
        Self { reason: None, ..self }
    }

    /// Whether its stream begins to wait with it.
    pub(super) fn is_first(&self) -> bool {
        self.reason.is_some()
    }

    pub(super) fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or_default()
    }
}

/// The streams that wait, as their consumer's holder knows them: nobody else parks for it.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    streams: HashSet<Stream>,
    /// Those to be tried.
    due: VecDeque<Stream>,
}

impl Waiting {
    /// What a process finds when it takes up the work: everything is tried, as it may be able to do what the one
    /// before it was not.
    pub(super) async fn find(pool: &PgPool, consumer: &str) -> Result<Self, sqlx::Error> {
        let rows = sqlx::query(
            "select aggregate_type, stream_id from parked_events where consumer = $1 \
             group by aggregate_type, stream_id order by min(position)",
        )
        .bind(consumer)
        .fetch_all(pool)
        .await?;
        let due = rows.iter().map(stream).collect::<Result<VecDeque<_>, _>>()?;
        Ok(Self { streams: due.iter().cloned().collect(), due })
    }

    pub(super) fn has(&self, stream: &Stream) -> bool {
        self.streams.contains(stream)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// How many they are.
    pub(super) fn len(&self) -> usize {
        self.streams.len()
    }

    /// Whether any is to be tried.
    pub(super) fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    pub(super) fn add(&mut self, stream: Stream) {
        self.streams.insert(stream);
    }

    /// Nothing of it waits any more.
    pub(super) fn remove(&mut self, stream: &Stream) {
        self.streams.remove(stream);
    }

    /// The next stream to try.
    pub(super) fn next_due(&mut self) -> Option<Stream> {
        self.due.pop_front()
    }

    /// It is tried again, after the others.
    pub(super) fn due_again(&mut self, stream: Stream) {
        self.due.push_back(stream);
    }

    /// Those that somebody asked to be tried.
    pub(super) async fn find_asked(&mut self, pool: &PgPool, consumer: &str) -> Result<(), sqlx::Error> {
        if self.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(
            "update parked_events set retry = false where consumer = $1 and retry returning aggregate_type, stream_id",
        )
        .bind(consumer)
        .fetch_all(pool)
        .await?;
        for row in &rows {
            let stream = stream(row)?;
            if !self.due.contains(&stream) {
                self.due.push_back(stream);
            }
        }
        Ok(())
    }
}

fn stream(row: &PgRow) -> Result<Stream, sqlx::Error> {
    Ok(Stream {
        aggregate_type: row.try_get::<String, _>("aggregate_type")?.into(),
        id: StreamId::from_uuid(row.try_get("stream_id")?),
    })
}

/// Sets events aside, in the transaction that moves the checkpoint past them.
pub(super) async fn park(rows: &mut PgConnection, consumer: &str, aside: &[Aside]) -> Result<(), sqlx::Error> {
    if aside.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into parked_events (consumer, position, tenant_id, aggregate_type, stream_id, reason, attempts) \
         select $1, position, tenant, kind, stream, reason, case when reason is null then 0 else 1 end \
         from unnest($2, $3, $4, $5, $6) as t (position, tenant, kind, stream, reason)",
    )
    .bind(consumer)
    .bind(aside.iter().map(|event| event.position).collect::<Vec<_>>())
    .bind(aside.iter().map(|event| event.tenant).collect::<Vec<_>>())
    .bind(aside.iter().map(|event| event.stream.aggregate_type.as_ref()).collect::<Vec<_>>())
    .bind(aside.iter().map(|event| event.stream.id.as_uuid()).collect::<Vec<_>>())
    .bind(aside.iter().map(|event| event.reason.as_deref()).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

/// The first `limit` events of `stream` that wait, in order.
pub(super) async fn first_of(
    pool: &PgPool,
    consumer: &str,
    stream: &Stream,
    limit: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "select position from parked_events \
         where consumer = $1 and aggregate_type = $2 and stream_id = $3 order by position limit $4",
    )
    .bind(consumer)
    .bind(stream.aggregate_type.as_ref())
    .bind(stream.id.as_uuid())
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// They don't wait any more, in the transaction that dealt with them.
pub(super) async fn release(rows: &mut PgConnection, consumer: &str, positions: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query("delete from parked_events where consumer = $1 and position = any($2)")
        .bind(consumer)
        .bind(positions)
        .execute(rows)
        .await?;
    Ok(())
}

/// The first of a stream was tried again in vain.
pub(super) async fn tried(pool: &PgPool, consumer: &str, position: i64, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query("update parked_events set attempts = attempts + 1, reason = $3 where consumer = $1 and position = $2")
        .bind(consumer)
        .bind(position)
        .bind(reason)
        .execute(pool)
        .await?;
    Ok(())
}
