//! What the inbox should hold of what is told beside messages.

use leadflow_domain::contact::{ContactEvent, Wants};
use leadflow_domain::conversation::{Call, CallDirection, CallNews};
use leadflow_domain::{ChannelId, ContactId, Event, StreamId};
use leadflow_event_store::RecordedEvent;
use serde_json::json;

use super::provider_id;
use super::told::Told;
use crate::rows::Listing;

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

/// When and what the business called her last in the address book of a number.
fn listing(events: &[RecordedEvent], contact: StreamId, of_channel: ChannelId) -> Option<(i64, Option<String>)> {
    let told = of(events, contact).filter_map(|event| match event {
        ContactEvent::Listed { channel, name, telling, .. } if *channel == of_channel => {
            Some((telling.told_at.as_microsecond(), name.known().cloned()))
        }
        ContactEvent::Unlisted { channel, telling } if *channel == of_channel => {
            Some((telling.told_at.as_microsecond(), None))
        }
        _ => None,
    });
    told.max()
}

/// Who is or was in which address book; nothing of whom the business forgot.
pub(super) fn listings(events: &[RecordedEvent]) -> Vec<Listing> {
    let told = events.iter().filter_map(|recorded| match &recorded.event {
        Event::Contact(ContactEvent::Listed { channel, .. } | ContactEvent::Unlisted { channel, .. }) => {
            Some((recorded.stream, *channel, recorded.tenant))
        }
        _ => None,
    });
    let is_erased = |contact| of(events, contact).any(|event| matches!(event, ContactEvent::Erased { .. }));
    let mut listings: Vec<Listing> = told
        .filter(|(contact, ..)| !is_erased(*contact))
        .map(|(contact, channel, tenant)| {
            let (told_at, name) = listing(events, contact, channel).unwrap();
            let (contact_id, channel_id, tenant_id) = (contact.as_uuid(), channel.as_uuid(), tenant.as_uuid());
            Listing { contact_id, channel_id, tenant_id, name, told_at }
        })
        .collect();
    listings.sort();
    // Each event told of it anew.
    listings.dedup();
    listings
}

/// What the business calls her, in whichever of its books it wrote last.
pub(super) fn listed_name(events: &[RecordedEvent], contact: StreamId) -> Option<String> {
    let hers = listings(events).into_iter().filter(|listing| listing.contact_id == contact.as_uuid());
    hers.filter_map(|listing| Some((listing.told_at, listing.name?))).max().map(|(_, name)| name)
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
        id: recorded.id.as_uuid(),
        conversation: recorded.stream,
        contact,
        direction: if from_business { "outbound" } else { "inbound" },
        is_of_business: false,
        is_sent_from_here: false,
        is_by_member: false,
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
