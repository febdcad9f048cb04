//! A log of its own for each test, and short ways to say what is in it.

use jiff::Timestamp;
use leadflow_domain::channel::{
    Channel, ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber, phone_number_id_reservation,
};
use leadflow_domain::contact::{Contact, ContactCommand};
use leadflow_domain::conversation::{
    Conversation, ConversationCommand, Correction, Edit, InboundMessage, MessageContent, Occasion, Reaction, Revocation,
};
use leadflow_domain::group::Group;
use leadflow_domain::lead::Lead;
use leadflow_domain::member::Member;
use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::{
    Assertion, ChannelId, CommandId, ContactId, ConversationId, E164, EventId, IdentifierHash, StreamId, TenantId,
};
use leadflow_event_store::{Actor, CommandContext, EventStore, Executor, LogReader, database, testing};
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
    pub(crate) channels: Executor<Channel>,
    pub(crate) outbound_messages: Executor<OutboundMessage>,
    pub(crate) groups: Executor<Group>,
    pub(crate) leads: Executor<Lead>,
    pub(crate) members: Executor<Member>,
}

impl Log {
    pub(crate) async fn new() -> Self {
        Self::over(testing::pool().await)
    }

    /// A log, and connections of the database's owner to look behind it or to damage it.
    pub(crate) async fn with_owner() -> (Self, PgPool) {
        let options = testing::database().await.connect_options();
        let pool = database::app_pool(options.clone(), 8).await.unwrap();
        (Self::over(pool), database::owner_pool(options))
    }

    /// Another process's view of the same log: nothing shared but Postgres.
    pub(crate) fn of_another_process(&self) -> Self {
        Self::over(self.pool.clone())
    }

    /// The log behind `pool`.
    pub(crate) fn over(pool: PgPool) -> Self {
        Self::of(testing::event_store(&pool), pool)
    }

    /// A process that keeps no aggregate at hand.
    pub(crate) fn without_cache(pool: PgPool) -> Self {
        Self::of(EventStore::open(&pool, testing::keys(), 0), pool)
    }

    fn of(store: EventStore, pool: PgPool) -> Self {
        Self {
            conversations: Executor::new(&store),
            contacts: Executor::new(&store),
            channels: Executor::new(&store),
            outbound_messages: Executor::new(&store),
            groups: Executor::new(&store),
            leads: Executor::new(&store),
            members: Executor::new(&store),
            reader: store.reader().clone(),
            store,
            pool,
        }
    }
}

pub(crate) fn context(tenant: TenantId, key: &str) -> CommandContext {
    CommandContext::new(tenant, CommandId::derive(tenant, "test", &[key]), Actor::CommandLine, "test")
}

/// A client's command: its outcome is kept, and `request` is what it asked for.
pub(crate) fn asked(key: &str, request: &str) -> CommandContext {
    context(TENANT, key).with_receipt(testing::keys().request_hash(&[request]))
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
        group: None,
        message: InboundMessage {
            sender_name: None,
            ..InboundMessage::new(
                id.to_owned(),
                Timestamp::from_second(1_763_712_000).unwrap(),
                MessageContent::Text { body: format!("text {id}").into() },
            )
        },
    }
}

/// A message of a history.
pub(crate) fn import(number: u128, id: &str) -> ConversationCommand {
    let ConversationCommand::ReceiveMessage { contact, channel, message, .. } = receive(number, id) else {
        panic!("a message");
    };
    ConversationCommand::ImportMessage { contact, channel, message }
}

/// Another reading of a message that is there.
pub(crate) fn correct(number: u128) -> ConversationCommand {
    let event = EventId::from_uuid(Uuid::from_u128(number));
    let content = MessageContent::Text { body: "another text".to_owned().into() };
    let message = InboundMessage::new("a".to_owned(), Timestamp::from_second(1_763_712_000).unwrap(), content);
    let correction = Correction::as_received(event, message);
    ConversationCommand::CorrectMessage { contact: contact(number), correction }
}

/// A reaction, an edit and a revocation.
pub(crate) fn acts(number: u128) -> Vec<ConversationCommand> {
    let (contact, channel) = (contact(number), CHANNEL);
    let occasion = |id: &str| Occasion {
        provider_message_id: id.to_owned().into(),
        sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
        received_at: None,
        odd_timestamp: None,
    };
    let (original, text) = (|| "a".to_owned().into(), || "text".to_owned().into());
    let reaction = Reaction { occasion: occasion("reaction"), to: original(), emoji: Some(text()) };
    let content = MessageContent::Text { body: text() };
    let edit = Edit { occasion: occasion("edit"), original: original(), content };
    let revocation = Revocation { occasion: occasion("revocation"), original: original() };
    vec![
        ConversationCommand::React { contact, channel, group: None, reaction },
        ConversationCommand::EditMessage { contact, channel, group: None, edit },
        ConversationCommand::RevokeMessage { contact, channel, group: None, revocation },
    ]
}

pub(crate) fn introduce(phone: &str) -> ContactCommand {
    ContactCommand::IntroduceByPhone {
        phone: E164::parse(phone).unwrap(),
        phone_hash: IdentifierHash::from_hex(format!("hash of {phone}")),
    }
}

pub(crate) fn channel(number: u128) -> ChannelId {
    ChannelId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn connect(phone_number_id: &str) -> ChannelCommand {
    ChannelCommand::ConnectWhatsAppNumber(WhatsAppNumber {
        phone_number_id: ProviderId::parse(phone_number_id).unwrap(),
        waba_id: ProviderId::parse("20").unwrap(),
        display_phone: DisplayPhone::parse("+39 02 1234").unwrap(),
        app: None,
    })
}

/// That a number's messages arrive at `holder`.
pub(crate) fn arrives_at(phone_number_id: &str, holder: impl Into<StreamId>) -> Assertion {
    Assertion { reservation: phone_number_id_reservation(phone_number_id), holder: holder.into() }
}
