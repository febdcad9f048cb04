//! What the log tells of a person, and what it tells in any case.

use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::{ConversationEvent, MessageContent};
use leadflow_domain::{ContactId, DataSubject, Event, Personal};
use leadflow_event_store::{LogReader, PersonalValues, RecordedEvent};

pub(super) async fn all(reader: &LogReader, personal: PersonalValues) -> Vec<RecordedEvent> {
    let raw = reader.after(0, i64::MAX).await.unwrap();
    reader.read(raw, personal).await.unwrap()
}

/// The personal values of a person's events, in order.
pub(super) fn values(events: &[RecordedEvent], of: ContactId) -> Vec<Option<String>> {
    let text = |value: &Personal<String>| value.known().cloned();
    let mut values = Vec::new();
    for event in events {
        if event.event.data_subject(event.stream) != DataSubject::Holds(of.into()) {
            continue;
        }
        if let Event::Contact(ContactEvent::IntroducedByPhone { phone, .. }) = &event.event {
            values.push(phone.known().map(|phone| phone.as_str().to_owned()));
        }
        if let Event::Conversation(
            ConversationEvent::MessageReceived { message, .. } | ConversationEvent::MessageImported { message, .. },
        ) = &event.event
        {
            let body = if let MessageContent::Text { body } = &message.content { Some(text(body)) } else { None };
            let name = message.sender_name.as_ref().map(text);
            values.extend([Some(text(&message.provider_message_id)), body, name].into_iter().flatten());
        }
        if let Event::Conversation(ConversationEvent::NoteAdded { text, .. }) = &event.event {
            values.push(text.known().map(|text| text.as_str().to_owned()));
        }
    }
    values
}

/// Names, versions, places: all of an event but what it says.
pub(super) fn skeleton(events: &[RecordedEvent]) -> Vec<String> {
    let of = |event: &RecordedEvent| {
        format!("{} {} {} {} {}", event.position, event.stream, event.version, event.id, event.recorded_at)
    };
    events.iter().map(of).collect()
}
