//! What people of the business do with a conversation: whose it is, its notes and labels, and that it waits.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CONTACT, GROUP, Sample, sample};
use crate::conversation::{ConversationEvent, Counterpart, Label, Note};
use crate::{MemberId, OutboundMessageId, TeamId};

const MEMBER: MemberId = MemberId::from_uuid(Uuid::from_u128(6));

pub(super) fn assigned() -> ConversationEvent {
    ConversationEvent::Assigned { member: MEMBER }
}

pub(super) fn assigned_to_team() -> ConversationEvent {
    ConversationEvent::AssignedToTeam { team: TeamId::from_uuid(Uuid::from_u128(9)) }
}

pub(super) fn noted() -> ConversationEvent {
    note(Counterpart::Contact(CONTACT))
}

fn note(about: Counterpart) -> ConversationEvent {
    let text = Note::parse("Ada 🦊 asked for the blue one.\nCall her on Monday.").unwrap();
    ConversationEvent::NoteAdded { about, text: text.into() }
}

fn label() -> Label {
    Label::parse("VIP").unwrap()
}

pub(super) fn labelled() -> ConversationEvent {
    ConversationEvent::Labelled { label: label() }
}

pub(super) fn unlabelled() -> ConversationEvent {
    ConversationEvent::Unlabelled { label: label() }
}

pub(super) fn snoozed() -> ConversationEvent {
    ConversationEvent::Snoozed { until: Timestamp::from_second(1_763_798_400).unwrap() }
}

pub(super) fn answered() -> ConversationEvent {
    ConversationEvent::Answered { message: OutboundMessageId::from_uuid(Uuid::from_u128(8)) }
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    vec![
        sample(assigned()),
        sample(ConversationEvent::Unassigned {}),
        sample(assigned_to_team()),
        sample(noted()),
        Sample { form: Some("of_group"), ..sample(note(Counterpart::Group(GROUP))) },
        sample(labelled()),
        sample(unlabelled()),
        sample(snoozed()),
        sample(ConversationEvent::Woken {}),
        sample(answered()),
    ]
}
