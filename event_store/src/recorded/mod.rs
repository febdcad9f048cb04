//! Events as they stand in the log.

pub(crate) mod decode;
mod unreadable;

pub use unreadable::UnreadableEvent;

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::{CommandId, DataSubjectId, Event, EventId, StreamId, TenantId};
use serde_json::Value;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::keys::DataSubjectKey;
use crate::sealing::{self, Place};

/// An event as it is stored, its payload not yet read.
#[derive(Debug, Clone)]
pub struct RawEvent {
    /// Place in the log.
    pub position: i64,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Kind of stream.
    pub aggregate_type: String,
    /// The stream.
    pub stream: StreamId,
    /// Version of the stream after this event.
    pub version: i64,
    /// Stable name.
    pub event_type: String,
    /// Version of the payload's form.
    pub event_version: String,
    /// The event in JSON, its personal values sealed.
    pub payload: String,
    /// Derived from the command and the event's place in it.
    pub id: EventId,
    /// When it was appended, by the database's clock.
    pub recorded_at: Timestamp,
    /// The request that it began with.
    pub correlation: String,
    /// Whom its personal values are about.
    pub subject: Option<DataSubjectId>,
    /// The command that it followed from, as its metadata says.
    pub command: Option<CommandId>,
    /// Who caused it, as its metadata says; see [`RecordedActor`](crate::RecordedActor).
    pub actor: String,
    /// The event that led to it, if one did.
    pub causation: Option<String>,
    /// Where it was asked from, sealed; [`LogReader::sources`](crate::LogReader::sources) opens it.
    pub source: Option<String>,
}

/// An event of the log.
#[derive(Debug, Clone)]
pub struct RecordedEvent {
    /// Place in the log.
    pub position: i64,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// The stream.
    pub stream: StreamId,
    /// Version of the stream after this event.
    pub version: i64,
    /// Derived from the command and the event's place in it.
    pub id: EventId,
    /// When it was appended, by the database's clock.
    pub recorded_at: Timestamp,
    /// The request that it began with.
    pub correlation: String,
    /// The command that it followed from, as its metadata says.
    pub command: Option<CommandId>,
    /// Who caused it, as its metadata says; see [`RecordedActor`](crate::RecordedActor).
    pub actor: String,
    /// The event that led to it, if one did.
    pub causation: Option<String>,
    /// Where it was asked from, sealed; [`LogReader::sources`](crate::LogReader::sources) opens it.
    pub source: Option<String>,
    /// What happened.
    pub event: Event,
}

/// Keys to read with: `None` for whom was erased.
pub(crate) type ReadingKeys = HashMap<DataSubjectId, Option<DataSubjectKey>>;

impl RawEvent {
    /// The columns that [`Self::from_row`] reads.
    pub(crate) const COLUMNS: &'static str = "position, tenant_id, aggregate_type, aggregate_id, sequence, \
         event_type, event_version, payload::text as payload, event_id, recorded_at, \
         metadata ->> 'correlation' as correlation, metadata ->> 'subject' as subject, \
         metadata ->> 'command' as command, metadata ->> 'actor' as actor, metadata ->> 'causation' as causation, \
         metadata ->> 'source' as source";

    pub(crate) fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let parsed = |column: &str| -> Result<Option<Uuid>, sqlx::Error> {
            let text: Option<&str> = row.try_get(column)?;
            let source = |error| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) };
            text.map(Uuid::parse_str).transpose().map_err(source)
        };
        let stream: &str = row.try_get("aggregate_id")?;
        let recorded_at: jiff_sqlx::Timestamp = row.try_get("recorded_at")?;
        Ok(Self {
            position: row.try_get("position")?,
            tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
            aggregate_type: row.try_get("aggregate_type")?,
            stream: stream.parse().map_err(|error| sqlx::Error::ColumnDecode {
                index: "aggregate_id".to_owned(),
                source: Box::new(error),
            })?,
            version: row.try_get("sequence")?,
            event_type: row.try_get("event_type")?,
            event_version: row.try_get("event_version")?,
            payload: row.try_get("payload")?,
            id: EventId::from_uuid(row.try_get("event_id")?),
            recorded_at: recorded_at.to_jiff(),
            correlation: row.try_get::<Option<String>, _>("correlation")?.unwrap_or_default(),
            subject: parsed("subject")?.map(DataSubjectId::from_uuid),
            command: parsed("command")?.map(CommandId::from_uuid),
            actor: row.try_get::<Option<String>, _>("actor")?.unwrap_or_default(),
            causation: row.try_get("causation")?,
            source: row.try_get("source")?,
        })
    }

    /// Reads the payload; personal values stay sealed.
    ///
    /// # Errors
    /// [`UnreadableEvent`] when this program does not know the event.
    pub fn read(self) -> Result<RecordedEvent, UnreadableEvent> {
        let event = decode::any(&self)?;
        Ok(self.recorded(event))
    }

    /// Reads the payload with its personal values.
    pub(crate) fn read_opened(mut self, keys: &ReadingKeys) -> Result<RecordedEvent, UnreadableEvent> {
        if let Some(subject) = self.subject {
            let key = keys.get(&subject).ok_or(UnreadableEvent::NoKey { position: self.position, subject })?;
            let place = Place { tenant: self.tenant, event: self.id };
            self.payload = sealing::open_text(&self.payload, place, key.as_ref())
                .map_err(|source| UnreadableEvent::NotOpened { position: self.position, source })?;
        }
        self.read()
    }

    fn recorded(self, event: Event) -> RecordedEvent {
        RecordedEvent {
            position: self.position,
            tenant: self.tenant,
            stream: self.stream,
            version: self.version,
            id: self.id,
            recorded_at: self.recorded_at,
            correlation: self.correlation,
            command: self.command,
            actor: self.actor,
            causation: self.causation,
            source: self.source,
            event,
        }
    }
}

/// The payload with its personal values opened.
pub(crate) fn with_opened(raw: &RawEvent, keys: &ReadingKeys) -> Result<Value, UnreadableEvent> {
    let mut payload = serde_json::from_str(&raw.payload).map_err(|source| UnreadableEvent::Payload {
        position: raw.position,
        event_type: raw.event_type.clone(),
        source,
    })?;
    if let Some(subject) = raw.subject {
        let key = keys.get(&subject).ok_or(UnreadableEvent::NoKey { position: raw.position, subject })?;
        let place = Place { tenant: raw.tenant, event: raw.id };
        sealing::open(&mut payload, place, key.as_ref())
            .map_err(|source| UnreadableEvent::NotOpened { position: raw.position, source })?;
    }
    Ok(payload)
}
