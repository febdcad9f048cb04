//! What was written and done, as the events tell it, and which tellings are shown.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use leadflow_domain::conversation::{ConversationEvent, Correction, MessageContent};
use leadflow_domain::outbound_message::{OutboundMessageEvent, Via};
use leadflow_domain::{ContactId, Event, EventId, Personal, StreamId};
use leadflow_event_store::RecordedEvent;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{facts, provider_id, sendings};
use crate::rows::Message;

/// What a customer wrote or did, or the business.
pub(super) struct Told<'a> {
    pub(super) recorded: &'a RecordedEvent,
    /// The event that told of it first.
    pub(super) id: Uuid,
    pub(super) conversation: StreamId,
    pub(super) contact: ContactId,
    pub(super) direction: &'static str,
    /// Whether it is a message of the business, and not something done to one.
    pub(super) is_of_business: bool,
    /// Whether it was written here: it is no other than itself, whoever else tells of it.
    pub(super) is_sent_from_here: bool,
    pub(super) replies_to: Option<String>,
    pub(super) provider_id: String,
    pub(super) sent_at: Timestamp,
    pub(super) kind: &'static str,
    pub(super) body: Option<String>,
    pub(super) content: Option<Value>,
    pub(super) about: Option<String>,
    pub(super) is_written: bool,
    pub(super) opens_window: bool,
    /// 0 for the place of a file, 1 for what a history told, 2 for what was told when it happened.
    pub(super) telling: i16,
    pub(super) is_by_member: bool,
}

impl Told<'_> {
    pub(super) fn row(self) -> Message {
        let is_known = !self.provider_id.is_empty();
        Message {
            message_id: self.id,
            told_by: self.recorded.id.as_uuid(),
            mark: self.mark(),
            is_by_member: self.is_by_member,
            is_acted: false,
            tenant_id: self.recorded.tenant.as_uuid(),
            conversation_id: self.conversation.as_uuid(),
            contact_id: self.contact.as_uuid(),
            outbound_message_id: self.is_of_business.then(|| self.recorded.stream.as_uuid()),
            provider_message_id: self.provider_id,
            direction: self.direction.to_owned(),
            kind: self.kind.to_owned(),
            body: self.body.filter(|_| is_known),
            content: self.content.filter(|_| is_known),
            replies_to: self.replies_to.as_deref().map(digest),
            about: self.about.filter(|_| is_known).as_deref().map(digest),
            sent_at: self.sent_at.as_microsecond(),
            telling: self.telling,
        }
    }

    pub(super) fn mark(&self) -> Uuid {
        if self.provider_id.is_empty() { self.recorded.id.as_uuid() } else { digest(&self.provider_id) }
    }

    /// What messages are one by. Of calls and of what was done to messages, each telling is its own.
    fn one_by(&self) -> Option<(StreamId, &'static str, String)> {
        let is_one = !self.provider_id.is_empty() && self.about.is_none() && !self.kind.starts_with("call");
        is_one.then(|| (self.conversation, self.direction, self.provider_id.clone()))
    }
}

/// Of several tellings of one message the fullest, and the first of those that are alike. What was imported of somebody who
/// was erased is gone.
pub(super) fn shown(events: &[RecordedEvent]) -> impl Iterator<Item = Told<'_>> {
    let rest: Vec<_> = told(events).filter(|told| told.telling == 2 || !told.provider_id.is_empty()).collect();
    let mut fullest: HashMap<_, (i16, i64)> = HashMap::new();
    let mut first: HashMap<_, Uuid> = HashMap::new();
    for told in &rest {
        let Some(one_by) = told.one_by() else { continue };
        if told.is_sent_from_here {
            first.insert(one_by.clone(), told.id);
        }
        first.entry(one_by.clone()).or_insert(told.id);
        let (telling, position) = (told.telling, -told.recorded.position);
        let known = fullest.entry(one_by).or_insert((telling, position));
        *known = (*known).max((telling, position));
    }
    let shown = rest.into_iter().filter(move |told| {
        told.one_by().is_none_or(|one_by| fullest[&one_by] == (told.telling, -told.recorded.position))
    });
    shown.map(move |told| Told { id: told.one_by().map_or(told.id, |one_by| first[&one_by]), ..told })
}

