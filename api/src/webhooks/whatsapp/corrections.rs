//! Messages that are in the log, and that today's program understands otherwise.
//!
//! What the log says of a message is how it was understood when it came, or as it was corrected last. It is compared with
//! what is read from the very delivery that brought it: the same message in another one may differ in what Meta made anew.

use std::collections::HashMap;

use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationEvent, Correction, MessageContent};
use leadflow_domain::outbound_message::{OutboundMessage, OutboundMessageCommand, OutboundMessageEvent};
use leadflow_domain::{CommandId, ContactId, Event, EventId, Refusal, RefusalCode, StreamId, TenantId};
use leadflow_event_store::{
    Actor, CommandContext, ExecuteError, KnownCommand, LogReader, PersonalValues, ReadError, RecordedEvent,
};

use super::told::Told;
use super::translate::{Route, correlation};
use crate::commands::Commands;

/// How a message is to be corrected.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::webhooks) struct Misunderstood {
    /// The correction's.
    command: CommandId,
    correlation: String,
    tenant: TenantId,
    stream: StreamId,
    whose: Whose,
    correction: Correction,
    /// What it was taken for.
    before: String,
}

/// Who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Customers(ContactId),
    Business,
}

/// What the log says of messages.
pub(super) struct Understood {
    messages: HashMap<i64, RecordedEvent>,
    /// Of each stream, in order.
    corrections: HashMap<StreamId, Vec<Correction>>,
}

impl Understood {
    /// What it says of all that became of `known` commands.
    pub(super) async fn of(reader: &LogReader, known: impl Iterator<Item = KnownCommand>) -> Result<Self, ReadError> {
        let positions: Vec<i64> = known.map(|known| known.position).collect();
        let recorded = reader.read(reader.at(&positions).await?, PersonalValues::Opened).await?;
        let streams: Vec<StreamId> =
            recorded.iter().filter(|recorded| reading(recorded).is_some()).map(|recorded| recorded.stream).collect();
        let mut corrections: HashMap<StreamId, Vec<Correction>> = HashMap::new();
        let of_customers = reader.of_type::<Conversation>("conversation.message_corrected", &streams).await?;
        let of_business = reader.of_type::<OutboundMessage>("outbound_message.corrected", &streams).await?;
        for raw in [of_customers, of_business] {
            for recorded in reader.read(raw, PersonalValues::Opened).await? {
                if let Event::Conversation(ConversationEvent::MessageCorrected { correction, .. })
                | Event::OutboundMessage(OutboundMessageEvent::Corrected { correction, .. }) = recorded.event
                {
                    corrections.entry(recorded.stream).or_default().push(correction);
                }
            }
        }
        let messages = recorded.into_iter().map(|recorded| (recorded.position, recorded)).collect();
        Ok(Self { messages, corrections })
    }

    /// How what became of `known` is to be corrected, if `told` by the delivery that brought it says something else now.
    pub(super) fn otherwise(
        &self,
        delivery: i64,
        route: Route,
        known: KnownCommand,
        told: Told<'_>,
    ) -> Option<Misunderstood> {
        let recorded = self.messages.get(&known.position)?;
        let correlation = correlation(delivery);
        if recorded.correlation != correlation {
            return None;
        }
        let (whose, came) = reading(recorded)?;
        let of_it = |correction: &&Correction| correction.event == recorded.id;
        let earlier: Vec<&Correction> =
            self.corrections.get(&recorded.stream).into_iter().flatten().filter(of_it).collect();
        let before = earlier.last().copied().unwrap_or(&came);
        let correction = today(recorded.id, told)?;
        if correction == *before {
            return None;
        }
        // By which correction it is, and not by what it says: that is personal. Two that are asked for at once are one.
        let parts = [&*recorded.id.to_string(), &earlier.len().to_string()];
        Some(Misunderstood {
            command: CommandId::derive(route.tenant, "whatsapp.correct", &parts),
            correlation,
            tenant: route.tenant,
            stream: recorded.stream,
            whose,
            before: name_of(&before.content),
            correction,
        })
    }
}

