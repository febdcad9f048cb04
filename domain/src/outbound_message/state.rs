use serde::{Deserialize, Serialize};

use super::sending::{Sending, Standing};
use super::{
    DeliveryStatus, OutboundMessageCommand, OutboundMessageEvent, OutboundMessageRefusal, attempt, cancel, conclude,
    correct, provider_message_reservation, queue, record_act, record_echo, record_import, report_status, retry,
};
use crate::{
    ChannelId, ContactId, ConversationId, DataSubject, Decide, ReservationChange, StreamId, TemplateId, aggregate,
};

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
    /// How far it got, once the provider has said so; since it was sent again, if it was.
    pub(super) status: Option<DeliveryStatus>,
    /// How it stands, if it is sent from here.
    pub(super) sending: Option<Sending>,
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
    /// How far it got: by what the provider said, and by what is known of sending it, if it is sent from here.
    #[must_use]
    pub fn status(&self) -> Option<DeliveryStatus> {
        let known = self.known.as_ref()?;
        known.status.max(known.sending.as_ref().map(|sending| sending.standing.status()))
    }

    /// Where sending it stands; `None` when it is not sent from here.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        Some(self.known.as_ref()?.sending.as_ref()?.standing)
    }

    /// Of which template it is made, if it is sent from here and made of one.
    #[must_use]
    pub fn template(&self) -> Option<TemplateId> {
        self.known.as_ref()?.sending.as_ref()?.template
    }

    /// How often sending it was begun.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.known.as_ref().and_then(|known| known.sending.as_ref()).map_or(0, |sending| sending.attempts)
    }

    /// How often sending it was begun since somebody wrote it or last asked for it to be sent again. It is by this that it is tried ever
    /// later, and in the end no more.
    #[must_use]
    pub fn attempts_of_round(&self) -> u32 {
        self.known.as_ref().and_then(|known| known.sending.as_ref()).map_or(0, Sending::attempts_of_round)
    }

    /// Between whom it is, once something was told of it.
    #[must_use]
    pub fn between(&self) -> Option<Thread> {
        Some(self.known.as_ref()?.thread)
    }

    /// How sending it stands.
    ///
    /// # Errors
    /// [`OutboundMessageRefusal::NotFound`] of what nothing was told of, and
    /// [`OutboundMessageRefusal::NotSentFromHere`] of what was written elsewhere.
    pub(super) fn sending(&self) -> Result<(Thread, &Sending), OutboundMessageRefusal> {
        let known = self.known.as_ref().ok_or(OutboundMessageRefusal::NotFound)?;
        Ok((known.thread, known.sending.as_ref().ok_or(OutboundMessageRefusal::NotSentFromHere)?))
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
            OutboundMessageEvent::StatusReported { contact, channel, conversation, report, attempt, superseded } => {
                let known = self.of(Thread { contact, channel, conversation });
                let Some(reached) = report.reached().filter(|_| !superseded) else { return };
                known.status = known.status.max(Some(reached));
                // Whatever was thought of it, it left.
                if let (Some(sending), Some(_)) = (&mut known.sending, attempt) {
                    sending.standing = Standing::Accepted;
                }
            }
            OutboundMessageEvent::Queued { contact, channel, conversation, message } => {
                let known = self.of(Thread { contact, channel, conversation });
                known.is_told = true;
                known.sending = Some(Sending::new(&message.content));
            }
            OutboundMessageEvent::Attempted { attempt, .. } => self.change(|sending| {
                sending.attempts = attempt;
                sending.standing = Standing::Attempted;
            }),
            OutboundMessageEvent::Accepted { attempt, message, .. } => self.change(|sending| {
                sending.accepted.insert(attempt, message.hash);
                if attempt == sending.attempts && attempt >= sending.round {
                    sending.standing = Standing::Accepted;
                }
            }),
            OutboundMessageEvent::SendingRefused { again_at, .. } => self.change(|sending| {
                sending.standing = if again_at.is_some() { Standing::Queued } else { Standing::Refused };
            }),
            OutboundMessageEvent::NotSent { .. } => self.change(|sending| sending.standing = Standing::Queued),
            OutboundMessageEvent::OutcomeUnknown { .. } => self.change(|sending| sending.standing = Standing::Unknown),
            OutboundMessageEvent::SendingFailed { cause, .. } => {
                self.change(|sending| sending.standing = Standing::Failed(cause));
            }
            OutboundMessageEvent::Requeued { .. } => {
                if let Some(known) = &mut self.known {
                    known.status = None;
                }
                self.change(|sending| {
                    sending.round = sending.attempts + 1;
                    sending.standing = Standing::Queued;
                });
            }
            OutboundMessageEvent::Cancelled { .. } => self.change(|sending| sending.standing = Standing::Cancelled),
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
        let unknown =
            Known { thread, is_told: false, is_imported: false, has_placeholder: false, status: None, sending: None };
        self.known.get_or_insert(unknown)
    }

    /// That it waits to be sent is the first that is told of what is sent from here; without it there is nothing to change.
    fn change(&mut self, change: impl FnOnce(&mut Sending)) {
        if let Some(sending) = self.known.as_mut().and_then(|known| known.sending.as_mut()) {
            change(sending);
        }
    }
}

