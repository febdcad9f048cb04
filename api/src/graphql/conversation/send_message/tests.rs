//! Who decides on what is not so any more sends nothing: the log says so.

use jiff::Timestamp;
use leadflow_domain::channel::{ChannelCommand, DisplayPhone, ProviderId, WhatsAppNumber};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::conversation::{ConversationCommand, InboundMessage, Label, MessageContent};
use leadflow_domain::{
    ChannelId, CommandId, ContactId, ConversationId, CredentialId, E164, IdentifierHash, OutboundMessageId, TenantId,
};
use leadflow_event_store::{Actor, CommandContext, entropy};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::auth::Bearer;
use crate::graphql::bed::{Bed, TENANT};
use crate::graphql::global_id::encode;

/// A business with a number that can send, to which a customer has just written.
struct Desk {
    bed: Bed,
    contact: ContactId,
    channel: ChannelId,
    conversation: ConversationId,
}

fn context(key: &str) -> CommandContext {
    CommandContext::new(TENANT, CommandId::derive(TENANT, "test", &[key]), Actor::CommandLine, "test")
}

impl Desk {
    async fn open() -> Self {
        let bed = Bed::new().await;
        let (contact, channel) = (ContactId::from_uuid(Uuid::from_u128(20)), ChannelId::whatsapp(TENANT, "10"));
        let commands = &bed.api().commands;
        let number = WhatsAppNumber {
            phone_number_id: ProviderId::parse("10").unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse("+39 02 1").unwrap(),
            app: None,
        };
        let connect = ChannelCommand::ConnectWhatsAppNumber(number);
        commands.channels.execute(channel, connect, context("connect")).await.unwrap();
        let credential = CredentialId::from_uuid(Uuid::from_u128(40));
        let enter = ChannelCommand::EnterWhatsAppCredentials { credential };
        commands.channels.execute(channel, enter, context("credentials")).await.unwrap();
        let phone = E164::parse("+393331234567").unwrap();
        let phone_hash = IdentifierHash::from_hex("hash".to_owned());
        let introduce = ContactCommand::IntroduceByPhone { phone, phone_hash };
        commands.contacts.execute(contact, introduce, context("introduce")).await.unwrap();
        let desk = Self { bed, contact, channel, conversation: ConversationId::between(contact, channel) };
        desk.customer_writes("Is the blue one still there?").await;
        desk
    }

    async fn customer_writes(&self, text: &str) {
        let now = self.bed.api().log.now().await.unwrap();
        self.receives(text, now).await;
    }

    async fn receives(&self, text: &str, at: Timestamp) {
        let Self { contact, channel, .. } = *self;
        let content = MessageContent::Text { body: text.to_owned().into() };
        let message = InboundMessage::new(text.to_owned(), at, content);
        self.tell(ConversationCommand::ReceiveMessage { contact, channel, group: None, message }).await;
    }

    /// Something happens in the conversation.
    async fn tell(&self, command: ConversationCommand) {
        let context = context(&entropy::uuid().to_string());
        self.bed.api().commands.conversations.execute(self.conversation, command, context).await.unwrap();
    }

    async fn version(&self) -> i64 {
        self.bed.api().log.load::<Conversation>(self.conversation.into()).await.unwrap().version
    }

    /// What `sendMessage` answers to whoever says so much beside the conversation.
    async fn sends(&self, said: &str) -> Value {
        let id = encode(Kind::Conversation, self.conversation.as_uuid()).0;
        let document = format!(
            "mutation {{ sendMessage(input: {{ conversationId: \"{id}\", {said} }}) {{
                position conversationVersion userErrors {{ code field }} }} }}"
        );
        let (answer, _) = self.bed.ask(Bearer::Owner(TENANT), &document).await;
        assert_eq!(answer.errors, [], "{said}");
        answer.data.into_json().unwrap()["sendMessage"].take()
    }

    /// How many messages wait to be sent.
    async fn queued(&self) -> i64 {
        let sql = "select count(*) from events where event_type = 'outbound_message.queued'";
        sqlx::query_scalar(sql).fetch_one(&self.bed.api().pool).await.unwrap()
    }

    fn thread(&self) -> Thread {
        Thread::between(self.contact, self.channel)
    }
}

fn changed() -> Value {
    json!([{ "code": "CONVERSATION_CHANGED", "field": "expectedVersion" }])
}

#[tokio::test]
async fn an_answer_is_sent_that_was_decided_on_what_is_still_so() {
    let desk = Desk::open().await;
    let version = desk.version().await;
    desk.tell(ConversationCommand::MarkRead).await;
    desk.tell(ConversationCommand::Label { label: Label::parse("VIP").unwrap() }).await;
    let sent = desk.sends(&format!("text: \"It is.\", expectedVersion: {version}")).await;
    assert_eq!(sent["userErrors"], json!([]));
    assert_eq!(sent["conversationVersion"], version + 3);
    // Its next answer rests on this one.
    let next = desk.sends(&format!("text: \"And a green one.\", expectedVersion: {}", version + 3)).await;
    assert_eq!(next["userErrors"], json!([]));
    assert_eq!(desk.queued().await, 2);
}

#[tokio::test]
async fn a_bot_does_not_talk_over_whoever_answered_meanwhile() {
    let desk = Desk::open().await;
    let version = desk.version().await;
    let human = desk.sends("text: \"Let me look.\"").await;
    assert_eq!(human["userErrors"], json!([]));
    let bot = desk.sends(&format!("text: \"It is.\", expectedVersion: {version}, idempotencyKey: \"bot\"")).await;
    assert_eq!(bot, json!({ "position": null, "conversationVersion": null, "userErrors": changed() }));
    // Asked again, it is told the same.
    let bot = desk.sends(&format!("text: \"It is.\", expectedVersion: {version}, idempotencyKey: \"bot\"")).await;
    assert_eq!(bot["userErrors"], changed());
    assert_eq!(desk.queued().await, 1);
}

