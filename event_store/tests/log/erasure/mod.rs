//! What is about a person stands nowhere in clear, and once she was erased, nowhere at all.

pub(crate) mod groups;
mod outbound;
mod races;
mod search;
mod told;

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use leadflow_domain::contact::{Contact, ContactCommand, ContactEvent, ContactRefusal, Identifier};
use leadflow_domain::conversation::{
    ConversationCommand, ConversationEvent, Correction, Edit, InboundMessage, MessageContent, Occasion, Reaction,
    Revocation,
};
use leadflow_domain::{ChannelId, ContactId, DataSubject, E164, Event, EventId, IdentifierHash, Personal};
use leadflow_event_store::{
    ExecuteError, LogReader, Owner, PersonalValues, RecordedEvent, reservation_owners, testing,
};
use serde_json::Value;
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use self::search::{Marker, search};
use crate::support::{CHANNEL, Log, TENANT, asked, channel, contact, context, conversation};

/// A person and all that is known about her, each part of it unheard of elsewhere.
pub(crate) struct Person {
    contact: u128,
    phone: &'static str,
    name: &'static str,
    text: &'static str,
}

const ADA: Person =
    Person { contact: 7, phone: "+390612345987", name: "Quenby Thistlewood", text: "Zephyrs vex my quartz jug" };
pub(crate) const EVE: Person =
    Person { contact: 8, phone: "+441632960961", name: "Ottoline Crabapple", text: "Waltz, nymph, for quick jigs" };

impl Person {
    fn id(&self) -> ContactId {
        contact(self.contact)
    }

    fn phone_hash(&self) -> IdentifierHash {
        testing::keys().phone_hash(&E164::parse(self.phone).unwrap())
    }

    fn introduce(&self) -> ContactCommand {
        ContactCommand::IntroduceByPhone { phone: E164::parse(self.phone).unwrap(), phone_hash: self.phone_hash() }
    }

    /// As Meta makes them: base64 around the phone's digits.
    fn wamid(&self, number: u8) -> String {
        let digits = self.phone.trim_start_matches('+');
        format!("wamid.{}", STANDARD.encode(format!("\x1d\x1a\x0c{digits}\x15\x02\x12\x18\x14{number:040X}")))
    }