/// Something was done to those that others are about.
pub(super) fn mark_acted(messages: &mut [Message]) {
    let about: HashSet<_> =
        messages.iter().filter_map(|message| Some((message.conversation_id, message.about?))).collect();
    for message in messages {
        let is_message = message.about.is_none() && !message.kind.starts_with("call");
        message.is_acted = is_message && about.contains(&(message.conversation_id, message.mark));
    }
}

fn digest(provider_id: &str) -> Uuid {
    Uuid::from_slice(&Sha256::digest(provider_id)[..16]).unwrap()
}

/// A message's kind and text, all else that it holds, and whether somebody should read it.
fn inside(content: &MessageContent) -> (&'static str, Option<String>, Option<Value>, bool) {
    match content {
        MessageContent::Text { body } => ("text", body.known().cloned(), None, true),
        MessageContent::Image(media) => {
            let caption = media.caption.as_ref().and_then(Personal::known).cloned();
            let content = json!({"mime_type": "image/png", "file": {"id": "7"}, "caption": caption});
            ("image", caption, Some(content), true)
        }
        MessageContent::System { .. } => ("system", None, Some(json!({"change": "identity", "body": null})), false),
        MessageContent::MediaPlaceholder {} => ("media_placeholder", None, None, false),
        other => panic!("no history has {other:?}"),
    }
}

pub(super) fn told(events: &[RecordedEvent]) -> impl Iterator<Item = Told<'_>> {
    // Of several corrections of one telling the last counts.
    let corrections: HashMap<EventId, &Correction> = events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Conversation(ConversationEvent::MessageCorrected { correction, .. })
            | Event::OutboundMessage(OutboundMessageEvent::Corrected { correction, .. }) => {
                Some((correction.event, correction))
            }
            _ => None,
        })
        .collect();
    as_it_came(events).map(move |told| match corrections.get(&told.recorded.id) {
        Some(correction) => corrected(told, correction),
        None => told,
    })
}

/// As this correction says. When it was and how it counts stays as it came.
fn corrected<'a>(told: Told<'a>, correction: &Correction) -> Told<'a> {
    let (kind, body, content, _) = inside(&correction.content);
    let is_known = !told.provider_id.is_empty();
    let replies_to = correction.replies_to.as_ref().and_then(Personal::known).filter(|_| is_known).cloned();
    Told { kind, body, content, replies_to, ..told }
}

