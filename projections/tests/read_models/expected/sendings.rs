//! What the inbox should hold of messages that are sent from here. How one stands is for its own decisions to say.

use jiff::Timestamp;
use leadflow_domain::outbound_message::{
    FailureCause, OutboundMessage, OutboundMessageEvent, OutgoingContent, Standing, UnknownCause,
};
use leadflow_domain::{Decide, Event, Personal};
use leadflow_event_store::RecordedEvent;
use serde_json::{Value, json};
use uuid::Uuid;

use super::provider_id;
use super::told::Told;
use crate::rows::Sending;

/// What is told of a message, in the order of its stream.
fn own<'a>(events: &'a [RecordedEvent], message: &RecordedEvent) -> Vec<(&'a RecordedEvent, &'a OutboundMessageEvent)> {
    let own = events.iter().filter(|recorded| recorded.stream == message.stream);
    own.filter_map(|recorded| match &recorded.event {
        Event::OutboundMessage(event) => Some((recorded, event)),
        _ => None,
    })
    .collect()
}

/// What a message's decisions know of it in the end.
pub(crate) fn decided(events: &[RecordedEvent], message: &RecordedEvent) -> OutboundMessage {
    fn state<A: Decide>(events: impl Iterator<Item = A::Event>) -> A {
        let mut state = A::default();
        events.for_each(|event| state.apply(event));
        state
    }
    state(own(events, message).into_iter().map(|(_, event)| event.clone()))
}

pub(super) fn sendings(events: &[RecordedEvent]) -> Vec<Sending> {
    let mut sendings: Vec<Sending> = events.iter().filter_map(|recorded| sending(events, recorded)).collect();
    sendings.sort();
    sendings
}

fn sending(events: &[RecordedEvent], queued: &RecordedEvent) -> Option<Sending> {
    let Event::OutboundMessage(OutboundMessageEvent::Queued { contact, .. }) = &queued.event else { return None };
    let own = own(events, queued);
    let standing = decided(events, queued).standing().unwrap();
    let last = || own.iter().rev();
    // Since somebody had it sent again.
    let since = own.iter().rposition(|(_, event)| matches!(event, OutboundMessageEvent::Requeued { .. })).unwrap_or(0);
    let refusal = own[since..].iter().rev().find_map(|(_, event)| match event {
        OutboundMessageEvent::SendingRefused { refusal, .. } => Some(refusal),
        _ => None,
    });
    // It waits since the last that made it wait.
    let next_attempt_at = last().find_map(|(_, event)| match event {
        OutboundMessageEvent::SendingRefused { again_at, .. } => Some(*again_at),
        OutboundMessageEvent::NotSent { again_at, .. } => Some(Some(*again_at)),
        OutboundMessageEvent::Queued { .. } | OutboundMessageEvent::Requeued { .. } => Some(None),
        _ => None,
    });
    let ended_at = last().find_map(|(recorded, event)| match event {
        OutboundMessageEvent::SendingRefused { at, .. } => Some(*at),
        OutboundMessageEvent::SendingFailed { .. } | OutboundMessageEvent::Cancelled { .. } => {
            Some(recorded.recorded_at)
        }
        _ => None,
    });
    let unknown = last().find_map(|(_, event)| match event {
        OutboundMessageEvent::OutcomeUnknown { cause, .. } => Some(match cause {
            UnknownCause::NoAnswer => "no_answer",
            UnknownCause::Unreadable => "unreadable",
            UnknownCause::SenderLost => "sender_lost",
        }),
        _ => None,
    });
    let (status, cause) = match standing {
        Standing::Queued => ("queued", None),
        Standing::Attempted => ("attempted", None),
        Standing::Unknown => ("unknown", unknown),
        Standing::Accepted => ("accepted", None),
        Standing::Refused => ("failed", None),
        Standing::Failed(cause) => ("failed", Some(failed(cause))),
        Standing::Cancelled => ("cancelled", None),
    };
    let attempted: Vec<_> = own
        .iter()
        .filter_map(|(_, event)| match event {
            OutboundMessageEvent::Attempted { at, .. } => Some(at.as_microsecond()),
            _ => None,
        })
        .collect();
    let accepted_at = last().find_map(|(_, event)| match event {
        OutboundMessageEvent::Accepted { at, .. } => Some(at.as_microsecond()),
        _ => None,
    });
    Some(Sending {
        outbound_message_id: queued.stream.as_uuid(),
        tenant_id: queued.tenant.as_uuid(),
        contact_id: contact.as_uuid(),
        message_id: queued.id.as_uuid(),
        sender_id: queued.actor.strip_prefix("member:").map(|id| Uuid::parse_str(id).unwrap()),
        status: status.to_owned(),
        attempts: i32::try_from(attempted.len()).unwrap(),
        queued_at: queued.recorded_at.as_microsecond(),
        attempted_at: attempted.last().copied(),
        accepted_at,
        next_attempt_at: next_attempt_at.flatten().filter(|_| status == "queued").map(Timestamp::as_microsecond),
        ended_at: ended_at.filter(|_| ["failed", "cancelled"].contains(&status)).map(Timestamp::as_microsecond),
        cause: cause.map(str::to_owned),
        error_code: refusal.map(|refusal| refusal.code.to_string()),
        error_title: refusal.and_then(|refusal| refusal.title.clone()),
        error_details: refusal.and_then(|refusal| refusal.details.as_ref()?.known().cloned()),
    })
}

fn failed(cause: FailureCause) -> &'static str {
    match cause {
        FailureCause::WindowClosed => "window_closed",
        FailureCause::OptedOut => "opted_out",
        FailureCause::TemplateNotSendable => "template_not_sendable",
        FailureCause::Erased => "erased",
        FailureCause::Invalid => "invalid",
        FailureCause::Unreachable => "unreachable",
        FailureCause::AccountRestricted => "account_restricted",
        FailureCause::NoEvidence => "no_evidence",
    }
}

