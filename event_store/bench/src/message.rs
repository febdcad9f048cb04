//! What customers write, as the translator of webhooks would hand it on.

use jiff::Timestamp;
use leadflow_domain::conversation::{ConversationCommand, InboundMessage, MessageContent};
use leadflow_domain::{ChannelId, CommandId, ContactId, ConversationId, TenantId};
use leadflow_event_store::{Actor, CommandContext};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(0x7e4a));
pub(crate) const PHONE_NUMBER_ID: &str = "106540352242922";
const SENT_AT: Timestamp = Timestamp::constant(1_763_712_000, 0);

/// What is asked for again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Workload {
    /// Each client writes into her one conversation: one event a command.
    Growing,
    /// Each message opens a conversation: two events a command.
    Opening,
}

impl Workload {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Growing => "growing",
            Self::Opening => "opening",
        }
    }
}

/// Between whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thread {
    pub(crate) contact: ContactId,
    pub(crate) channel: ChannelId,
}

impl Thread {
    pub(crate) fn conversation(self) -> ConversationId {
        ConversationId::between(self.contact, self.channel)
    }
}

/// A message on its way.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) conversation: ConversationId,
    pub(crate) command: ConversationCommand,
    pub(crate) context: CommandContext,
}

/// A customer who writes.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    number: u32,
    written: u32,
}

impl Customer {
    pub(crate) fn new(number: u32) -> Self {
        Self { number, written: 0 }
    }

    pub(crate) fn contact(&self) -> ContactId {
        ContactId::proposed_by(CommandId::derive(TENANT, "bench.customer", &[&self.number.to_string()]))
    }

    /// Her number, in E.164.
    pub(crate) fn phone(&self) -> String {
        format!("+39333{:07}", self.number)
    }

    /// The thread that her next message goes to.
    pub(crate) fn thread(&self, workload: Workload) -> Thread {
        let channel = match workload {
            Workload::Growing => channel(),
            Workload::Opening => ChannelId::whatsapp(TENANT, &format!("{}.{}", self.number, self.written)),
        };
        Thread { contact: self.contact(), channel }
    }

    /// Her next message. Her own number and a count make its id unlike any other.
    pub(crate) fn writes(&mut self, thread: Thread) -> Message {
        let (number, nth) = (self.number, self.written);
        self.written += 1;
        let provider_id = format!("wamid.HBgMMzkzMzM{number:07}FQIAEhgUM0E{nth:010}QjZFNEYyQzVBMTk3RDgA");
        let id = CommandId::derive(TENANT, "whatsapp.message", &[&thread.channel.to_string(), &provider_id]);
        let body = format!(
            "Hello, it is me again ({nth:06}). Is the blue one in 42 still there? I could come by on Saturday \
             morning and try it on."
        );
        let message = InboundMessage {
            sender_name: Some(format!("Customer {number}").into()),
            ..InboundMessage::new(provider_id, SENT_AT, MessageContent::Text { body: body.into() })
        };
        Message {
            conversation: thread.conversation(),
            command: ConversationCommand::ReceiveMessage {
                contact: thread.contact,
                channel: thread.channel,
                group: None,
                message,
            },
            context: CommandContext::new(
                TENANT,
                id,
                Actor::Provider("whatsapp"),
                format!("delivery:{}", id.event(0).as_uuid()),
            ),
        }
    }
}

/// The business's own WhatsApp number.
pub(crate) fn channel() -> ChannelId {
    ChannelId::whatsapp(TENANT, PHONE_NUMBER_ID)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_messages_are_one_command() {
        let (mut ada, mut bob) = (Customer::new(1), Customer::new(2));
        let (to_ada, to_bob) = (ada.thread(Workload::Growing), bob.thread(Workload::Growing));
        let mut ids: Vec<_> = (0..10).flat_map(|_| [ada.writes(to_ada), bob.writes(to_bob)]).map(id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 20);
    }

    fn id(message: Message) -> CommandId {
        message.context.id
    }

    #[test]
    fn only_opening_takes_another_thread_each_time() {
        let mut ada = Customer::new(1);
        for (workload, same) in [(Workload::Growing, true), (Workload::Opening, false)] {
            let thread = ada.thread(workload);
            let first = ada.writes(thread).conversation;
            assert_eq!(ada.thread(workload).conversation() == first, same);
        }
    }
}
