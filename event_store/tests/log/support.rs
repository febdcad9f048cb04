//! A log of its own for each test, and short ways to say what is in it.

use jiff::Timestamp;
use leadflow_domain::contact::{Contact, ContactCommand};
use leadflow_domain::conversation::{Conversation, ConversationCommand, InboundMessage, MessageContent};
use leadflow_domain::{ChannelId, CommandId, ContactId, ConversationId, E164, IdentifierHash, TenantId};
use leadflow_event_store::{Actor, CommandContext, EventStore, Executor, LogReader, testing};
use sqlx::PgPool;
use uuid::Uuid;

pub(crate) const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));
pub(crate) const OTHER_TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(2));
pub(crate) const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(3));

pub(crate) struct Log {
    pub(crate) pool: PgPool,
    pub(crate) store: EventStore,
    pub(crate) reader: LogReader,
    pub(crate) conversations: Executor<Conversation>,
    pub(crate) contacts: Executor<Contact>,
}

impl Log {
    pub(crate) async fn new() -> Self {
        Self::over(testing::pool().await)
    }

    /// Another process's view of the same log: nothing shared but Postgres.
    pub(crate) fn of_another_process(&self) -> Self {
        Self::over(self.pool.clone())
    }

    /// The log behind `pool`.
    pub(crate) fn over(pool: PgPool) -> Self {
        let store = testing::event_store(&pool);
        Self {
            conversations: Executor::new(&store),
            contacts: Executor::new(&store),
            reader: store.reader().clone(),
            store,
            pool,
        }
    }
}

pub(crate) fn context(tenant: TenantId, key: &str) -> CommandContext {
    CommandContext::new(tenant, CommandId::derive(tenant, "test", &[key]), Actor::CommandLine, "test")
}

pub(crate) fn contact(number: u128) -> ContactId {
    ContactId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn conversation(number: u128) -> ConversationId {
    ConversationId::between(contact(number), CHANNEL)
}

pub(crate) fn receive(number: u128, id: &str) -> ConversationCommand {
    ConversationCommand::ReceiveMessage {
        contact: contact(number),
        channel: CHANNEL,
        message: InboundMessage {
            provider_message_id: id.to_owned().into(),
            sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
            sender_name: None,
            content: MessageContent::Text { body: format!("text {id}").into() },
        },
    }
}

pub(crate) fn introduce(phone: &str) -> ContactCommand {
    ContactCommand::IntroduceByPhone {
        phone: E164::parse(phone).unwrap(),
        phone_hash: IdentifierHash::from_hex(format!("hash of {phone}")),
    }
}
