//! Customers who write while something is measured, straight to the log.

use futures_util::future::try_join_all;
use jiff::Timestamp;
use leadflow_bench::{BenchError, Client};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{Conversation, ConversationCommand, InboundMessage, MessageContent};
use leadflow_domain::outbound_message::Thread;
use leadflow_domain::{CommandId, ContactId, E164, TenantId};
use leadflow_event_store::{Actor, CommandContext, Executor};

use super::traffic::{channel, tenants};
use crate::app::App;

/// A customer in a thread of her own, which nobody else writes to.
pub(super) struct Writer {
    conversations: Executor<Conversation>,
    tenant: TenantId,
    thread: Thread,
    name: String,
    sent_at: Timestamp,
    written: u32,
}

fn context(tenant: TenantId, word: &str, key: &str) -> CommandContext {
    CommandContext::new(
        tenant,
        CommandId::derive(tenant, "bench.writer", &[word, key]),
        Actor::Provider("whatsapp"),
        "bench",
    )
}

impl Writer {
    /// So many of them. `when` sets them apart from those before.
    pub(super) async fn introduce(
        app: &App,
        count: usize,
        when: &str,
        sent_at: Timestamp,
    ) -> anyhow::Result<Vec<Self>> {
        let introduced = (0..count).zip(tenants().cycle()).map(|(nth, tenant)| async move {
            let name = format!("{when}.{nth}");
            // Numbers of a country of its own, so that they are nobody's in the log.
            let digits: u32 = name.bytes().fold(7, |digits, byte| digits.wrapping_mul(31).wrapping_add(byte.into()));
            let phone = E164::parse(&format!("+4915{digits:010}"))?;
            let introduce = context(tenant, "introduce", &name);
            let contact = ContactId::proposed_by(introduce.id);
            let command = ContactCommand::IntroduceByPhone { phone_hash: app.keys.phone_hash(&phone), phone };
            app.commands.contacts.execute(contact, command, introduce).await?;
            let conversations = app.commands.conversations.clone();
            let thread = Thread::between(contact, channel(tenant));
            anyhow::Ok(Self { conversations, tenant, thread, name, sent_at, written: 0 })
        });
        try_join_all(introduced).await
    }

    async fn write(&mut self) -> anyhow::Result<()> {
        self.written += 1;
        let id = format!("wamid.{}.{:010}", self.name, self.written);
        let body = "Hello, it is me again. Is the blue one in 42 still there? I could come by on Saturday morning.";
        let message = InboundMessage {
            sender_name: Some(self.name.clone().into()),
            ..InboundMessage::new(id.clone(), self.sent_at, MessageContent::Text { body: body.to_owned().into() })
        };
        let Thread { contact, channel, conversation } = self.thread;
        let command = ConversationCommand::ReceiveMessage { contact, channel, group: None, message };
        self.conversations.execute(conversation, command, context(self.tenant, "message", &id)).await?;
        Ok(())
    }
}

impl Client for Writer {
    async fn command(&mut self) -> Result<(), BenchError> {
        self.write().await.map_err(|error| BenchError::Command { contender: "a writer", reason: format!("{error:#}") })
    }
}
