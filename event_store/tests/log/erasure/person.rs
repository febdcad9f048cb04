//! A person, and everything that values of hers come into.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use leadflow_domain::contact::{ContactCommand, Identifier};
use leadflow_domain::conversation::{
    ConversationCommand, ConversationEvent, Correction, Edit, InboundMessage, MessageContent, Occasion, Reaction,
    Revocation,
};
use leadflow_domain::{ChannelId, ContactId, E164, EventId, IdentifierHash};
use leadflow_event_store::{ExecuteError, testing};
use serde_json::Value;
use uuid::Uuid;

use super::search::Marker;
use crate::support::{CHANNEL, Log, TENANT, asked, channel, contact, context, conversation};

/// A person and all that is known about her, each part of it unheard of elsewhere.
pub(crate) struct Person {
    pub(super) contact: u128,
    pub(super) phone: &'static str,
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

pub(super) const ADA: Person =
    Person { contact: 7, phone: "+390612345987", name: "Quenby Thistlewood", text: "Zephyrs-vex-my-quartz-jug" };
pub(crate) const EVE: Person =
    Person { contact: 8, phone: "+441632960961", name: "Ottoline Crabapple", text: "Waltz-nymph-for-quick-jigs" };

impl Person {
    pub(super) fn id(&self) -> ContactId {
        contact(self.contact)
    }

    pub(super) fn phone_hash(&self) -> IdentifierHash {
        testing::keys().phone_hash(&E164::parse(self.phone).unwrap())
    }

    pub(super) fn introduce(&self) -> ContactCommand {
        ContactCommand::IntroduceByPhone { phone: E164::parse(self.phone).unwrap(), phone_hash: self.phone_hash() }
    }

    /// As Meta makes them: base64 around the phone's digits.
    pub(super) fn wamid(&self, number: u8) -> String {
        let digits = self.phone.trim_start_matches('+');
        format!("wamid.{}", STANDARD.encode(format!("\x1d\x1a\x0c{digits}\x15\x02\x12\x18\x14{number:040X}")))
    }

    pub(super) fn receive(&self, number: u8) -> ConversationCommand {
        self.receive_at(CHANNEL, number)
    }

    fn receive_at(&self, channel: ChannelId, number: u8) -> ConversationCommand {
        let message = self.message(number);
        ConversationCommand::ReceiveMessage { contact: self.id(), channel, group: None, message }
    }

    fn message(&self, number: u8) -> InboundMessage {
        InboundMessage {
            sender_name: Some(self.name.to_owned().into()),
            ..InboundMessage::new(
                self.wamid(number),
                Timestamp::from_second(1_763_712_000).unwrap(),
                MessageContent::Text { body: self.text.to_owned().into() },
            )
        }
    }

    fn user_id(&self, number: u8) -> String {
        format!("IT.{}{}x{number}", self.name.replace(' ', ""), self.contact)
    }

    /// A second identifier, which becomes another.
    fn other_identifiers(&self) -> Vec<ContactCommand> {
        let identifier = |number| {
            let user_id = self.user_id(number);
            Identifier::whatsapp_user_id(&user_id, testing::keys().whatsapp_user_id_hash(&user_id))
        };
        vec![
            ContactCommand::AddIdentifier { identifier: identifier(0) },
            ContactCommand::ChangeIdentifier { from: identifier(0).held.hash, to: identifier(1) },
        ]
    }

    /// The golden messages, each with her text wherever something personal stands.
    fn messages_of_every_kind(&self) -> Vec<InboundMessage> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut forms: Vec<_> =
            files.filter(|path| path.to_str().unwrap().contains("conversation.message_received.v1.")).collect();
        forms.sort_unstable();
        let messages = (4..).zip(forms).map(|(number, path)| {
            let mut json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            plant(&mut json, self.text, false);
            let event: ConversationEvent = serde_json::from_value(json).unwrap();
            let ConversationEvent::MessageReceived { message, .. } = event else { panic!("a message") };
            InboundMessage { provider_message_id: self.wamid(number).into(), ..message }
        });
        messages.collect()
    }

    fn acts(&self) -> Vec<ConversationCommand> {
        let (contact, channel) = (self.id(), CHANNEL);
        let occasion = |number| Occasion {
            provider_message_id: self.wamid(number).into(),
            sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
            received_at: None,
            odd_timestamp: None,
        };
        let (text, original) = (|| self.text.to_owned().into(), || self.wamid(0).into());
        vec![
            ConversationCommand::React {
                contact,
                channel,
                group: None,
                reaction: Reaction { occasion: occasion(100), to: original(), emoji: Some(text()) },
            },
            ConversationCommand::EditMessage {
                contact,
                channel,
                group: None,
                edit: Edit {
                    occasion: occasion(101),
                    original: original(),
                    content: MessageContent::Text { body: text() },
                },
            },
            ConversationCommand::RevokeMessage {
                contact,
                channel,
                group: None,
                revocation: Revocation { occasion: occasion(102), original: original() },
            },
        ]
    }