impl Misunderstood {
    /// What is wrong, and nothing of what it says.
    pub(in crate::webhooks) fn reason(&self) -> String {
        let (before, now) = (&self.before, name_of(&self.correction.content));
        if *before == now {
            format!("it is {now} still, and says something else")
        } else {
            format!("it was taken for {before}, and is {now}")
        }
    }

    /// Says so in the log. `false` if whoever wrote it was erased meanwhile: then there is nothing to correct.
    pub(in crate::webhooks) async fn correct(self, commands: &Commands) -> anyhow::Result<bool> {
        let Self { command, correlation, tenant, stream, whose, correction, .. } = self;
        let context = CommandContext::new(tenant, command, Actor::CommandLine, correlation);
        match whose {
            Whose::Customers(contact) => {
                let correct = ConversationCommand::CorrectMessage { contact, correction };
                unless_erased(commands.conversations.execute(stream, correct, context).await)
            }
            Whose::Business => {
                let correct = OutboundMessageCommand::CorrectMessage { correction };
                unless_erased(commands.outbound_messages.execute(stream, correct, context).await)
            }
        }
    }
}

fn unless_erased<T, R: Refusal + 'static>(receipt: Result<T, ExecuteError<R>>) -> anyhow::Result<bool> {
    match receipt {
        Ok(_) => Ok(true),
        Err(ExecuteError::Erased) => Ok(false),
        Err(ExecuteError::Refused(refusal)) if refusal.code() == RefusalCode::Erased => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// How a message was understood when it came, if it is one of somebody who was not erased.
fn reading(recorded: &RecordedEvent) -> Option<(Whose, Correction)> {
    match &recorded.event {
        Event::Conversation(
            ConversationEvent::MessageReceived { contact, message, .. }
            | ConversationEvent::MessageImported { contact, message, .. },
        ) => {
            message.provider_message_id.known()?;
            Some((Whose::Customers(*contact), Correction::as_received(recorded.id, message.clone())))
        }
        Event::OutboundMessage(
            OutboundMessageEvent::Echoed { message, .. } | OutboundMessageEvent::Imported { message, .. },
        ) => {
            message.occasion.provider_message_id.known()?;
            Some((Whose::Business, Correction::as_echoed(recorded.id, message.clone())))
        }
        Event::Tenant(_)
        | Event::Channel(_)
        | Event::Contact(_)
        | Event::Conversation(_)
        | Event::OutboundMessage(_)
        | Event::Lead(_)
        | Event::Group(_)
        | Event::Member(_)
        | Event::Team(_)
        | Event::Role(_)
        | Event::ApiKey(_)
        | Event::Template(_)
        | Event::Pipeline(_)
        | Event::Source(_)
        | Event::ResponseTemplate(_)
        | Event::Routing(_) => None,
    }
}

/// How it is understood today, if it is a message.
fn today(event: EventId, told: Told<'_>) -> Option<Correction> {
    let (act, of_business) = match told {
        Told::Inbound(inbound) => (&inbound.act, false),
        Told::Echo(echo) => (&echo.act, true),
        Told::Status(_) | Told::Fact(_) | Told::Group(_) | Told::Reach(_) => return None,
    };
    let written = act.written()?.clone();
    Some(Correction {
        event,
        content: written.content,
        replies_to: written.replies_to.map(Into::into),
        // Neither is told of what the business wrote.
        product: written.product.filter(|_| !of_business),
        forwarded: written.forwarded,
        referral: written.referral.filter(|_| !of_business),
        errors: written.errors,
    })
}

/// What kind of content it is, as it is stored.
fn name_of(content: &MessageContent) -> String {
    match serde_json::to_value(content) {
        Ok(serde_json::Value::Object(fields)) => fields.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}