fn as_it_came(events: &[RecordedEvent]) -> impl Iterator<Item = Told<'_>> {
    events.iter().filter_map(move |recorded| {
        if let Some(told) = sendings::written(events, recorded) {
            return Some(told);
        }
        let (conversation, direction) = match &recorded.event {
            Event::OutboundMessage(
                OutboundMessageEvent::Echoed { conversation, .. }
                | OutboundMessageEvent::Reacted { conversation, .. }
                | OutboundMessageEvent::Edited { conversation, .. }
                | OutboundMessageEvent::Revoked { conversation, .. }
                | OutboundMessageEvent::Imported { conversation, .. },
            ) => (StreamId::from(*conversation), "outbound"),
            _ => (recorded.stream, "inbound"),
        };
        let contact = match &recorded.event {
            Event::Conversation(
                ConversationEvent::MessageReceived { contact, .. }
                | ConversationEvent::MessageImported { contact, .. }
                | ConversationEvent::Reacted { contact, .. }
                | ConversationEvent::MessageEdited { contact, .. }
                | ConversationEvent::MessageRevoked { contact, .. }
                | ConversationEvent::Called { contact, .. },
            )
            | Event::OutboundMessage(
                OutboundMessageEvent::Echoed { contact, .. }
                | OutboundMessageEvent::Imported { contact, .. }
                | OutboundMessageEvent::Reacted { contact, .. }
                | OutboundMessageEvent::Edited { contact, .. }
                | OutboundMessageEvent::Revoked { contact, .. },
            ) => *contact,
            _ => return None,
        };
        let (occasion, about, kind, body) = match &recorded.event {
            Event::Conversation(
                ConversationEvent::MessageReceived { message, .. } | ConversationEvent::MessageImported { message, .. },
            ) => {
                let (kind, body, content, is_written) = inside(&message.content);
                let is_imported =
                    matches!(recorded.event, Event::Conversation(ConversationEvent::MessageImported { .. }));
                return Some(Told {
                    recorded,
                    id: recorded.id.as_uuid(),
                    conversation,
                    contact,
                    direction,
                    is_of_business: false,
                    is_sent_from_here: false,
                    is_by_member: false,
                    replies_to: None,
                    provider_id: provider_id(&message.provider_message_id),
                    sent_at: message.sent_at,
                    kind,
                    body,
                    content,
                    about: None,
                    is_written: is_written && !is_imported,
                    opens_window: is_written,
                    telling: telling(kind, is_imported),
                });
            }
            Event::OutboundMessage(
                OutboundMessageEvent::Echoed { message, .. } | OutboundMessageEvent::Imported { message, .. },
            ) => {
                let (kind, body, content, _) = inside(&message.content);
                let is_imported =
                    matches!(recorded.event, Event::OutboundMessage(OutboundMessageEvent::Imported { .. }));
                return Some(Told {
                    recorded,
                    id: recorded.id.as_uuid(),
                    conversation,
                    contact,
                    direction,
                    is_of_business: true,
                    is_sent_from_here: false,
                    is_by_member: message.via != Via::Bot,
                    replies_to: message.replies_to.as_ref().and_then(Personal::known).cloned(),
                    provider_id: provider_id(&message.occasion.provider_message_id),
                    sent_at: message.occasion.sent_at,
                    kind,
                    body,
                    content,
                    about: None,
                    is_written: false,
                    opens_window: false,
                    telling: telling(kind, is_imported),
                });
            }
            Event::Conversation(ConversationEvent::Called { contact, call, .. }) => {
                return Some(facts::called(recorded, *contact, call));
            }
            Event::Conversation(ConversationEvent::Reacted { reaction, .. })
            | Event::OutboundMessage(OutboundMessageEvent::Reacted { reaction, .. }) => {
                let (kind, emoji) = match &reaction.emoji {
                    Some(emoji) => ("reaction", emoji.known().cloned()),
                    None => ("reaction_removed", None),
                };
                (&reaction.occasion, &reaction.to, kind, emoji)
            }
            Event::Conversation(ConversationEvent::MessageEdited { edit, .. })
            | Event::OutboundMessage(OutboundMessageEvent::Edited { edit, .. }) => {
                let MessageContent::Text { body } = &edit.content else { panic!("a text") };
                (&edit.occasion, &edit.original, "edit", body.known().cloned())
            }
            Event::Conversation(ConversationEvent::MessageRevoked { revocation, .. })
            | Event::OutboundMessage(OutboundMessageEvent::Revoked { revocation, .. }) => {
                (&revocation.occasion, &revocation.original, "revocation", None)
            }
            _ => return None,
        };
        Some(Told {
            recorded,
            id: recorded.id.as_uuid(),
            conversation,
            contact,
            direction,
            is_by_member: false,
            is_of_business: matches!(recorded.event, Event::OutboundMessage(OutboundMessageEvent::Reacted { .. })),
            is_sent_from_here: false,
            replies_to: None,
            provider_id: provider_id(&occasion.provider_message_id),
            sent_at: occasion.sent_at,
            kind,
            content: (kind == "edit").then(|| json!({ "body": body })),
            body,
            about: about.known().cloned(),
            is_written: false,
            opens_window: direction == "inbound" && kind.starts_with("reaction"),
            telling: 2,
        })
    })
}

fn telling(kind: &str, is_imported: bool) -> i16 {
    match (kind, is_imported) {
        ("media_placeholder", _) => 0,
        (_, true) => 1,
        (_, false) => 2,
    }
}