    pub(super) fn markers(&self) -> Vec<Marker> {
        let mut markers = vec![Marker::phone(self.phone), Marker::new(self.name), Marker::new(self.text)];
        markers.extend((0..3).map(|number| Marker::new(&self.user_id(number))));
        markers.extend((0..30).chain(100..104).map(|number| Marker::new(&self.wamid(number))));
        // Nor by her first name.
        markers.extend(self.name.split(' ').map(Marker::new));
        markers
    }

    /// Everything that a person's values come into, also through receipts and what is snapshotted.
    pub(super) async fn writes(&self, log: &Log) {
        let key = |what: &str| format!("{} {what}", self.contact);
        log.contacts.execute(self.id(), self.introduce(), asked(&key("introduce"), self.phone)).await.unwrap();
        // Already so, with a receipt; and a refusal, with another.
        log.contacts.execute(self.id(), self.introduce(), asked(&key("again"), self.phone)).await.unwrap();
        let elsewhere = contact(self.contact + 100);
        let reserved = log.contacts.execute(elsewhere, self.introduce(), asked(&key("reserved"), self.phone)).await;
        assert!(matches!(reserved, Err(ExecuteError::Reserved { .. })), "{reserved:?}");
        let thread = conversation(self.contact);
        for number in 0..3 {
            let key = key(&format!("message {number}"));
            log.conversations.execute(thread, self.receive(number), asked(&key, self.text)).await.unwrap();
        }
        for (number, message) in (4..).zip(self.messages_of_every_kind()) {
            let command =
                ConversationCommand::ReceiveMessage { contact: self.id(), channel: CHANNEL, group: None, message };
            let key = key(&format!("kind {number}"));
            log.conversations.execute(thread, command, asked(&key, self.text)).await.unwrap();
        }
        let message = self.message(103);
        let imported = ConversationCommand::ImportMessage { contact: self.id(), channel: CHANNEL, message };
        log.conversations.execute(thread, imported, asked(&key("imported"), self.text)).await.unwrap();
        let is_image = |message: &InboundMessage| matches!(message.content, MessageContent::Image(_));
        let image = self.messages_of_every_kind().into_iter().find(is_image).unwrap();
        let correction = Correction::as_received(EventId::from_uuid(Uuid::from_u128(self.contact)), image);
        let corrected = ConversationCommand::CorrectMessage { contact: self.id(), correction };
        log.conversations.execute(thread, corrected, asked(&key("corrected"), self.text)).await.unwrap();
        for (number, act) in (100..).zip(self.acts()) {
            log.conversations.execute(thread, act, asked(&key(&format!("act {number}")), self.text)).await.unwrap();
        }
        for (nth, command) in self.other_identifiers().into_iter().enumerate() {
            log.contacts.execute(self.id(), command, asked(&key(&format!("identifier {nth}")), "")).await.unwrap();
        }
        self.is_written_to(log).await;
        self.is_judged(log).await;
        self.is_told_of(log).await;
        self.is_told_of_in_a_group(log).await;
        let user_id = self.user_id(2);
        let by_user_id = ContactCommand::IntroduceByUserId {
            user_id_hash: testing::keys().whatsapp_user_id_hash(&user_id),
            user_id,
        };
        log.contacts.execute(contact(self.contact + 200), by_user_id, asked(&key("by user id"), "")).await.unwrap();
        let lead = format!("{}.{}", self.wamid(29), self.contact);
        let by_lead = Identifier::provider_lead(&lead, testing::keys().provider_lead_hash("google", &lead));
        let by_lead = ContactCommand::Introduce { identifier: by_lead };
        log.contacts.execute(contact(self.contact + 300), by_lead, asked(&key("by lead"), "")).await.unwrap();
        let wrong = conversation(self.contact + 100);
        let other_thread = self.receive_at(channel(99), 3);
        log.conversations.execute(wrong, self.receive(3), context(TENANT, &key("other thread"))).await.unwrap();
        let refused = log.conversations.execute(wrong, other_thread, asked(&key("refused"), self.text)).await;
        assert!(matches!(refused, Err(ExecuteError::Refused(_))), "{refused:?}");
    }
}

/// Puts `text` into every text inside a personal value.
pub(super) fn plant(json: &mut Value, text: &str, personal: bool) {
    match json {
        Value::String(value) if personal => text.clone_into(value),
        Value::Object(fields) => {
            for (name, field) in fields {
                plant(field, text, personal || name == "$personal");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, text, personal)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
