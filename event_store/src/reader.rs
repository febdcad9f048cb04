//! Reading the log in order.
//!
//! Positions are dense and in the order of commits, so `position > checkpoint` is complete by construction: no gap
//! detection, no waiting for others' transactions.

mod history;

pub use history::{HistoryEvent, HistoryRange};

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use leadflow_domain::{CommandId, ContactId, DataSubjectId, Decide, EventId, StreamId, TenantId};
use sqlx::{PgPool, Row};
use thiserror::Error;
use uuid::Uuid;

use crate::append::RunNumber;
use crate::loads::{Loads, TAIL, Wanted};
use crate::personal_values::PersonalValues;
use crate::recorded::{decode, with_opened};
use crate::reservations::{holders, linked};
use crate::snapshots::state_version;
use crate::subject_keys::{SubjectKeyError, SubjectKeys};
use crate::{RawEvent, RecordedEvent, UnreadableEvent};

/// The log could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The database did not answer as it should.
    #[error("the event log can't be read now")]
    Database(#[from] sqlx::Error),
    /// An event was written by a newer program, or is damaged.
    #[error(transparent)]
    Unreadable(#[from] UnreadableEvent),
    /// A data subject's key is damaged.
    #[error("{0}")]
    Key(SubjectKeyError),
}

impl From<SubjectKeyError> for ReadError {
    fn from(error: SubjectKeyError) -> Self {
        match error {
            SubjectKeyError::Database(error) => Self::Database(error),
            SubjectKeyError::Broken(_) => Self::Key(error),
        }
    }
}

/// An aggregate as it stands in the log.
#[derive(Debug, Clone)]
pub struct Loaded<A> {
    /// What its events made of it.
    pub state: A,
    /// How many they are; 0 when nothing ever happened to it.
    pub version: i64,
    /// Where the last of them stands in the log; 0 when nothing ever happened to it.
    pub position: i64,
    /// The last of them; the nil uuid when nothing ever happened to it.
    pub event: EventId,
    /// Whose it is, once something happened to it.
    pub tenant: Option<TenantId>,
    /// The version its snapshot stands at; 0 when it has none.
    pub snapshot_version: i64,
    /// The run in which it was seen here.
    pub(crate) seen: RunNumber,
}

impl<A: Default> Default for Loaded<A> {
    fn default() -> Self {
        Self {
            state: A::default(),
            version: 0,
            position: 0,
            event: EventId::from_uuid(Uuid::nil()),
            tenant: None,
            snapshot_version: 0,
            seen: RunNumber::default(),
        }
    }
}

/// A command that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownCommand {
    /// Where its last event stands.
    pub position: i64,
    /// Whom its events are about: by their personal values, or because they are her own. She may have been erased since.
    pub subject: Option<DataSubjectId>,
}

/// Events of one query over a stream whose tail is long.
const PAGE: i64 = 1_000;

/// Events that are decoded where they are asked for, in some milliseconds. More would keep others of that thread waiting.
const READ_AT_ONCE: usize = 200;

/// The state version of no snapshot.
const NO_SNAPSHOT: i32 = -1;

/// Reads the log. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LogReader {
    pool: PgPool,
    pub(crate) subject_keys: SubjectKeys,
    loads: Loads,
}

impl LogReader {
    pub(crate) fn new(pool: PgPool, subject_keys: SubjectKeys) -> Self {
        Self { loads: Loads::start(&pool), pool, subject_keys }
    }