    fn receive(&self, number: u8) -> ConversationCommand {
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

    fn markers(&self) -> Vec<Marker> {
        let mut markers = vec![Marker::phone(self.phone), Marker::new(self.name), Marker::new(self.text)];
        markers.extend((0..3).map(|number| Marker::new(&self.user_id(number))));
        markers.extend((0..30).chain(100..104).map(|number| Marker::new(&self.wamid(number))));
        // Nor by her first name.
        markers.extend(self.name.split(' ').map(Marker::new));
        markers
    }

    /// Everything that a person's values come into, also through receipts and what is snapshotted.
    async fn writes(&self, log: &Log) {
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
        self.is_told_of(log).await;
        self.is_told_of_in_a_group(log).await;
        let user_id = self.user_id(2);
        let by_user_id = ContactCommand::IntroduceByUserId {
            user_id_hash: testing::keys().whatsapp_user_id_hash(&user_id),
            user_id,
        };
        log.contacts.execute(contact(self.contact + 200), by_user_id, asked(&key("by user id"), "")).await.unwrap();
        let wrong = conversation(self.contact + 100);
        let other_thread = self.receive_at(channel(99), 3);
        log.conversations.execute(wrong, self.receive(3), context(TENANT, &key("other thread"))).await.unwrap();
        let refused = log.conversations.execute(wrong, other_thread, asked(&key("refused"), self.text)).await;
        assert!(matches!(refused, Err(ExecuteError::Refused(_))), "{refused:?}");
    }
}

/// Puts `text` into every text inside a personal value.
fn plant(json: &mut Value, text: &str, personal: bool) {
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

async fn all(reader: &LogReader, personal: PersonalValues) -> Vec<RecordedEvent> {
    let raw = reader.after(0, i64::MAX).await.unwrap();
    reader.read(raw, personal).await.unwrap()
}

/// The personal values of a person's events, in order.
fn values(events: &[RecordedEvent], of: ContactId) -> Vec<Option<String>> {
    let text = |value: &Personal<String>| value.known().cloned();
    let mut values = Vec::new();
    for event in events {
        if event.event.data_subject(event.stream) != DataSubject::Holds(of.into()) {
            continue;
        }
        if let Event::Contact(ContactEvent::IntroducedByPhone { phone, .. }) = &event.event {
            values.push(phone.known().map(|phone| phone.as_str().to_owned()));
        }
        if let Event::Conversation(
            ConversationEvent::MessageReceived { message, .. } | ConversationEvent::MessageImported { message, .. },
        ) = &event.event
        {
            let body = if let MessageContent::Text { body } = &message.content { Some(text(body)) } else { None };
            let name = message.sender_name.as_ref().map(text);
            values.extend([Some(text(&message.provider_message_id)), body, name].into_iter().flatten());
        }
    }
    values
}

/// Names, versions, places: all of an event but what it says.
fn skeleton(events: &[RecordedEvent]) -> Vec<String> {
    let of = |event: &RecordedEvent| {
        format!("{} {} {} {} {}", event.position, event.stream, event.version, event.id, event.recorded_at)
    };
    events.iter().map(of).collect()
}

async fn owner_of_the_phone(log: &Log, person: &Person) -> Option<Owner> {
    let asked =
        [(TENANT, Identifier::phone(&E164::parse(person.phone).unwrap(), person.phone_hash()).held.reservation())];
    reservation_owners(&log.pool, &asked).await.unwrap().remove(0)
}

/// The types of events whose golden files show personal values.
fn personal_types() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
    let mut types = BTreeSet::new();
    for known in Event::types() {
        let file = folder.join(format!("{}.v{}.json", known.kind, known.version));
        if std::fs::read_to_string(file).unwrap().contains("$personal") {
            types.insert(known.kind.to_owned());
        }
    }
    types
}

#[tokio::test]
async fn the_search_finds_a_value_in_each_of_its_forms() {
    let (_, owner) = Log::with_owner().await;
    let value = "Quenby Thistlewood";
    let marker = || [Marker::new(value), Marker::phone("+390612345987")];
    assert_eq!(search(&owner, &marker()).await, [""; 0]);
    owner
        .execute(
            "create schema aside; create table aside.scratch (id serial, text text, json jsonb, bytes bytea, list text[])",
        )
        .await
        .unwrap();
    let base64 = |before: &str| STANDARD.encode(format!("{before}{value}, and more"));
    let plants = [
        format!("(text) values ('before {value} after')"),
        format!("(json) values ('{{\"a\": [\"{value}\"]}}')"),
        format!("(list) values (array['', '{value}'])"),
        format!("(bytes) values (convert_to('{value}', 'utf8'))"),
        format!("(text) values ('{}')", base64("")),
        format!("(text) values ('{}')", base64("x")),
        format!("(text) values ('{}')", base64("xy")),
        format!("(bytes) values (convert_to('{}', 'utf8'))", base64("x")),
        format!("(text) values (encode(convert_to('{value}', 'utf8'), 'hex'))"),
        format!("(text) values (upper(encode(convert_to('{value}', 'utf8'), 'hex')))"),
        "(text) values ('call 390612345987 now')".to_owned(),
        "(json) values ('{\"phone\": 390612345987}')".to_owned(),
        format!("(text) values ('{}')", ADA.wamid(1)),
    ];
    for plant in &plants {
        owner.execute(format!("insert into aside.scratch {plant}").as_str()).await.unwrap();
    }
    let found = search(&owner, &marker()).await;
    for (nth, plant) in (1..).zip(&plants) {
        assert!(found.iter().any(|found| found.contains(&format!(": ({nth},"))), "{plant}");
    }
    assert!(found.iter().all(|found| found.starts_with("aside.scratch, ")), "{found:?}");
}

#[tokio::test]
async fn nothing_about_a_person_is_anywhere_in_clear() {
    let (log, owner) = Log::with_owner().await;
    ADA.writes(&log).await;
    EVE.writes(&log).await;
    let snapshot = "insert into snapshots (aggregate_type, aggregate_id, tenant_id, state_version, version, position, \
                    event_id, state) select 'contact', $1, $2, 2, $3, $4, $5, $6 \
                    on conflict do nothing";
    let loaded = log.reader.load::<Contact>(ADA.id().into()).await.unwrap();
    sqlx::query(snapshot)
        .bind(ADA.id().to_string())
        .bind(TENANT.as_uuid())
        .bind(loaded.version)
        .bind(loaded.position)
        .bind(loaded.event.as_uuid())
        .bind(serde_json::to_value(&loaded.state).unwrap())
        .execute(&log.pool)
        .await
        .unwrap();

    let written: BTreeSet<String> =
        sqlx::query_scalar::<_, String>("select event_type from events where payload::text like '%$sealed%'")
            .fetch_all(&owner)
            .await
            .unwrap()
            .into_iter()
            .collect();
    assert_eq!(written, personal_types(), "every event with personal values is written here, and sealed");
    let in_clear: i64 = sqlx::query_scalar("select count(*) from events where payload::text like '%$personal%'")
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(in_clear, 0);
    // What the database gathers about its columns is searched as well.
    owner.execute("analyze").await.unwrap();
    for person in [&ADA, &EVE] {
        assert_eq!(search(&owner, &person.markers()).await, [""; 0]);
    }
    // And all of it is there for whoever has the key.
    let values = values(&all(&log.reader, PersonalValues::Opened).await, ADA.id());
    assert!(values.len() > 4 * 4 + 10, "{values:?}");
    assert!(values.iter().all(Option::is_some), "{values:?}");
}

#[tokio::test]
async fn whoever_was_erased_can_t_be_read_and_nobody_else_notices() {
    let (log, owner) = Log::with_owner().await;
    ADA.writes(&log).await;
    EVE.writes(&log).await;
    let before = all(&log.reader, PersonalValues::Opened).await;
    log.contacts.execute(ADA.id(), ContactCommand::Erase, asked("erase", "")).await.unwrap();

    for process in [&log, &log.of_another_process()] {
        let after = all(&process.reader, PersonalValues::Opened).await;
        assert_eq!(skeleton(&after[..before.len()]), skeleton(&before), "the log is as it was, and longer by one");
        assert_eq!(after.len(), before.len() + 1);
        assert!(values(&after, ADA.id()).iter().all(Option::is_none));
        assert_eq!(values(&after, EVE.id()), values(&before, EVE.id()));
        let shown = process.reader.open(process.reader.after(0, i64::MAX).await.unwrap()).await.unwrap();
        let shown: String = shown.into_iter().map(|event| event.payload).collect();
        assert!(shown.contains("$erased") && shown.contains(EVE.text) && !shown.contains(ADA.text));
    }
    assert_eq!(search(&owner, &ADA.markers()).await, [""; 0]);
    assert_eq!(owner_of_the_phone(&log, &ADA).await, None);
    let eve = Owner { tenant: TENANT, stream: EVE.id().into() };
    assert_eq!(owner_of_the_phone(&log, &EVE).await, Some(eve));
    let key: (Option<Vec<u8>>, bool) =
        sqlx::query_as("select wrapped_key, erased_at is not null from data_subjects where subject_id = $1")
            .bind(ADA.id().as_uuid())
            .fetch_one(&owner)
            .await
            .unwrap();
    assert_eq!(key, (None, true));
}

#[tokio::test]
async fn her_number_is_somebody_new_s_and_her_id_nobody_s() {
    let (log, _) = Log::with_owner().await;
    ADA.writes(&log).await;
    log.contacts.execute(ADA.id(), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    let again = log.contacts.execute(ADA.id(), ADA.introduce(), context(TENANT, "again")).await;
    assert!(matches!(again, Err(ExecuteError::Refused(ContactRefusal::Erased))), "{again:?}");

    let new = Person { contact: 70, ..ADA };
    new.writes(&log).await;
    assert_eq!(owner_of_the_phone(&log, &new).await, Some(Owner { tenant: TENANT, stream: new.id().into() }));
    let read = all(&log.reader, PersonalValues::Opened).await;
    assert!(values(&read, new.id()).iter().all(Option::is_some));
    assert!(values(&read, ADA.id()).iter().all(Option::is_none));
}

#[tokio::test]
async fn erasing_her_twice_is_erasing_her_once() {
    let log = Log::new().await;
    ADA.writes(&log).await;
    for key in ["one", "two"] {
        log.contacts.execute(ADA.id(), ContactCommand::Erase, asked(key, "")).await.unwrap();
    }
    let other = log.of_another_process();
    other.contacts.execute(ADA.id(), ContactCommand::Erase, asked("three", "")).await.unwrap();
    let (generation, erasures): (i32, i64) = sqlx::query_as(
        "select (select generation from data_subjects where subject_id = $1), \
         (select count(*) from events where event_type = 'contact.erased')",
    )
    .bind(ADA.id().as_uuid())
    .fetch_one(&log.pool)
    .await
    .unwrap();
    assert_eq!((generation, erasures), (2, 1));
}

/// Every field of an event that stands under a mark, by its path: so that a new one is searched for here.
#[test]
fn everything_personal_is_planted() {
    fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) if fields.contains_key("$personal") => drop(found.insert(path.to_owned())),
            Value::Object(fields) => {
                for (name, field) in fields {
                    paths(field, &format!("{path}/{name}"), found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| paths(item, path, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
    let mut found = BTreeSet::new();
    for known in Event::types() {
        let text = std::fs::read_to_string(folder.join(format!("{}.v{}.json", known.kind, known.version))).unwrap();
        paths(&serde_json::from_str(&text).unwrap(), "", &mut found);
    }
    let planted = [
        "/contact.identifier_added/value",
        "/contact.identifier_changed/value",
        "/contact.introduced_by_phone/phone",
        "/contact.introduced_by_user_id/user_id",
        "/contact.listed/first_name",
        "/contact.listed/name",
        "/contact.marketing_preference_told/preference/detail",
        "/conversation.called/call/customer_name",
        "/conversation.called/call/provider_message_id",
        "/conversation.message_corrected/correction/content/image/caption",
        "/conversation.message_corrected/correction/content/image/file",
        "/conversation.message_edited/edit/content/text/body",
        "/conversation.message_edited/edit/original",
        "/conversation.message_edited/edit/provider_message_id",
        "/conversation.message_imported/message/content/text/body",
        "/conversation.message_imported/message/provider_message_id",
        "/conversation.message_received/message/content/text/body",
        "/conversation.message_received/message/provider_message_id",
        "/conversation.message_received/message/sender_name",
        "/conversation.message_revoked/revocation/original",
        "/conversation.message_revoked/revocation/provider_message_id",
        "/conversation.reacted/reaction/emoji",
        "/conversation.reacted/reaction/provider_message_id",
        "/conversation.reacted/reaction/to",
        "/group.created/invite_link",
        "/group.created/subject",
        "/group.described/description",
        "/group.described/picture_sha256",
        "/group.described/subject",
        "/group.introduced/provider_group_id",
        "/group.join_request_withdrawn/reason",
        "/group.join_requested/reason",
        "/group.participant_joined/reason",
        "/group.participant_kept/reason",
        "/group.participant_left/reason",
        "/outbound_message.corrected/correction/content/text/body",
        "/outbound_message.echoed/message/content/text/body",
        "/outbound_message.echoed/message/provider_message_id",
        "/outbound_message.edited/edit/content/text/body",
        "/outbound_message.edited/edit/original",
        "/outbound_message.edited/edit/provider_message_id",
        "/outbound_message.imported/message/content/text/body",
        "/outbound_message.imported/message/provider_message_id",
        "/outbound_message.reacted/reaction/emoji",
        "/outbound_message.reacted/reaction/provider_message_id",
        "/outbound_message.reacted/reaction/to",
        "/outbound_message.revoked/revocation/original",
        "/outbound_message.revoked/revocation/provider_message_id",
        "/outbound_message.status_reported/report/callback_data",
    ];
    assert_eq!(found, planted.map(str::to_owned).into(), "whatever is new here must be planted and searched for above");
}

async fn erased_at(pool: &PgPool, contact: ContactId) -> i64 {
    sqlx::query_scalar("select position from events where event_type = 'contact.erased' and aggregate_id = $1")
        .bind(contact.to_string())
        .fetch_one(pool)
        .await
        .unwrap()
}
