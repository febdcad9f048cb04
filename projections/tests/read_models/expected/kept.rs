//! What people of the business do with a conversation.

use leadflow_domain::Event;
use leadflow_domain::conversation::{ConversationEvent, Counterpart};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

use crate::rows::Note;

/// Where a conversation stands after the last event that says so, and until when it is set aside.
pub(super) fn status<'a>(thread: impl DoubleEndedIterator<Item = &'a RecordedEvent>) -> (&'static str, Option<i64>) {
    let last = thread.rev().find_map(|event| match &event.event {
        Event::Conversation(
            ConversationEvent::Opened { .. }
            | ConversationEvent::OpenedWithGroup { .. }
            | ConversationEvent::Reopened {}
            | ConversationEvent::Woken {},
        ) => Some(("open", None)),
        Event::Conversation(ConversationEvent::Snoozed { until }) => Some(("snoozed", Some(until.as_microsecond()))),
        Event::Conversation(ConversationEvent::Resolved {}) => Some(("resolved", None)),
        _ => None,
    });
    last.unwrap()
}

/// Which team was the last to be asked, unless a member has it, it was settled or that was taken back since.
pub(super) fn team<'a>(thread: impl DoubleEndedIterator<Item = &'a RecordedEvent>) -> Option<Uuid> {
    let last = thread.rev().find_map(|event| match &event.event {
        Event::Conversation(ConversationEvent::AssignedToTeam { team }) => Some(Some(team.as_uuid())),
        Event::Conversation(
            ConversationEvent::Assigned { .. } | ConversationEvent::Unassigned {} | ConversationEvent::Resolved {},
        ) => Some(None),
        _ => None,
    });
    last.flatten()
}

/// Who was the last to be told to see to it, unless that was taken back or a team asked since.
pub(super) fn assignee<'a>(thread: impl DoubleEndedIterator<Item = &'a RecordedEvent>) -> Option<Uuid> {
    let last = thread.rev().find_map(|event| match &event.event {
        Event::Conversation(ConversationEvent::Assigned { member }) => Some(Some(member.as_uuid())),
        Event::Conversation(ConversationEvent::Unassigned {} | ConversationEvent::AssignedToTeam { .. }) => Some(None),
        _ => None,
    });
    last.flatten()
}

/// Each label that was put on, unless it was taken away since.
pub(super) fn labels<'a>(thread: impl Iterator<Item = &'a RecordedEvent>) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for event in thread {
        match &event.event {
            Event::Conversation(ConversationEvent::Labelled { label }) => labels.push(label.as_str().to_owned()),
            Event::Conversation(ConversationEvent::Unlabelled { label }) => {
                labels.retain(|known| known != label.as_str());
            }
            _ => {}
        }
    }
    labels.sort();
    labels
}

pub(super) fn notes(events: &[RecordedEvent]) -> Vec<Note> {
    let mut notes: Vec<Note> = events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Conversation(ConversationEvent::NoteAdded { about, text }) => Some(Note {
                note_id: recorded.id.as_uuid(),
                tenant_id: recorded.tenant.as_uuid(),
                conversation_id: recorded.stream.as_uuid(),
                contact_id: match about {
                    Counterpart::Contact(contact) => Some(contact.as_uuid()),
                    Counterpart::Group(_) => None,
                },
                body: text.known().map(|text| text.as_str().to_owned()),
                noted_at: recorded.recorded_at.as_microsecond(),
            }),
            _ => None,
        })
        .collect();
    notes.sort();
    notes
}