    /// The same log, read through other connections: those of a caller who may not hold up the rest.
    #[must_use]
    pub fn through(&self, pool: PgPool) -> Self {
        Self::new(pool, self.subject_keys.clone())
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The time, by the database's clock.
    ///
    /// # Errors
    /// The database's.
    pub async fn now(&self) -> Result<Timestamp, sqlx::Error> {
        let now: jiff_sqlx::Timestamp = sqlx::query_scalar("select clock_timestamp()").fetch_one(&self.pool).await?;
        Ok(now.to_jiff())
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

    /// Up to `limit` events of a stream after `version`, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn stream(
        &self,
        aggregate_type: &str,
        stream: StreamId,
        version: i64,
        limit: i64,
    ) -> Result<Vec<RawEvent>, sqlx::Error> {
        let sql = format!(
            "select {} from events where aggregate_type = $1 and aggregate_id = $2 and sequence > $3 \
             order by sequence limit $4",
            RawEvent::COLUMNS
        );
        let rows = sqlx::query(&sql)
            .bind(aggregate_type)
            .bind(stream.to_string())
            .bind(version)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(RawEvent::from_row).collect()
    }

    /// The events at `positions`, in order.
    ///
    /// # Errors
    /// The database's.
    pub async fn at(&self, positions: &[i64]) -> Result<Vec<RawEvent>, sqlx::Error> {
        let sql = format!("select {} from events where position = any($1) order by position", RawEvent::COLUMNS);
        let rows = sqlx::query(&sql).bind(positions).fetch_all(&self.pool).await?;
        rows.iter().map(RawEvent::from_row).collect()
    }

    /// The events of one type in `streams` of one kind, in order. It looks through the whole of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_type<A: Decide>(
        &self,
        event_type: &str,
        streams: &[StreamId],
    ) -> Result<Vec<RawEvent>, sqlx::Error> {
        let sql = format!(
            "select {} from events where aggregate_type = $1 and aggregate_id = any($2) and event_type = $3 \
             order by position",
            RawEvent::COLUMNS
        );
        let rows = sqlx::query(&sql)
            .bind(A::TYPE)
            .bind(streams.iter().map(StreamId::to_string).collect::<Vec<_>>())
            .bind(event_type)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(RawEvent::from_row).collect()
    }

    /// Reads what the events say. People's keys are taken as they are now: whoever was erased reads as erased from
    /// that commit on.
    ///
    /// # Errors
    /// [`ReadError`] at the first event that can't be read.
    pub async fn read(&self, raw: Vec<RawEvent>, personal: PersonalValues) -> Result<Vec<RecordedEvent>, ReadError> {
        let read = self.read_each(raw, personal).await?;
        read.into_iter().map(|event| Ok(event?)).collect()
    }

    /// As [`Self::read`], each event for itself: one that can't be read keeps no other from its reader.
    ///
    /// # Errors
    /// [`ReadError`] when people's keys can't be had.
    pub async fn read_each(
        &self,
        raw: Vec<RawEvent>,
        personal: PersonalValues,
    ) -> Result<Vec<Result<RecordedEvent, UnreadableEvent>>, ReadError> {
        let few = raw.len() <= READ_AT_ONCE;
        let is_opened = move |event: &RawEvent| personal.opens(&event.event_type);
        // Nobody is asked for, and the database not at all, where nothing is to be opened.
        let keys = self.subject_keys.to_read(&subjects(raw.iter().filter(|event| is_opened(event)))).await?;
        let read = move || {
            let read = raw.into_iter();
            let read = read.map(|event| if is_opened(&event) { event.read_opened(&keys) } else { event.read() });
            Ok(read.collect())
        };
        if few { read() } else { elsewhere(read).await }
    }

    /// The same events with their payloads' personal values opened, for people to look at.
    ///
    /// # Errors
    /// [`ReadError`] at the first event that can't be opened.
    pub async fn open(&self, mut raw: Vec<RawEvent>) -> Result<Vec<RawEvent>, ReadError> {
        let keys = self.subject_keys.to_read(&subjects(raw.iter())).await?;
        for event in &mut raw {
            event.payload = with_opened(event, &keys)?.to_string();
        }
        Ok(raw)
    }

    /// The contact, and all who are one person with her, as the log stands now: whoever stands for her, and whoever she or that
    /// one stands for. Of somebody who was erased, too.
    ///
    /// # Errors
    /// The database's.
    pub async fn one_person_with(&self, tenant: TenantId, contact: ContactId) -> Result<Vec<ContactId>, sqlx::Error> {
        let linked = linked(&self.pool, tenant, contact.into()).await?;
        Ok(linked.into_iter().map(|stream| ContactId::from_uuid(stream.as_uuid())).collect())
    }

    /// The streams of a business that own facts of a kind of the whole installation, such as its numbers, the one that began first
    /// before all others: as the log stands now.
    ///
    /// # Errors
    /// The database's.
    pub async fn holders(&self, tenant: TenantId, kind: &str) -> Result<Vec<StreamId>, sqlx::Error> {
        holders(&self.pool, tenant, kind).await
    }

    /// One aggregate as it stands: its snapshot, and the events since.
    ///
    /// # Errors
    /// [`ReadError`] when the stream can't be read.
    pub async fn load<A: Decide>(&self, stream: StreamId) -> Result<Loaded<A>, ReadError> {
        match self.load_from(stream, state_version::<A>()).await {
            Err(ReadError::Unreadable(error @ UnreadableEvent::Snapshot { .. })) => {
                tracing::warn!(error = %error, "log.snapshot: {error}, and its events are");
                self.load_from(stream, NO_SNAPSHOT).await
            }
            loaded => loaded,
        }
    }