impl Decide for OutboundMessage {
    const STATE_VERSION: u32 = 3;

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
            OutboundMessageCommand::ReportStatus { report, sent } => report_status::decide(self, report, sent),
            OutboundMessageCommand::CorrectMessage { correction } => correct::decide(self, correction),
            OutboundMessageCommand::RecordImport { thread, message, status } => {
                Ok(record_import::decide(self, thread, message, status))
            }
            OutboundMessageCommand::Queue { thread, message, conditions } => {
                queue::decide(self, thread, message, &conditions)
            }
            OutboundMessageCommand::Attempt { conditions } => attempt::decide(self, &conditions),
            OutboundMessageCommand::Conclude { attempt, outcome, at } => conclude::decide(self, attempt, outcome, at),
            OutboundMessageCommand::GiveUp => conclude::give_up(self),
            OutboundMessageCommand::Retry { conditions } => retry::decide(self, &conditions),
            OutboundMessageCommand::Cancel => cancel::decide(self),
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
            | OutboundMessageEvent::Imported { .. }
            | OutboundMessageEvent::Queued { .. }
            | OutboundMessageEvent::Attempted { .. }
            | OutboundMessageEvent::SendingRefused { .. }
            | OutboundMessageEvent::NotSent { .. }
            | OutboundMessageEvent::OutcomeUnknown { .. }
            | OutboundMessageEvent::SendingFailed { .. }
            | OutboundMessageEvent::Requeued { .. }
            | OutboundMessageEvent::Cancelled { .. } => vec![],
            OutboundMessageEvent::Accepted { message, .. } => {
                vec![ReservationChange::Take(provider_message_reservation(&message.hash))]
            }
        }
    }

    fn data_subject(_stream: StreamId, event: &OutboundMessageEvent) -> DataSubject {
        match event {
            OutboundMessageEvent::Echoed { contact, .. }
            | OutboundMessageEvent::Reacted { contact, .. }
            | OutboundMessageEvent::Edited { contact, .. }
            | OutboundMessageEvent::Revoked { contact, .. }
            | OutboundMessageEvent::Corrected { contact, .. }
            | OutboundMessageEvent::Imported { contact, .. }
            | OutboundMessageEvent::Queued { contact, .. } => DataSubject::Holds((*contact).into()),
            OutboundMessageEvent::Accepted { contact, message, .. } if message.id.is_some() => {
                DataSubject::Holds((*contact).into())
            }
            OutboundMessageEvent::SendingRefused { contact, refusal, .. } if refusal.details.is_some() => {
                DataSubject::Holds((*contact).into())
            }
            // What became of it is recorded also when she was erased meanwhile.
            OutboundMessageEvent::Accepted { .. }
            | OutboundMessageEvent::SendingRefused { .. }
            | OutboundMessageEvent::Attempted { .. }
            | OutboundMessageEvent::NotSent { .. }
            | OutboundMessageEvent::OutcomeUnknown { .. }
            | OutboundMessageEvent::SendingFailed { .. }
            | OutboundMessageEvent::Requeued { .. }
            | OutboundMessageEvent::Cancelled { .. } => DataSubject::Nobody,
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
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    use super::Thread;
    use crate::conversation::{Edit, MessageContent, Occasion, Reaction, Revocation};
    use crate::outbound_message::{
        Conditions, DeliveryStatus, EchoedMessage, Evidence, FailureCause, NumberStanding, OutboundMessageEvent,
        OutgoingContent, OutgoingMessage, ProviderMessage, RefusalClass, ReportedStatus, SendRefusal, StatusReport,
        UnknownCause, Via,
    };
    use crate::{ChannelId, ContactId, IdentifierHash};

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
        let (attempt, superseded) = (None, false);
        OutboundMessageEvent::StatusReported { contact, channel, conversation, report, attempt, superseded }
    }

    pub(in crate::outbound_message) fn reported_of(
        attempt: u32,
        status: DeliveryStatus,
        superseded: bool,
    ) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        let (report, attempt) = (report(status, 0), Some(attempt));
        OutboundMessageEvent::StatusReported { contact, channel, conversation, report, attempt, superseded }
    }

    pub(in crate::outbound_message) fn now() -> Timestamp {
        Timestamp::from_second(1_763_712_000).unwrap()
    }

    /// When what is refused for now is tried again.
    pub(in crate::outbound_message) fn soon() -> Timestamp {
        now() + SignedDuration::from_secs(4)
    }

    /// All is as it should be.
    pub(in crate::outbound_message) fn conditions() -> Conditions {
        Conditions {
            now: now(),
            window_until: Some(now() + SignedDuration::from_hours(1)),
            number: NumberStanding::Ready,
            marketing_stopped: false,
            template: None,
        }
    }

    pub(in crate::outbound_message) fn outgoing() -> OutgoingMessage {
        let content = OutgoingContent::Text { body: "It is.".to_owned().into(), preview_url: false };
        OutgoingMessage { content, replies_to: None, part: None }
    }

    pub(in crate::outbound_message) fn message_of_provider(id: &str) -> ProviderMessage {
        ProviderMessage { hash: IdentifierHash::from_hex(format!("hash of {id}")), id: Some(id.to_owned().into()) }
    }

    pub(in crate::outbound_message) fn refusal(class: RefusalClass) -> SendRefusal {
        SendRefusal {
            code: 131_000,
            subcode: None,
            title: Some("Something went wrong".to_owned()),
            details: None,
            class,
        }
    }

    pub(in crate::outbound_message) fn queued() -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Queued { contact, channel, conversation, message: outgoing() }
    }

    pub(in crate::outbound_message) fn attempted(attempt: u32) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Attempted { contact, channel, conversation, attempt, at: now() }
    }

    pub(in crate::outbound_message) fn accepted(attempt: u32, id: &str) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        let (message, evidence, at) = (message_of_provider(id), Evidence::Answer, now());
        OutboundMessageEvent::Accepted { contact, channel, conversation, attempt, message, evidence, at }
    }

    fn refused(attempt: u32, class: RefusalClass, again_at: Option<Timestamp>) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        let (refusal, at) = (refusal(class), now());
        OutboundMessageEvent::SendingRefused { contact, channel, conversation, attempt, refusal, again_at, at }
    }

    pub(in crate::outbound_message) fn refused_for_now(attempt: u32) -> OutboundMessageEvent {
        refused(attempt, RefusalClass::Retry { at_most: Some(2) }, Some(soon()))
    }

    pub(in crate::outbound_message) fn refused_for_good(attempt: u32) -> OutboundMessageEvent {
        refused(attempt, RefusalClass::Never, None)
    }

    pub(in crate::outbound_message) fn not_sent(attempt: u32) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        let (reason, again_at) = ("no route".to_owned(), soon());
        OutboundMessageEvent::NotSent { contact, channel, conversation, attempt, reason, again_at }
    }

    pub(in crate::outbound_message) fn unknown(attempt: u32, cause: UnknownCause) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::OutcomeUnknown { contact, channel, conversation, attempt, cause }
    }

    pub(in crate::outbound_message) fn failed(cause: FailureCause) -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::SendingFailed { contact, channel, conversation, cause }
    }

    pub(in crate::outbound_message) fn requeued() -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Requeued { contact, channel, conversation }
    }

    pub(in crate::outbound_message) fn cancelled() -> OutboundMessageEvent {
        let Thread { contact, channel, conversation } = thread(1);
        OutboundMessageEvent::Cancelled { contact, channel, conversation }
    }
}
