use serde::{Deserialize, Serialize};

use super::{
    DeliveryStatus, OutboundMessageCommand, OutboundMessageEvent, OutboundMessageRefusal, correct, record_act,
    record_echo, record_import, report_status,
};
use crate::{ChannelId, ContactId, ConversationId, DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a message's decisions need to know: never what it says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutboundMessage {
    pub(super) known: Option<Known>,
}

/// A message of which something was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    #[serde(flatten)]
    pub(super) thread: Thread,
    /// Whether the message itself was told when it was written, and not only what was done to it.
    pub(super) is_told: bool,
    /// Whether a history told of the message.
    pub(super) is_imported: bool,
    /// Whether a history told that there is a file of it.
    pub(super) has_placeholder: bool,
    /// How far it got, once the provider has said so.
    pub(super) status: Option<DeliveryStatus>,
}

/// Between whom a message is. It stays where it was first told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The customer.
    pub contact: ContactId,
    /// The number of the business.
    pub channel: ChannelId,
    /// The one thread between both.
    pub conversation: ConversationId,
}

impl Thread {
    /// The one thread between `contact` and `channel`.
    #[must_use]
    pub fn between(contact: ContactId, channel: ChannelId) -> Self {
        Self { contact, channel, conversation: ConversationId::between(contact, channel) }
    }
}

aggregate::aggregate!(
    OutboundMessage,
    "outbound_message",
    OutboundMessageCommand,
    OutboundMessageEvent,
    OutboundMessageRefusal
);

impl OutboundMessage {
    /// How far it got, once the provider has said so.
    #[must_use]
    pub fn status(&self) -> Option<DeliveryStatus> {
        self.known.as_ref()?.status
    }

    /// Where it stands; where somebody `found` it, if nothing was told of it before.
    pub(super) fn thread(&self, found: Thread) -> Thread {
        self.known.as_ref().map_or(found, |known| known.thread)
    }

    fn evolve(&mut self, event: OutboundMessageEvent) {
        match event {
            OutboundMessageEvent::Echoed { contact, channel, conversation, .. }
            | OutboundMessageEvent::Reacted { contact, channel, conversation, .. } => {
                self.of(Thread { contact, channel, conversation }).is_told = true;
            }
            OutboundMessageEvent::Edited { contact, channel, conversation, .. }
            | OutboundMessageEvent::Revoked { contact, channel, conversation, .. }
            | OutboundMessageEvent::Corrected { contact, channel, conversation, .. } => {
                self.of(Thread { contact, channel, conversation });
            }
            OutboundMessageEvent::StatusReported { contact, channel, conversation, report } => {
                let known = self.of(Thread { contact, channel, conversation });
                known.status = known.status.max(report.reached());
            }
            OutboundMessageEvent::Imported { contact, channel, conversation, message, status } => {
                let known = self.of(Thread { contact, channel, conversation });
                known.status = known.status.max(status.and_then(|status| status.reached()));
                let is_placeholder = message.content.is_placeholder();
                known.has_placeholder |= is_placeholder;
                known.is_imported |= !is_placeholder;
            }
        }
    }

    fn of(&mut self, thread: Thread) -> &mut Known {
        let unknown = Known { thread, is_told: false, is_imported: false, has_placeholder: false, status: None };
        self.known.get_or_insert(unknown)
    }
}

impl Decide for OutboundMessage {
    const STATE_VERSION: u32 = 2;

