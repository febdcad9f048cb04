//! What the read models should hold, said naively: each value asks the whole history for itself. Shares nothing with
//! the projectors but the events. Whoever was erased is erased from all of it, also from what came before.

#![expect(clippy::wildcard_enum_match_arm, reason = "each value asks for the few events that it hangs on")]

use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::{ConversationEvent, InboundMessage, MessageContent};
use leadflow_domain::{ChannelId, ContactId, Event, LeadId, Personal, StreamId};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

use crate::rows::{Channel, Contact, Conversation, Inbox, Lead, Message};

/// The inbox after `events`.
pub(crate) fn inbox(events: &[RecordedEvent]) -> Inbox {
    let events = &forgotten(events);
    let mut inbox = Inbox { channels: vec![], contacts: vec![], conversations: vec![], messages: vec![] };
    for recorded in events {
        match &recorded.event {
            Event::Channel(ChannelEvent::WhatsAppNumberConnected(_)) => inbox.channels.push(channel(events, recorded)),
            Event::Contact(ContactEvent::IntroducedByPhone { .. }) => inbox.contacts.push(contact(events, recorded)),
            Event::Conversation(ConversationEvent::Opened { contact, channel }) => {
                inbox.conversations.push(conversation(events, recorded, *contact, *channel));
            }
            Event::Conversation(ConversationEvent::MessageReceived { message, .. }) => {
                inbox.messages.push(Message {
                    message_id: recorded.id.as_uuid(),
                    tenant_id: recorded.tenant.as_uuid(),
                    conversation_id: recorded.stream.as_uuid(),
                    provider_message_id: provider_id(message),
                    direction: "inbound".to_owned(),
                    kind: "text".to_owned(),
                    body: body(message),
                    sent_at: message.sent_at.as_microsecond(),
                });
            }
            _ => {}
        }
    }
    inbox.channels.sort();
    // A number that was connected again was told anew, and is one channel.
    inbox.channels.dedup();
    inbox.contacts.sort();
    inbox.conversations.sort();
    inbox.messages.sort();
    inbox
}

/// `events` as if nobody had ever known the values of those who were erased in the end.
fn forgotten(events: &[RecordedEvent]) -> Vec<RecordedEvent> {
    let is_erased = |contact: Uuid| {
        events.iter().any(|event| {
            event.stream.as_uuid() == contact && matches!(event.event, Event::Contact(ContactEvent::Erased { .. }))
        })
    };
    let mut forgotten = events.to_vec();
    for recorded in &mut forgotten {
        match &mut recorded.event {
            Event::Contact(ContactEvent::IntroducedByPhone { phone, .. }) if is_erased(recorded.stream.as_uuid()) => {
                *phone = Personal::Erased;
            }
            Event::Conversation(ConversationEvent::MessageReceived { contact, message, .. })
                if is_erased(contact.as_uuid()) =>
            {
                message.provider_message_id = Personal::Erased;
                message.sender_name = None;
                message.content = MessageContent::Text { body: Personal::Erased };
            }
            _ => {}
        }
    }
    forgotten
}

/// The leads after `events`, in which every lead was told of every message of its contact.
pub(crate) fn leads(events: &[RecordedEvent]) -> Vec<Lead> {
    let mut leads: Vec<Lead> = events
        .iter()
        .filter_map(|introduced| match introduced.event {
            Event::Contact(ContactEvent::IntroducedByPhone { .. }) => {
                let contact = ContactId::from_uuid(introduced.stream.as_uuid());
                let (captured_at, conversation_id) = messages(events)
                    .filter(|(_, writer, _)| *writer == contact)
                    .map(|(recorded, _, message)| (message.sent_at.as_microsecond(), recorded.stream.as_uuid()))
                    .min()?;
                Some(Lead {
                    lead_id: StreamId::from(LeadId::of(contact)).as_uuid(),
                    tenant_id: introduced.tenant.as_uuid(),
                    contact_id: contact.as_uuid(),
                    conversation_id,
                    status: "new".to_owned(),
                    source: "whatsapp".to_owned(),
                    captured_at,
                })
            }
            _ => None,
        })
        .collect();
    leads.sort();
    leads
}

