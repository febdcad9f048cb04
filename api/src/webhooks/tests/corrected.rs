//! What an earlier program took for something else is corrected, once, and only by the delivery that brought it.

use jiff::Timestamp;
use leadflow_domain::OutboundMessageId;
use leadflow_domain::conversation::{
    Conversation, ConversationCommand, ConversationEvent, InboundMessage, MessageContent, Occasion,
};
use leadflow_domain::outbound_message::{EchoedMessage, OutboundMessage, OutboundMessageCommand, Thread, Via};
use leadflow_domain::{ConversationId, Event};
use leadflow_event_store::PersonalValues;
use serde_json::json;

use super::*;
use crate::webhooks::{Archive, Reprocessed, Selection, reprocess};

/// As a program recorded it that did not know texts yet.
async fn record_as_unknown(bed: &Bed, delivery: i64, text: &Text) -> ConversationId {
    let channel = ChannelId::whatsapp(TENANT, &number().phone_number_id);
    let contact = bed.contact(&number(), text);
    let conversation = ConversationId::between(contact, channel);
    let content = MessageContent::Unknown { named: "text".to_owned(), content: "{}".to_owned().into() };
    let message = InboundMessage::new(text.id.clone(), Timestamp::from_second(1_763_712_000).unwrap(), content);
    let id = CommandId::derive(TENANT, "whatsapp.message", &[&channel.to_string(), &text.id]);
    let context = CommandContext::new(TENANT, id, Actor::CommandLine, format!("webhook:{delivery}"));
    let receive = ConversationCommand::ReceiveMessage { contact, channel, group: None, message };
    bed.commands.conversations.execute(conversation, receive, context).await.unwrap();
    conversation
}

async fn reprocessed(bed: &Bed, apply: bool) -> Reprocessed {
    let archive = Archive { pool: &bed.pool, reader: bed.store.reader(), commands: &bed.commands, keys: &bed.keys };
    let selection = Selection { since: Timestamp::UNIX_EPOCH, until: None, states: vec!["applied"] };
    reprocess(archive, &selection, apply, |_| {}).await.unwrap()
}

/// What the thread's messages say as the log corrects them, in its order.
async fn corrections(bed: &Bed, conversation: ConversationId) -> Vec<String> {
    let reader = bed.store.reader();
    let raw = reader.of_type::<Conversation>("conversation.message_corrected", &[conversation.into()]).await.unwrap();
    let read = reader.read(raw, PersonalValues::Opened).await.unwrap();
    read.into_iter()
        .map(|recorded| {
            let Event::Conversation(ConversationEvent::MessageCorrected { correction, .. }) = recorded.event else {
                panic!("a correction")
            };
            let MessageContent::Text { body } = correction.content else { panic!("a text") };
            body.known().unwrap().clone()
        })
        .collect()
}

#[tokio::test]
async fn a_message_is_corrected_once() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let (ada, bice) = (text(ADA, "a"), text(BICE, "b"));
    let delivery = bed.deliver(texts(&[ada.clone(), bice])).await;
    let conversation = record_as_unknown(&bed, delivery, &ada).await;
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied", "applied"]);

    let (before, looked) = (bed.events().await, reprocessed(&bed, false).await);
    let [change] = &looked.changes[..] else { panic!("{looked:?}") };
    assert_eq!(change.after.state, "correction");
    assert_eq!(change.after.reason.as_deref(), Some("it was taken for unknown, and is text"));
    assert_eq!((bed.events().await, looked.corrected), (before, 0), "a look changes nothing");

    assert_eq!(reprocessed(&bed, true).await.corrected, 1);
    assert_eq!(corrections(&bed, conversation).await, ["words of a"]);
    assert_eq!(reprocessed(&bed, true).await, Reprocessed { deliveries: 1, ..Reprocessed::default() });
    assert_eq!(bed.translate().await, 0, "nothing is translated again for it");
}

