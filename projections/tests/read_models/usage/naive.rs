//! Usage said naively: each row asks the whole history for itself. Shares nothing with the projector but the events.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_domain::{ContactId, Event};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

use super::Row;

/// What usage should hold after `events`.
pub(super) fn rows(events: &[RecordedEvent]) -> Vec<Row> {
    let mut rows: Vec<Row> = events
        .iter()
        .filter(|event| is_received(event))
        .filter_map(|event| Some(row(event, written(event)?.2, "message_received", event.id.as_uuid(), 0)))
        .collect();
    // By the first in the log, whatever time it has.
    let mut in_order: Vec<&RecordedEvent> = events.iter().collect();
    in_order.sort_by_key(|event| event.position);
    for event in &in_order {
        let Some((conversation, contact, at)) = written(event) else { continue };
        for (item, subject) in [("conversation_active", conversation), ("contact_active", contact.as_uuid())] {
            let row = row(event, at, item, subject, 0);
            if !rows.iter().any(|known| known.key() == row.key()) {
                rows.push(row);
            }
        }
    }
    // One that failed and was sent again is one message.
    let is_first = |sent: &RecordedEvent| {
        !in_order.iter().any(|event| event.stream == sent.stream && event.version < sent.version && is_sent(event))
    };
    let first = in_order.iter().filter(|event| is_sent(event) && is_first(event));
    rows.extend(first.flat_map(|event| sent(&in_order, event)));
    rows.sort();
    rows
}

/// Where and by or to whom a message was written that is charged by, and when.
fn written(event: &RecordedEvent) -> Option<(Uuid, ContactId, Timestamp)> {
    match &event.event {
        Event::Conversation(ConversationEvent::MessageReceived { contact, message, .. }) if message.is_written() => {
            Some((event.stream.as_uuid(), *contact, message.sent_at))
        }
        Event::OutboundMessage(OutboundMessageEvent::Echoed { contact, conversation, message, .. }) => {
            Some((conversation.as_uuid(), *contact, message.occasion.sent_at))
        }
        Event::OutboundMessage(OutboundMessageEvent::Accepted { contact, conversation, at, .. }) => {
            Some((conversation.as_uuid(), *contact, *at))
        }
        _ => None,
    }
}

fn is_sent(event: &RecordedEvent) -> bool {
    matches!(
        event.event,
        Event::OutboundMessage(OutboundMessageEvent::Echoed { .. } | OutboundMessageEvent::Accepted { .. })
    )
}

fn is_received(event: &RecordedEvent) -> bool {
    written(event).is_some() && !is_sent(event)
}

/// The rows of one message of the business.
fn sent(events: &[&RecordedEvent], told: &RecordedEvent) -> Vec<Row> {
    let Some((_, _, at)) = written(told) else { return vec![] };
    let of_stream: Vec<&RecordedEvent> = events.iter().copied().filter(|event| event.stream == told.stream).collect();
    let category = |after: &RecordedEvent| {
        of_stream
            .iter()
            .filter(|event| event.version <= after.version)
            .filter_map(|event| priced(event))
            .min()
            .map(|(_, category)| category)
            .unwrap_or_default()
    };
    let later = of_stream.iter().copied().filter(|event| event.version > told.version);
    let (open, closed): (Vec<_>, Vec<_>) = later.partition(|event| booked_on(at, event) == day(at));
    let counted = Row {
        category: category(open.last().copied().unwrap_or(told)),
        ..row(told, at, "message_sent", told.stream.as_uuid(), 0)
    };
    let (mut known, mut rows) = (counted.category.clone(), vec![counted]);
    for event in closed {
        let now = category(event);
        if now != known {
            let nth = i16::try_from(rows.len()).unwrap();
            let with = |nth, category, quantity| Row {
                category,
                quantity,
                ..row(event, at, "message_sent", told.stream.as_uuid(), nth)
            };
            rows.push(with(nth, known, -1));
            rows.push(with(nth + 1, now.clone(), 1));
            known = now;
        }
    }
    rows
}

/// What a status prices a message as, and when.
fn priced(event: &RecordedEvent) -> Option<(Timestamp, String)> {
    let Event::OutboundMessage(OutboundMessageEvent::StatusReported { report, .. }) = &event.event else {
        return None;
    };
    let pricing: serde_json::Value = serde_json::from_str(report.pricing.as_deref()?).ok()?;
    Some((report.at, pricing["category"].as_str().filter(|word| !word.is_empty())?.to_owned()))
}

fn row(event: &RecordedEvent, at: Timestamp, item: &str, subject: Uuid, nth: i16) -> Row {
    Row {
        subject,
        item: item.to_owned(),
        day: day(at).to_string(),
        nth,
        tenant_id: event.tenant.as_uuid(),
        category: String::new(),
        booked_on: booked_on(at, event).to_string(),
        quantity: 1,
        at: at.as_microsecond(),
        event_id: event.id.as_uuid(),
        position: event.position,
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn booked_on(at: Timestamp, event: &RecordedEvent) -> Date {
    let midnight = day(at).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let is_late = event.recorded_at >= midnight + SignedDuration::from_hours(24 + 48);
    if is_late { day(event.recorded_at) } else { day(at) }
}
