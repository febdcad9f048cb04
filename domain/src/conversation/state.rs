use serde::{Deserialize, Serialize};

use super::{
    ConversationCommand, ConversationEvent, ConversationRefusal, mark_read, receive_message, resolve, set_priority,
};
use crate::{ChannelId, ContactId, DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a conversation's decisions need to know. No messages: a thread of 10,000 costs what a new one costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub(super) thread: Option<Thread>,
}

/// A thread that has begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Thread {
    pub(super) contact: ContactId,
    pub(super) channel: ChannelId,
    pub(super) status: ConversationStatus,
    pub(super) has_unread: bool,
    pub(super) priority: Priority,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// Somebody waits for somebody.
    Open,
    /// The matter is settled.
    Resolved,
}

/// How much a conversation matters, as somebody of the business said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Nobody said.
    #[default]
    None,
    /// Less than others.
    Low,
    /// As others.
    Medium,
    /// More than others.
    High,
    /// Before all others.
    Urgent,
}

aggregate::aggregate!(Conversation, "conversation", ConversationCommand, ConversationEvent, ConversationRefusal);

impl Conversation {
    pub(super) fn thread(&self) -> Result<&Thread, ConversationRefusal> {
        self.thread.as_ref().ok_or(ConversationRefusal::NotFound)
    }

    fn evolve(&mut self, event: ConversationEvent) {
        match event {
            ConversationEvent::Opened { contact, channel } => {
                self.thread = Some(Thread {
                    contact,
                    channel,
                    status: ConversationStatus::Open,
                    has_unread: false,
                    priority: Priority::None,
                });
            }
            ConversationEvent::MessageReceived { .. } => self.change(|thread| thread.has_unread = true),
            ConversationEvent::Read {} => self.change(|thread| thread.has_unread = false),
            ConversationEvent::Resolved {} => self.change(|thread| thread.status = ConversationStatus::Resolved),
            ConversationEvent::Reopened {} => self.change(|thread| thread.status = ConversationStatus::Open),
            ConversationEvent::PrioritySet { priority } => self.change(|thread| thread.priority = priority),
        }
    }

    /// `opened` is always a stream's first event; without it there is no thread to change.
    fn change(&mut self, change: impl FnOnce(&mut Thread)) {
        if let Some(thread) = &mut self.thread {
            change(thread);
        }
    }
}

impl Decide for Conversation {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: ConversationCommand) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
        match command {
            ConversationCommand::ReceiveMessage { contact, channel, message } => {
                receive_message::decide(self, contact, channel, message)
            }
            ConversationCommand::MarkRead => mark_read::decide(self),
            ConversationCommand::Resolve => resolve::decide(self),
            ConversationCommand::SetPriority { priority } => set_priority::decide(self, priority),
        }
    }

    fn reservations(event: &ConversationEvent) -> Vec<ReservationChange> {
        match event {
            ConversationEvent::Opened { .. }
            | ConversationEvent::MessageReceived { .. }
            | ConversationEvent::Read {}
            | ConversationEvent::Resolved {}
            | ConversationEvent::Reopened {}
            | ConversationEvent::PrioritySet { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &ConversationEvent) -> DataSubject {
        match event {
            ConversationEvent::MessageReceived { contact, .. } => DataSubject::Holds((*contact).into()),
            ConversationEvent::Opened { .. }
            | ConversationEvent::Read {}
            | ConversationEvent::Resolved {}
            | ConversationEvent::Reopened {}
            | ConversationEvent::PrioritySet { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::{ConversationCommand, ConversationEvent};
    use crate::conversation::{InboundMessage, MessageContent};
    use crate::{ChannelId, ContactId};

    pub(in crate::conversation) const CONTACT: ContactId = ContactId::from_uuid(Uuid::from_u128(1));
    pub(in crate::conversation) const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));

    pub(in crate::conversation) fn text(id: &str) -> InboundMessage {
        InboundMessage {
            provider_message_id: id.to_owned().into(),
            sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
            sender_name: Some("Ada".to_owned().into()),
            content: MessageContent::Text { body: "Is the blue one still there?".to_owned().into() },
        }
    }

    pub(in crate::conversation) fn receive(id: &str) -> ConversationCommand {
        ConversationCommand::ReceiveMessage { contact: CONTACT, channel: CHANNEL, message: text(id) }
    }

    pub(in crate::conversation) fn opened() -> ConversationEvent {
        ConversationEvent::Opened { contact: CONTACT, channel: CHANNEL }
    }

    pub(in crate::conversation) fn received(id: &str) -> ConversationEvent {
        ConversationEvent::MessageReceived { contact: CONTACT, channel: CHANNEL, message: text(id) }
    }
}
