//! From a stored payload to an event, by way of older versions if need be.

use cqrs_es::Aggregate;
use leadflow_domain::upcast::is_current;
use leadflow_domain::{Event, StreamId, upcast};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde_json::Value;

use super::{RawEvent, UnreadableEvent};

/// An event of any kind, its personal values as they stand in its payload.
pub(super) fn any(raw: &RawEvent) -> Result<Event, UnreadableEvent> {
    let event = match current(raw.position, &raw.event_type, &raw.event_version, &raw.payload)? {
        Some(payload) => Event::deserialize(&raw.aggregate_type, payload.into_deserializer()),
        None => Event::deserialize(&raw.aggregate_type, &mut serde_json::Deserializer::from_str(&raw.payload)),
    };
    event
        .map_err(|source| damaged(raw.position, &raw.event_type, source))?
        .ok_or_else(|| UnreadableEvent::Stream { position: raw.position, aggregate_type: raw.aggregate_type.clone() })
}

/// An event of one kind of aggregate, its personal values sealed.
pub(crate) fn event<A: Aggregate>(
    position: i64,
    event_type: &str,
    event_version: &str,
    payload: &str,
) -> Result<A::Event, UnreadableEvent> {
    let event = match current(position, event_type, event_version, payload)? {
        Some(payload) => A::Event::deserialize(payload),
        None => serde_json::from_str(payload),
    };
    event.map_err(|source| damaged(position, event_type, source))
}

/// An aggregate as its snapshot has it.
pub(crate) fn state<A: Aggregate>(stream: StreamId, state: &str) -> Result<A, UnreadableEvent> {
    serde_json::from_str(state).map_err(|source| UnreadableEvent::Snapshot { aggregate_type: A::TYPE, stream, source })
}

/// The payload in its current form, where that is not simply what is stored.
fn current(
    position: i64,
    event_type: &str,
    event_version: &str,
    payload: &str,
) -> Result<Option<Value>, UnreadableEvent> {
    if is_current(event_type, event_version) {
        return Ok(None);
    }
    let payload = serde_json::from_str(payload).map_err(|source| damaged(position, event_type, source))?;
    upcast(event_type, event_version, payload)
        .map(Some)
        .map_err(|source| UnreadableEvent::UnknownVersion { position, source })
}

fn damaged(position: i64, event_type: &str, source: serde_json::Error) -> UnreadableEvent {
    UnreadableEvent::Payload { position, event_type: event_type.to_owned(), source }
}