/// What the provider calls it by the newest attempt that it took; before that, a name that nobody else has. None of whom was
/// erased.
fn called(events: &[RecordedEvent], queued: &RecordedEvent) -> String {
    let taken = own(events, queued).into_iter().filter_map(|(_, event)| match event {
        OutboundMessageEvent::Accepted { attempt, message, .. } => Some((*attempt, message.id.as_ref()?)),
        _ => None,
    });
    let newest = taken.max_by_key(|(attempt, _)| *attempt).map(|(_, id)| provider_id(id));
    newest.unwrap_or_else(|| format!(":{}", queued.stream))
}

/// A message, as somebody wrote it here.
pub(super) fn written<'a>(events: &'a [RecordedEvent], queued: &'a RecordedEvent) -> Option<Told<'a>> {
    let Event::OutboundMessage(OutboundMessageEvent::Queued { contact, conversation, message, .. }) = &queued.event
    else {
        return None;
    };
    let about = match &message.content {
        OutgoingContent::Reaction { to, .. } => Some(to),
        _ => None,
    };
    let (kind, body, content) = inside(&message.content);
    Some(Told {
        recorded: queued,
        id: queued.id.as_uuid(),
        conversation: (*conversation).into(),
        contact: *contact,
        direction: "outbound",
        is_of_business: true,
        is_sent_from_here: true,
        replies_to: message.replies_to.as_ref().and_then(Personal::known).cloned(),
        provider_id: if is_erased(&message.content) { String::new() } else { called(events, queued) },
        sent_at: queued.recorded_at,
        kind,
        body,
        content,
        about: about.and_then(Personal::known).cloned(),
        is_written: false,
        opens_window: false,
        telling: 2,
        is_by_member: about.is_none(),
    })
}

fn known<T: Clone>(value: &Personal<T>) -> Option<T> {
    value.known().cloned()
}

/// Whether what it says is gone.
fn is_erased(content: &OutgoingContent) -> bool {
    match content {
        OutgoingContent::Text { body, .. } => known(body).is_none(),
        OutgoingContent::Media { source, .. } => known(source).is_none(),
        OutgoingContent::Location { place } => known(place).is_none(),
        OutgoingContent::Contacts { cards } => known(cards).is_none(),
        OutgoingContent::Reaction { to, .. } => known(to).is_none(),
        OutgoingContent::Buttons { frame, .. }
        | OutgoingContent::List { frame, .. }
        | OutgoingContent::Products { frame, .. }
        | OutgoingContent::Catalog { frame, .. } => known(&frame.body).is_none(),
        OutgoingContent::Product { product, .. } => known(product).is_none(),
        OutgoingContent::Template { text, .. } => known(text).is_none(),
    }
}

/// A message's kind and text, and all else that it holds, of these histories' kinds.
fn inside(content: &OutgoingContent) -> (&'static str, Option<String>, Option<Value>) {
    match content {
        OutgoingContent::Text { body, .. } => ("text", known(body), None),
        OutgoingContent::Reaction { emoji: Some(emoji), .. } => ("reaction", known(emoji), None),
        OutgoingContent::Reaction { emoji: None, .. } => ("reaction_removed", None, None),
        OutgoingContent::Media { source, caption: Some(caption), .. } => {
            let content = json!({"kind": "image", "source": known(source), "caption": known(caption)});
            ("image", known(caption), Some(content))
        }
        OutgoingContent::Media { source, filename, .. } => {
            let filename = filename.as_ref().and_then(known);
            let content = json!({"kind": "document", "source": known(source), "filename": filename});
            ("document", filename, Some(content))
        }
        OutgoingContent::Location { place } => {
            let name = known(place).and_then(|place| place.name);
            ("location", name.clone(), Some(json!({"place": {"latitude": 45.5, "longitude": 9.25, "name": name}})))
        }
        OutgoingContent::Contacts { cards } => {
            let cards = known(cards);
            let name = cards.as_ref().map(|cards| cards[0]["name"]["formatted_name"].as_str().unwrap().to_owned());
            ("contacts", name, Some(json!({ "cards": cards })))
        }
        OutgoingContent::Buttons { frame, .. } => {
            let body = known(&frame.body);
            let buttons = json!([{"id": "yes", "title": "Yes"}]);
            ("buttons", body.clone(), Some(json!({"body": body, "footer": "small", "buttons": buttons})))
        }
        OutgoingContent::List { frame, .. } => {
            let body = known(&frame.body);
            let sections = json!([{"rows": [{"id": "red", "title": "Red"}]}]);
            let content = json!({"body": body, "footer": "small", "button": "Colours", "sections": sections});
            ("list", body, Some(content))
        }
        OutgoingContent::Product { product, .. } => {
            let content = json!({"catalog": "77", "product": known(product)});
            ("product", None, Some(content))
        }
        OutgoingContent::Products { frame, .. } => {
            let body = known(&frame.body);
            let sections = json!([{"products": ["red", "blue"]}]);
            let content = json!({"body": body, "footer": "small", "catalog": "77", "sections": sections});
            ("products", body, Some(content))
        }
        OutgoingContent::Catalog { frame, .. } => {
            let body = known(&frame.body);
            ("catalog", body.clone(), Some(json!({"body": body, "footer": "small"})))
        }
        OutgoingContent::Template { template, text, .. } => {
            let text = known(text);
            let content =
                json!({"template": template, "name": "order_ready", "language": "it", "parameters": {}, "text": text});
            ("template", text, Some(content))
        }
    }
}