    async fn load_from<A: Decide>(&self, stream: StreamId, state_version: i32) -> Result<Loaded<A>, ReadError> {
        let rows = self.loads.of(Wanted { aggregate_type: A::TYPE, stream, state_version }).await?;
        let mut loaded = Loaded::<A>::default();
        for row in &rows {
            loaded.version = row.try_get("version")?;
            loaded.position = row.try_get("position")?;
            loaded.event = EventId::from_uuid(row.try_get("event_id")?);
            loaded.tenant = Some(TenantId::from_uuid(row.try_get("tenant_id")?));
            let payload: &str = row.try_get("payload")?;
            match row.try_get::<Option<&str>, _>("event_type")? {
                Some(event_type) => loaded.state.apply(decode::event::<A>(
                    loaded.position,
                    event_type,
                    row.try_get("event_version")?,
                    payload,
                )?),
                None => {
                    loaded.state = decode::state::<A>(stream, payload)?;
                    loaded.snapshot_version = loaded.version;
                }
            }
        }
        let mut more = loaded.version - loaded.snapshot_version >= i64::from(TAIL);
        while more {
            let page = self.stream(A::TYPE, stream, loaded.version, PAGE).await?;
            more = i64::try_from(page.len()) == Ok(PAGE);
            for raw in page {
                loaded.version = raw.version;
                loaded.position = raw.position;
                loaded.event = raw.id;
                loaded.state.apply(decode::event::<A>(
                    raw.position,
                    &raw.event_type,
                    &raw.event_version,
                    &raw.payload,
                )?);
            }
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
        let mut places = HashMap::new();
        for row in &rows {
            let raw = RawEvent::from_row(row)?;
            let place = *places.entry(raw.stream).or_insert_with(|| {
                all.push((raw.tenant, raw.stream, A::default()));
                all.len() - 1
            });
            all[place].2.apply(decode::event::<A>(raw.position, &raw.event_type, &raw.event_version, &raw.payload)?);
        }
        Ok(all)
    }

    /// Which of `commands` the log has. Those it doesn't have are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn known(&self, commands: &[CommandId]) -> Result<HashMap<CommandId, KnownCommand>, sqlx::Error> {
        let rows = sqlx::query(
            "select e.command_id, case e.aggregate_type when 'contact' then e.aggregate_id \
                                                else e.metadata ->> 'subject' end::uuid as subject, coalesce(( \
                 select n.position from events n \
                 where n.position > e.position and n.command_id is not null order by n.position limit 1 \
             ), (select max(position) + 1 from events)) - 1 as position \
             from events e where e.command_id = any($1)",
        )
        .bind(commands.iter().map(|command| command.as_uuid()).collect::<Vec<_>>())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let subject = row.try_get::<Option<Uuid>, _>("subject")?.map(DataSubjectId::from_uuid);
                let known = KnownCommand { position: row.try_get("position")?, subject };
                Ok((CommandId::from_uuid(row.try_get("command_id")?), known))
            })
            .collect()
    }

    /// Which of `streams` of one kind have begun, and whom the first event's personal values are about, if it holds
    /// any: she may have been erased since. Those that have not begun are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn begun<A: Decide>(
        &self,
        streams: &[StreamId],
    ) -> Result<HashMap<StreamId, Option<DataSubjectId>>, sqlx::Error> {
        if streams.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = sqlx::query(
            "select e.aggregate_id::uuid as stream, (e.metadata ->> 'subject')::uuid as subject \
             from unnest($2) as asked (stream) \
             join events e on e.aggregate_type = $1 and e.aggregate_id = asked.stream and e.sequence = 1",
        )
        .bind(A::TYPE)
        .bind(streams.iter().map(StreamId::to_string).collect::<Vec<_>>())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let subject = row.try_get::<Option<Uuid>, _>("subject")?.map(DataSubjectId::from_uuid);
                Ok((StreamId::from_uuid(row.try_get("stream")?), subject))
            })
            .collect()
    }
}

/// On a thread for what takes long. A panic is the caller's.
async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    match tokio::task::spawn_blocking(work).await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // Nothing but the end of the runtime stops it.
        Err(Err(_stopped)) => Err(ReadError::Database(sqlx::Error::WorkerCrashed)),
    }
}

fn subjects<'a>(raw: impl Iterator<Item = &'a RawEvent>) -> Vec<DataSubjectId> {
    let subjects: HashSet<_> = raw.filter_map(|event| event.subject).collect();
    subjects.into_iter().collect()
}
