//! Messages of the business that were written elsewhere, and what became of them.
//!
//! A message's stream is found by the keyed hash of the provider's id alone. A status of a message of which nothing else
//! was told yet waits for its stream, however long.

use leadflow_domain::conversation::{ConversationCommand, Edit, Occasion, Reaction, Revocation};
use leadflow_domain::outbound_message::{
    EchoedMessage, OutboundMessageCommand, Participant, SentAs, StatusReport, Thread,
};
use leadflow_domain::{CommandId, ContactId, DataSubjectId, E164, OutboundMessageId, StreamId};
use leadflow_event_store::Keys;

use super::echo::Echo;
use super::identity::identifiers;
use super::message::{Act, Written};
use super::status::{GroupMember, Status};
use super::told::{ECHOED, Told};
use super::translate::{During, Found, Outcome, Route, outcome, unsuccessful};
use crate::webhooks::items::{Awaited, ItemState};

/// Whom a message's stream is about, if it has begun.
pub(super) type Begun = Option<Option<DataSubjectId>>;

/// A status, its place in its delivery, and as what its message was sent from here.
pub(super) type Reported<'a> = (usize, &'a Status, Option<SentAs>);

impl Route {
    /// The id of what a status leads to: the same status again is the same command again.
    pub(super) fn status(self, status: &Status) -> CommandId {
        let channel = self.channel.to_string();
        CommandId::derive(self.tenant, "whatsapp.status", &[&channel, &status.message, &status.fingerprint])
    }

    /// The stream of the message with this id of the provider's.
    pub(super) fn message(self, keys: &Keys, id: &str) -> StreamId {
        OutboundMessageId::known_to_provider(self.channel, &keys.provider_message_hash(id)).into()
    }
}