#[tokio::test]
async fn what_the_customer_adds_outdates_an_answer_and_so_does_a_handover() {
    let desk = Desk::open().await;
    let before = desk.version().await;
    desk.customer_writes("Or a green one?").await;
    let between = desk.version().await;
    let member = leadflow_domain::MemberId::from_uuid(Uuid::from_u128(7));
    desk.tell(ConversationCommand::Assign { member }).await;
    for version in [before, between, between + 99] {
        let sent = desk.sends(&format!("text: \"It is.\", expectedVersion: {version}")).await;
        assert_eq!(sent["userErrors"], changed(), "{version}");
    }
    assert_eq!(desk.queued().await, 0);
}

#[tokio::test]
async fn what_was_sent_stays_sent_when_it_is_asked_again_later() {
    let desk = Desk::open().await;
    let version = desk.version().await;
    let said = format!("text: \"It is.\", expectedVersion: {version}, idempotencyKey: \"bot\"");
    let sent = desk.sends(&said).await;
    desk.customer_writes("Thanks!").await;
    desk.sends("text: \"You are welcome.\"").await;
    let again = desk.sends(&said).await;
    assert_eq!((&again["userErrors"], &again["position"]), (&json!([]), &sent["position"]));
    assert_eq!(desk.queued().await, 2);
}

#[tokio::test]
async fn of_many_that_decide_on_the_same_version_one_answers() {
    let desk = Desk::open().await;
    let version = desk.version().await;
    let said = format!("text: \"It is.\", expectedVersion: {version}");
    let answers = futures_util::future::join_all((0..8).map(|_| desk.sends(&said))).await;
    let sent = answers.iter().filter(|answer| answer["userErrors"] == json!([])).count();
    let refused = answers.iter().filter(|answer| answer["userErrors"] == changed()).count();
    assert_eq!((sent, refused, desk.queued().await), (1, 7, 1));
}

#[tokio::test]
async fn what_can_t_be_sent_is_no_answer() {
    let desk = Desk::open().await;
    desk.bed
        .api()
        .commands
        .channels
        .execute(desk.channel, ChannelCommand::RemoveWhatsAppCredentials, context("gone"))
        .await
        .unwrap();
    let version = desk.version().await;
    let sent = desk.sends(&format!("text: \"It is.\", expectedVersion: {version}")).await;
    assert_eq!(sent["userErrors"][0]["code"], "NUMBER_NOT_READY");
    assert_eq!(desk.version().await, version);
}

#[tokio::test]
async fn what_waits_is_shown_beside_why_a_later_part_does_not() {
    let desk = Desk::open().await;
    let first = CommandId::derive(TENANT, "graphql.idempotency_key", &["parts"]);
    let second = CommandId::derive(TENANT, "graphql.part", &[&first.to_string(), "1"]);
    // Its place is taken, which nothing but a test can bring about.
    let other = TenantId::from_uuid(Uuid::from_u128(2));
    let id = CommandId::derive(other, "test", &["taken"]);
    let elsewhere = CommandContext::new(other, id, Actor::CommandLine, "test");
    let thread = Thread::between(ContactId::from_uuid(Uuid::from_u128(21)), desk.channel);
    let conditions = conditions(&desk.bed.api().log, desk.thread(), None).await.unwrap();
    let content = OutgoingContent::Text { body: "Another's".to_owned().into(), preview_url: false };
    let message = OutgoingMessage { content, replies_to: None, part: None };
    let queue = OutboundMessageCommand::Queue { thread, message, conditions };
    let commands = &desk.bed.api().commands;
    commands.outbound_messages.execute(OutboundMessageId::written_by(second), queue, elsewhere).await.unwrap();

    let long = "All about sofas. ".repeat(300);
    let sent = desk.sends(&format!("text: \"{long}\", idempotencyKey: \"parts\"")).await;
    assert_eq!(sent["userErrors"][0]["code"], "NOT_FOUND", "{sent}");
    assert!(sent["position"].is_number() && sent["conversationVersion"].is_number(), "{sent}");
    assert_eq!(desk.queued().await, 2, "the other's, and the first part");
}

/// Between the conversation's knowing of an answer and the answer itself others may do something there.
#[tokio::test]
async fn nobody_gets_in_between() {
    let desk = Desk::open().await;
    let request = desk.bed.request(Bearer::Owner(TENANT)).await;
    let thread = desk.thread();
    let conditions = conditions(&request.api.log, thread, None).await.unwrap();
    let queue = || {
        let content = OutgoingContent::Text { body: "It is.".to_owned().into(), preview_url: false };
        let message = OutgoingMessage { content, replies_to: None, part: None };
        OutboundMessageCommand::Queue { thread, message, conditions: conditions.clone() }
    };
    let put = async |key: &str, version| {
        let context = context(key);
        let stream = OutboundMessageId::written_by(context.id);
        queue_unless_changed(&request, (desk.conversation, version), stream, queue(), context).await
    };
    let answered = desk.version().await;
    desk.tell(ConversationCommand::Label { label: Label::parse("VIP").unwrap() }).await;
    assert!(matches!(put("harmless", answered).await, Ok(Ok(_))));
    desk.customer_writes("Or a green one?").await;
    let Err(NotDone::Invalid(why)) = put("late", answered).await else { panic!("it was sent") };
    assert_eq!(why.len(), 1);
    assert_eq!(desk.queued().await, 1);
}
