//! Events as they stand in the log.

use jiff::Timestamp;
use leadflow_domain::{Event, EventId, StreamId, TenantId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use thiserror::Error;

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
    /// The event in JSON.
    pub payload: String,
    /// Derived from the command and the event's place in it.
    pub id: EventId,
    /// When it was appended, by the database's clock.
    pub recorded_at: Timestamp,
    /// The request that it began with.
    pub correlation: String,
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
    /// What happened.
    pub event: Event,
}

/// An event that this program cannot read.
#[derive(Debug, Error)]
pub enum UnreadableEvent {
    /// Written by a newer version, or its payload was tampered with.
    #[error("{event_type} version {event_version} can't be read: upgrade this program, or the event is damaged")]
    Payload {
        /// Place in the log.
        position: i64,
        /// Its stable name.
        event_type: String,
        /// Version of its payload's form.
        event_version: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Written by a newer version.
    #[error("its stream is of unknown kind `{aggregate_type}`: upgrade this program")]
    Stream {
        /// Place in the log.
        position: i64,
        /// Kind of stream.
        aggregate_type: String,
    },
}

impl RawEvent {
    /// The columns that [`Self::from_row`] reads.
    pub(crate) const COLUMNS: &'static str = "position, tenant_id, aggregate_type, aggregate_id, sequence, \
         event_type, event_version, payload::text as payload, event_id, recorded_at, \
         metadata ->> 'correlation' as correlation";

    pub(crate) fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let stream: String = row.try_get("aggregate_id")?;
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
        })
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// [`UnreadableEvent`] when this program does not know the event.
    pub fn read(self) -> Result<RecordedEvent, UnreadableEvent> {
        let mut payload = serde_json::Deserializer::from_str(&self.payload);
        match Event::deserialize(&self.aggregate_type, &mut payload) {
            Ok(Some(event)) => Ok(RecordedEvent {
                position: self.position,
                tenant: self.tenant,
                stream: self.stream,
                version: self.version,
                id: self.id,
                recorded_at: self.recorded_at,
                correlation: self.correlation,
                event,
            }),
            Ok(None) => Err(UnreadableEvent::Stream { position: self.position, aggregate_type: self.aggregate_type }),
            Err(source) => Err(UnreadableEvent::Payload {
                position: self.position,
                event_type: self.event_type,
                event_version: self.event_version,
                source,
            }),
        }
    }
}