fn channel(events: &[RecordedEvent], connected: &RecordedEvent) -> Channel {
    let display_phone = events
        .iter()
        .rev()
        .filter(|event| event.stream == connected.stream)
        .find_map(|event| match &event.event {
            Event::Channel(ChannelEvent::WhatsAppNumberConnected(number)) => Some(number.display_phone.as_str()),
            _ => None,
        })
        .unwrap();
    Channel {
        channel_id: connected.stream.as_uuid(),
        tenant_id: connected.tenant.as_uuid(),
        display_phone: display_phone.to_owned(),
    }
}

fn contact(events: &[RecordedEvent], introduced: &RecordedEvent) -> Contact {
    let Event::Contact(ContactEvent::IntroducedByPhone { phone, .. }) = &introduced.event else { unreachable!() };
    let naming = messages(events)
        .filter(|(_, writer, message)| writer.as_uuid() == introduced.stream.as_uuid() && message.sender_name.is_some())
        .map(|(_, _, message)| message)
        .max_by_key(|message| (message.sent_at, provider_id(message)));
    Contact {
        contact_id: introduced.stream.as_uuid(),
        tenant_id: introduced.tenant.as_uuid(),
        phone: phone.known().map(|phone| phone.as_str().to_owned()),
        display_name: naming.and_then(|message| message.sender_name.as_ref()?.known().cloned()),
        named_at: naming.map(|message| message.sent_at.as_microsecond()),
        named_by: naming.map(provider_id),
    }
}

fn conversation(
    events: &[RecordedEvent],
    opened: &RecordedEvent,
    contact: ContactId,
    channel: ChannelId,
) -> Conversation {
    let thread = || events.iter().filter(|event| event.stream == opened.stream);
    let read_at = thread()
        .filter(|event| matches!(event.event, Event::Conversation(ConversationEvent::Read {})))
        .map(|event| event.position)
        .max()
        .unwrap_or(0);
    let unread = messages(events)
        .filter(|(recorded, _, _)| recorded.stream == opened.stream && recorded.position > read_at)
        .count();
    let status = thread()
        .filter_map(|event| match event.event {
            Event::Conversation(ConversationEvent::Opened { .. } | ConversationEvent::Reopened {}) => Some("open"),
            Event::Conversation(ConversationEvent::Resolved {}) => Some("resolved"),
            _ => None,
        })
        .next_back()
        .unwrap();
    let priority = thread()
        .filter_map(|event| match event.event {
            Event::Conversation(ConversationEvent::PrioritySet { priority }) => {
                Some(format!("{priority:?}").to_lowercase())
            }
            _ => None,
        })
        .next_back();
    let latest = messages(events)
        .filter(|(recorded, _, _)| recorded.stream == opened.stream)
        .max_by_key(|(recorded, _, message)| (message.sent_at, provider_id(message), recorded.id));
    Conversation {
        conversation_id: opened.stream.as_uuid(),
        tenant_id: opened.tenant.as_uuid(),
        contact_id: contact.as_uuid(),
        channel_id: channel.as_uuid(),
        status: status.to_owned(),
        priority: priority.unwrap_or_else(|| "none".to_owned()),
        unread_count: i32::try_from(unread).unwrap(),
        last_activity_at: latest.map(|(_, _, message)| message.sent_at.as_microsecond()),
        last_message_id: latest.map(|(recorded, _, _)| recorded.id.as_uuid()),
        last_provider_id: latest.map(|(_, _, message)| provider_id(message)),
    }
}

fn messages(events: &[RecordedEvent]) -> impl Iterator<Item = (&RecordedEvent, ContactId, &InboundMessage)> {
    events.iter().filter_map(|recorded| match &recorded.event {
        Event::Conversation(ConversationEvent::MessageReceived { contact, message, .. }) => {
            Some((recorded, *contact, message))
        }
        _ => None,
    })
}

/// A column without null; an erased id is empty there.
fn provider_id(message: &InboundMessage) -> String {
    message.provider_message_id.known().cloned().unwrap_or_default()
}

fn body(message: &InboundMessage) -> Option<String> {
    let MessageContent::Text { body } = &message.content else { panic!("a text") };
    body.known().cloned()
}
