//! What the inbox should hold of what is told beside messages.

use leadflow_domain::contact::{ContactEvent, Wants};
use leadflow_domain::conversation::{Call, CallDirection, CallNews};
use leadflow_domain::{ContactId, Event, StreamId};
use leadflow_event_store::RecordedEvent;
use serde_json::json;

use super::provider_id;
use super::told::Told;

fn of(events: &[RecordedEvent], contact: StreamId) -> impl Iterator<Item = &ContactEvent> {
    events.iter().filter(move |recorded| recorded.stream == contact).filter_map(|recorded| match &recorded.event {
        Event::Contact(event) => Some(event),
        _ => None,
    })
}

/// When and what she said last of marketing.
pub(super) fn marketing(events: &[RecordedEvent], contact: StreamId) -> Option<(i64, &'static str)> {
    if of(events, contact).any(|event| matches!(event, ContactEvent::Erased { .. })) {
        return None;
    }
    let said = of(events, contact).filter_map(|event| match event {
        ContactEvent::MarketingPreferenceTold { preference, .. } if preference.category == "marketing_messages" => {
            let counts = match preference.wants {
                Wants::Stop => 1,
                Wants::Resume => 0,
                Wants::Other(_) => return None,
            };
            Some((preference.telling.told_at.as_microsecond(), counts))
        }
        _ => None,
    });
    said.max().map(|(at, counts)| (at, ["wanted", "stopped"][counts]))
}

/// When and what the business called her last in its address book; nothing of whom it forgot.
pub(super) fn listing(events: &[RecordedEvent], contact: StreamId) -> Option<(i64, Option<String>)> {
    if of(events, contact).any(|event| matches!(event, ContactEvent::Erased { .. })) {
        return None;
    }
    let told = of(events, contact).filter_map(|event| match event {
        ContactEvent::Listed { name, telling, .. } => Some((telling.told_at.as_microsecond(), name.known().cloned())),
        ContactEvent::Unlisted { telling, .. } => Some((telling.told_at.as_microsecond(), None)),
        _ => None,
    });
    told.max()
}

pub(super) fn called<'a>(recorded: &'a RecordedEvent, contact: ContactId, call: &Call) -> Told<'a> {
    let from_business = call.report.direction == CallDirection::FromBusiness;
    let (kind, body, told) = match &call.report.told {
        CallNews::Connect => ("call", None, json!("connect")),
        CallNews::Terminate => ("call_ended", call.report.outcome.clone(), json!("terminate")),
        CallNews::Reported(word) => ("call", Some(word.clone()), json!({ "reported": word })),
    };
    let direction = if from_business { "from_business" } else { "from_customer" };
    let mut content = json!({"direction": direction, "told": told});
    if let Some(outcome) = &call.report.outcome {
        content["outcome"] = json!(outcome);
    }
    Told {
        recorded,
        conversation: recorded.stream,
        contact,
        direction: if from_business { "outbound" } else { "inbound" },
        is_of_business: false,
        replies_to: None,
        provider_id: provider_id(&call.occasion.provider_message_id),
        sent_at: call.occasion.sent_at,
        kind,
        body,
        content: Some(content),
        about: None,
        is_written: kind == "call" && told == "connect" && !from_business,
        opens_window: false,
        telling: 2,
    }
}