impl During<'_> {
    /// Records what the business wrote or did towards one person, in its order.
    pub(super) async fn record(self, echoes: Vec<(usize, &Echo)>) -> Vec<(usize, Found)> {
        let _turn = self.batch.turns.take(self.route.tenant).await;
        let mut found = Vec::with_capacity(echoes.len());
        let mut submitted = Vec::with_capacity(echoes.len());
        let mut who: Option<(&Echo, ContactId)> = None;
        for (nth, echo) in echoes {
            let contact = match (self.told_before(Told::Echo(echo)), who) {
                (Some(contact), _) => contact,
                (None, Some((before, contact))) if before.recipient == echo.recipient && !answers(&echo.act) => contact,
                (None, _) => match self.thread_with(echo).await {
                    Ok(contact) => {
                        who = Some((echo, contact));
                        contact
                    }
                    Err(outcome) => {
                        found.push((nth, Found { tenant: Some(self.route.tenant), contact: None, outcome }));
                        continue;
                    }
                },
            };
            let (stream, asked) = self.recording(contact, echo);
            let context = self.context(ECHOED.of(&echo.act), &echo.place, &echo.id);
            let command = context.id;
            // All submitted before the first is awaited: each has its place in its stream's queue.
            let receipt = self.batch.commands.outbound_messages.submit(stream, asked, context);
            submitted.push((nth, contact, command, receipt));
        }
        for (nth, contact, command, receipt) in submitted {
            // The message was to somebody who was erased, whoever has her number now.
            let outcome = outcome(receipt.await, command, true);
            found.push((nth, Found { tenant: Some(self.route.tenant), contact: Some(contact), outcome }));
        }
        found
    }

    /// Whom an echo is for, introduced if nobody knows her; the thread with her is there, and knows that she is answered.
    async fn thread_with(self, echo: &Echo) -> Result<ContactId, Outcome> {
        let context = |word: &str| self.context(word, &echo.place, &echo.id);
        let found = self.find(&echo.recipient, false, context).await?;
        let Thread { contact, channel, conversation } = Thread::between(found.contact, self.route.channel);
        let (command, context) = if answers(&echo.act) {
            let hash = self.batch.keys.provider_message_hash(&echo.id);
            let message = OutboundMessageId::known_to_provider(channel, &hash);
            (ConversationCommand::Answer { contact, channel, message, decided_on: None }, context("answer"))
        } else {
            (ConversationCommand::Open { contact, channel }, context("open"))
        };
        match self.batch.commands.conversations.execute(conversation, command, context).await {
            Ok(_) => Ok(contact),
            Err(error) => Err(unsuccessful(&error)),
        }
    }

    /// To which stream an echo belongs, and what is recorded there: what was done to a message stands beside it.
    fn recording(self, contact: ContactId, echo: &Echo) -> (StreamId, OutboundMessageCommand) {
        let thread = Thread::between(contact, self.route.channel);
        let stream = |id: &str| self.route.message(self.batch.keys, id);
        let occasion = self.occasion(&echo.id, &echo.told_at);
        match &echo.act {
            Act::Message(written) => {
                let message = message(occasion, echo, written);
                (stream(&echo.id), OutboundMessageCommand::RecordEcho { thread, message })
            }
            Act::Reaction { to, emoji } => {
                let emoji = emoji.clone().map(Into::into);
                let reaction = Reaction { occasion, to: to.clone().into(), emoji };
                (stream(&echo.id), OutboundMessageCommand::RecordReaction { thread, reaction })
            }
            Act::Edit { original, content } => {
                let edit = Edit { occasion, original: original.clone().into(), content: content.clone() };
                (stream(original), OutboundMessageCommand::RecordEdit { thread, edit })
            }
            Act::Revocation { original } => {
                let revocation = Revocation { occasion, original: original.clone().into() };
                (stream(original), OutboundMessageCommand::RecordRevocation { thread, revocation })
            }
            Act::Import(imported) => {
                let (message, status) = (message(occasion, echo, &imported.written), imported.status.clone());
                (stream(&echo.id), OutboundMessageCommand::RecordImport { thread, message, status })
            }
        }
    }

    /// Reports how far one message got, in the order in which it is told; `begun` tells whom its stream is about, if there is one.
    pub(super) async fn report(
        self,
        stream: StreamId,
        begun: Begun,
        statuses: Vec<Reported<'_>>,
    ) -> Vec<(usize, Found)> {
        let _turn = self.batch.turns.take(self.route.tenant).await;
        let tenant = Some(self.route.tenant);
        let Some(subject) = begun else {
            let waits = |(nth, status, _): Reported<'_>| {
                (nth, Found { tenant, contact: self.recipient(status), outcome: Ok(waiting_for(stream)) })
            };
            return statuses.into_iter().map(waits).collect();
        };
        let contact = subject.map(|subject| ContactId::from_uuid(subject.as_uuid()));
        let mut found = Vec::with_capacity(statuses.len());
        let mut submitted = Vec::with_capacity(statuses.len());
        for (nth, status, sent) in statuses {
            let command = self.route.status(status);
            if let Some(known) = self.batch.settled.get(&command) {
                let outcome = Ok(ItemState::Applied { command, position: known.position });
                found.push((nth, Found { tenant, contact, outcome }));
                continue;
            }
            let asked = OutboundMessageCommand::ReportStatus { report: self.status_report(status), sent };
            let context = self.context_of(command, &status.place);
            submitted.push((nth, command, self.batch.commands.outbound_messages.submit(stream, asked, context)));
        }
        for (nth, command, receipt) in submitted {
            // What it says of a person who was erased is not recorded any more, and asking again would not help.
            let outcome = outcome(receipt.await, command, true);
            found.push((nth, Found { tenant, contact, outcome }));
        }
        found
    }

    /// Whom a message was for, if she is known.
    fn recipient(self, status: &Status) -> Option<ContactId> {
        let known_by = identifiers(self.batch.keys, status.recipient.as_ref()?);
        known_by.iter().rev().find_map(|identifier| self.batch.known.get(self.route.tenant, &identifier.held))
    }

    fn status_report(self, status: &Status) -> StatusReport {
        let (at, odd_timestamp) = self.when(&status.told_at);
        StatusReport {
            received_at: Some(self.received_at),
            odd_timestamp,
            participant: status.participant.as_ref().and_then(|member| participant(self.batch.keys, member)),
            callback_data: status.callback_data.clone().map(Into::into),
            pricing: status.pricing.clone(),
            billed_conversation: status.billed_conversation.clone(),
            errors: status.errors.clone(),
            ..StatusReport::new(status.status.clone(), at)
        }
    }
}

/// Whether the customer is told something by it now, and not long ago.
fn answers(act: &Act) -> bool {
    match act {
        Act::Message(_) | Act::Reaction { .. } => true,
        Act::Edit { .. } | Act::Revocation { .. } | Act::Import(_) => false,
    }
}

fn message(occasion: Occasion, echo: &Echo, written: &Written) -> EchoedMessage {
    EchoedMessage {
        occasion,
        via: echo.via.clone(),
        recipient_name: echo.name.clone().map(Into::into),
        content: written.content.clone(),
        replies_to: written.replies_to.clone().map(Into::into),
        forwarded: written.forwarded,
        errors: written.errors.clone(),
    }
}

/// What becomes of a status until its message's stream has begun.
pub(super) fn waiting_for(stream: StreamId) -> ItemState {
    let reason = "nothing but its statuses was told of the message yet".to_owned();
    ItemState::Waiting { for_what: Awaited::Message(stream), reason }
}

/// Somebody in a group, by the hash of what she is known by.
fn participant(keys: &Keys, member: &GroupMember) -> Option<Participant> {
    let by_user_id = member.user_id.as_deref().map(|id| keys.whatsapp_user_id_hash(id));
    let by_phone = || {
        let written = member.phone.as_deref()?;
        // Whatever it is, the same of it is the same person.
        let phone = E164::parse(written).map(|phone| keys.phone_hash(&phone));
        Some(phone.unwrap_or_else(|_| keys.whatsapp_user_id_hash(written)))
    };
    Some(Participant {
        hash: by_user_id.or_else(by_phone)?,
        phone: member.phone.clone().map(Into::into),
        user_id: member.user_id.clone().map(Into::into),
    })
}