    fn decide(&self, command: OutboundMessageCommand) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
        match command {
            OutboundMessageCommand::RecordEcho { thread, message } => Ok(record_echo::message(self, thread, message)),
            OutboundMessageCommand::RecordReaction { thread, reaction } => {
                Ok(record_echo::reaction(self, thread, reaction))
            }
            OutboundMessageCommand::RecordEdit { thread, edit } => Ok(record_act::edit(self, thread, edit)),
            OutboundMessageCommand::RecordRevocation { thread, revocation } => {
                Ok(record_act::revocation(self, thread, revocation))
            }
            OutboundMessageCommand::ReportStatus { report } => report_status::decide(self, report),
            OutboundMessageCommand::CorrectMessage { correction } => correct::decide(self, correction),
            OutboundMessageCommand::RecordImport { thread, message, status } => {
                Ok(record_import::decide(self, thread, message, status))
            }
        }
    }

    fn reservations(_stream: StreamId, event: &OutboundMessageEvent) -> Vec<ReservationChange> {
        match event {
            OutboundMessageEvent::Echoed { .. }
            | OutboundMessageEvent::Reacted { .. }
            | OutboundMessageEvent::Edited { .. }
            | OutboundMessageEvent::Revoked { .. }
            | OutboundMessageEvent::StatusReported { .. }
            | OutboundMessageEvent::Corrected { .. }
            | OutboundMessageEvent::Imported { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &OutboundMessageEvent) -> DataSubject {
        match event {
            OutboundMessageEvent::Echoed { contact, .. }
            | OutboundMessageEvent::Reacted { contact, .. }
            | OutboundMessageEvent::Edited { contact, .. }
            | OutboundMessageEvent::Revoked { contact, .. }
            | OutboundMessageEvent::Corrected { contact, .. }
            | OutboundMessageEvent::Imported { contact, .. } => DataSubject::Holds((*contact).into()),
            // Most say nothing of a person, and are recorded also when she was erased.
            OutboundMessageEvent::StatusReported { contact, report, .. } if report.is_personal() => {
                DataSubject::Holds((*contact).into())
            }
            OutboundMessageEvent::StatusReported { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::Thread;
    use crate::conversation::{Edit, MessageContent, Occasion, Reaction, Revocation};
    use crate::outbound_message::{
        DeliveryStatus, EchoedMessage, OutboundMessageEvent, ReportedStatus, StatusReport, Via,
    };
    use crate::{ChannelId, ContactId};

    pub(in crate::outbound_message) fn thread(contact: u128) -> Thread {
        Thread::between(ContactId::from_uuid(Uuid::from_u128(contact)), ChannelId::from_uuid(Uuid::from_u128(2)))
    }

    fn occasion(id: &str) -> Occasion {
        Occasion {
            provider_message_id: id.to_owned().into(),
            sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
            received_at: None,
            odd_timestamp: None,
        }
    }

    pub(in crate::outbound_message) fn message() -> EchoedMessage {
        EchoedMessage {
            occasion: occasion("a"),
            via: Via::BusinessApp,
            recipient_name: None,
            content: MessageContent::Text { body: "It is.".to_owned().into() },
            replies_to: None,
            forwarded: None,
            errors: vec![],
        }
    }

    pub(in crate::outbound_message) fn reaction() -> Reaction {
        Reaction { occasion: occasion("r"), to: "hers".to_owned().into(), emoji: Some("👍".to_owned().into()) }
    }

    pub(in crate::outbound_message) fn edit() -> Edit {
        Edit { occasion: occasion("e"), original: "a".to_owned().into(), content: message().content }
    }

    pub(in crate::outbound_message) fn revocation() -> Revocation {
        Revocation { occasion: occasion("v"), original: "a".to_owned().into() }
    }

    pub(in crate::outbound_message) fn report(status: DeliveryStatus, second: i64) -> StatusReport {
        let at = Timestamp::from_second(1_763_712_000 + second).unwrap();
        StatusReport::new(ReportedStatus::Reached(status), at)
    }

    pub(in crate::outbound_message) fn echoed() -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Echoed { contact, channel, conversation, message: message() }
    }

    pub(in crate::outbound_message) fn reacted() -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Reacted { contact, channel, conversation, reaction: reaction() }
    }

    pub(in crate::outbound_message) fn edited() -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Edited { contact, channel, conversation, edit: edit() }
    }

    pub(in crate::outbound_message) fn revoked() -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Revoked { contact, channel, conversation, revocation: revocation() }
    }

    pub(in crate::outbound_message) fn imported(
        message: EchoedMessage,
        status: Option<ReportedStatus>,
    ) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Imported { contact, channel, conversation, message, status }
    }

    pub(in crate::outbound_message) fn reported(report: StatusReport) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::StatusReported { contact, channel, conversation, report }
    }
}