#[tokio::test]
async fn so_is_a_message_of_the_business() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let business = number();
    let echo = json!({"from": business.display_phone, "to": ADA, "id": "e", "timestamp": "1763712000", "type": "text",
        "text": {"body": "words of e"}});
    let metadata = json!({"phone_number_id": business.phone_number_id, "display_phone_number": business.display_phone});
    let value = json!({"metadata": metadata, "message_echoes": [echo]});
    let entry = json!([{"id": "1", "changes": [{"field": "smb_message_echoes", "value": value}]}]);
    let body = json!({"object": "whatsapp_business_account", "entry": entry});
    let delivery = bed.deliver(body.to_string().into_bytes()).await;

    let channel = ChannelId::whatsapp(TENANT, &business.phone_number_id);
    let stream = OutboundMessageId::known_to_provider(channel, &bed.keys.provider_message_hash("e"));
    let at = Timestamp::from_second(1_763_712_000).unwrap();
    let occasion =
        Occasion { provider_message_id: "e".to_owned().into(), sent_at: at, received_at: None, odd_timestamp: None };
    let message = EchoedMessage {
        occasion,
        via: Via::BusinessApp,
        recipient_name: None,
        content: MessageContent::Unknown { named: "text".to_owned(), content: "{}".to_owned().into() },
        replies_to: None,
        forwarded: None,
        errors: vec![],
    };
    let thread = Thread::between(ContactId::from_uuid(Uuid::from_u128(7)), channel);
    let id = CommandId::derive(TENANT, "whatsapp.echo", &[&channel.to_string(), "e"]);
    let context = CommandContext::new(TENANT, id, Actor::CommandLine, format!("webhook:{delivery}"));
    let record = OutboundMessageCommand::RecordEcho { thread, message };
    bed.commands.outbound_messages.execute(stream, record, context).await.unwrap();
    bed.translate().await;

    assert_eq!(reprocessed(&bed, true).await.corrected, 1);
    let raw = bed.store.reader().of_type::<OutboundMessage>("outbound_message.corrected", &[stream.into()]).await;
    assert_eq!(raw.unwrap().len(), 1);
    assert_eq!(reprocessed(&bed, true).await, Reprocessed { deliveries: 1, ..Reprocessed::default() });
}

#[tokio::test]
async fn the_same_message_in_another_delivery_corrects_nothing() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let ada = text(ADA, "a");
    bed.deliver(texts(std::slice::from_ref(&ada))).await;
    bed.deliver(texts(&[Text { body: "other words".to_owned(), ..ada }])).await;
    bed.translate().await;
    assert_eq!(reprocessed(&bed, true).await, Reprocessed { deliveries: 2, ..Reprocessed::default() });
}

#[tokio::test]
async fn a_message_that_stands_in_its_delivery_twice_is_what_was_told_first() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let ada = text(ADA, "a");
    bed.deliver(texts(&[ada.clone(), Text { body: "other words".to_owned(), ..ada }])).await;
    bed.translate().await;
    for _ in 0..2 {
        assert_eq!(reprocessed(&bed, true).await, Reprocessed { deliveries: 1, ..Reprocessed::default() });
    }
}

#[tokio::test]
async fn whoever_was_erased_is_not_corrected() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let ada = text(ADA, "a");
    let delivery = bed.deliver(texts(std::slice::from_ref(&ada))).await;
    let conversation = record_as_unknown(&bed, delivery, &ada).await;
    bed.translate().await;
    let erase = leadflow_domain::contact::ContactCommand::Erase;
    let introduce = leadflow_domain::contact::ContactCommand::IntroduceByPhone {
        phone: E164::parse(ADA).unwrap(),
        phone_hash: bed.keys.phone_hash(&E164::parse(ADA).unwrap()),
    };
    let contact = bed.contact(&number(), &ada);
    bed.commands.contacts.execute(contact, introduce, bed.context("introduce")).await.unwrap();
    bed.commands.contacts.execute(contact, erase, bed.context("erase")).await.unwrap();
    assert_eq!(reprocessed(&bed, true).await, Reprocessed { deliveries: 1, ..Reprocessed::default() });
    assert_eq!(corrections(&bed, conversation).await, [""; 0]);
}
