//! Golden files: the stored form of every version of every event, which must decode for ever; of every state; and what
//! `docs/EVENTS.md` says of them.
//!
//! `LEADFLOW_REGENERATE=1 cargo test -p leadflow-domain golden` writes the files of new events. A file that exists
//! is never rewritten: a changed form is a new version.

mod handbook;
mod kept;
mod messages;
mod outbound;
mod people;
mod pipeline;
mod routing;
mod sending;
mod sources;
mod states;
mod templates;
mod told;

use std::collections::BTreeSet;
use std::path::PathBuf;

use cqrs_es::DomainEvent;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::channel::{
    AccountName, AccountStanding, AppKey, ChannelEvent, DisplayPhone, HealthNews, NumberQuality, ProviderId,
    Restriction, SocialAccount, SocialNetwork, StopReason, WhatsAppNumber,
};
use crate::contact::{ContactEvent, HeldIdentifier, IdentifierKind};
use crate::conversation::{
    ConversationEvent, Edit, InboundMessage, MessageContent, Occasion, Priority, Reaction, Revocation,
};
use crate::group::{GroupEvent, samples as group_samples};
use crate::lead::{Assessment, Capture, LeadEvent, LeadSource, Reason, ReasonText, Score};
use crate::tenant::{Schedule, TenantEvent, TenantName, Weekday};
use crate::{
    ChannelId, ContactId, ConversationId, CredentialId, E164, ERASED_MARK, Event, GroupId, IdentifierHash,
    PERSONAL_MARK, SEALED_MARK, SubmissionId, Zone, upcast,
};

struct Sample {
    kind: String,
    version: String,
    /// Which form of it, for a kind that has several.
    form: Option<&'static str>,
    json: String,
    event: Event,
}

fn sample<E: DomainEvent + Serialize + Into<Event>>(event: E) -> Sample {
    let mut json = serde_json::to_string_pretty(&event).unwrap();
    json.push('\n');
    Sample { kind: event.event_type(), version: event.event_version(), form: None, json, event: event.into() }
}

impl Sample {
    fn file(&self) -> PathBuf {
        let form = self.form.map(|form| format!(".{form}")).unwrap_or_default();
        folder().join(format!("{}.v{}{form}.json", self.kind, self.version))
    }
}

const CONTACT: ContactId = ContactId::from_uuid(Uuid::from_u128(1));
const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));
const GROUP: GroupId = GroupId::from_uuid(Uuid::from_u128(5));

fn registered() -> TenantEvent {
    TenantEvent::Registered { name: TenantName::parse("Bottega Aurora").unwrap() }
}

fn schedule() -> Schedule {
    let hours = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let week = [
        (Weekday::Monday, hours(&["09:00-13:00", "14:00-18:00"])),
        (Weekday::Saturday, hours(&["18:00-24:00"])),
        (Weekday::Sunday, hours(&["00:00-02:00"])),
    ];
    let dates = [("2026-12-24".parse().unwrap(), hours(&["09:00-12:00"])), ("2026-12-26".parse().unwrap(), vec![])];
    Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, dates).unwrap()
}

fn number() -> WhatsAppNumber {
    WhatsAppNumber {
        phone_number_id: ProviderId::parse("100000000000001").unwrap(),
        waba_id: ProviderId::parse("200000000000002").unwrap(),
        display_phone: DisplayPhone::parse("+39 02 1234 5678").unwrap(),
        app: None,
    }
}

fn disconnected() -> ChannelEvent {
    ChannelEvent::WhatsAppNumberDisconnected { phone_number_id: number().phone_number_id }
}

fn account(network: SocialNetwork) -> SocialAccount {
    SocialAccount {
        network,
        account_id: ProviderId::parse("300000000000003").unwrap(),
        name: AccountName::parse("Saffron Sofas").unwrap(),
        app: None,
    }
}

fn account_connected() -> ChannelEvent {
    let account = account(SocialNetwork::Messenger);
    ChannelEvent::SocialAccountConnected { account, credential: Some(credential(2)), replaced: Some(credential(1)) }
}

/// As an operator connects it.
fn bare_account_connected() -> ChannelEvent {
    let account = SocialAccount { app: Some(AppKey::parse("shop").unwrap()), ..account(SocialNetwork::Instagram) };
    ChannelEvent::SocialAccountConnected { account, credential: None, replaced: None }
}

fn account_disconnected(credential: Option<CredentialId>) -> ChannelEvent {
    let SocialAccount { network, account_id, .. } = account(SocialNetwork::Messenger);
    ChannelEvent::SocialAccountDisconnected { network, account_id, credential }
}

fn credential(number: u128) -> CredentialId {
    CredentialId::from_uuid(Uuid::from_u128(number))
}

fn sending_stopped() -> ChannelEvent {
    let reason = StopReason { code: 190, title: Some("Access token has expired".to_owned()) };
    ChannelEvent::SendingStopped { reason }
}

fn health_told_of(news: Vec<HealthNews>) -> ChannelEvent {
    let (waba_id, at) = (number().waba_id, Timestamp::from_second(1_763_712_000).unwrap());
    ChannelEvent::HealthTold { waba_id, news, at }
}

fn health_told() -> ChannelEvent {
    let at = Timestamp::from_second(1_763_712_000).unwrap();
    let restriction = Restriction { kind: "RESTRICTED_BIZ_INITIATED_MESSAGING".to_owned(), until: Some(at) };
    let news = vec![
        HealthNews::Quality(NumberQuality::Bad),
        HealthNews::MessagingLimit("TIER_1K".to_owned()),
        HealthNews::Account(AccountStanding::ToBeDisabled { on: Some("April 17, 2027".to_owned()) }),
        HealthNews::Restrictions(vec![restriction]),
        HealthNews::Violation("ADULT".to_owned()),
    ];
    health_told_of(news)
}

fn credentials_entered() -> ChannelEvent {
    ChannelEvent::WhatsAppCredentialsEntered { credential: credential(1) }
}

fn phone_hash() -> IdentifierHash {
    IdentifierHash::from_hex("5f".repeat(32))
}

fn introduced() -> ContactEvent {
    ContactEvent::IntroducedByPhone { phone: E164::parse("+393331234567").unwrap().into(), phone_hash: phone_hash() }
}

fn introduced_by_messenger() -> ContactEvent {
    let value = "4000000000000004".to_owned().into();
    ContactEvent::Introduced { kind: IdentifierKind::ScopedUserId, value, hash: phone_hash() }
}

fn introduced_by_user_id() -> ContactEvent {
    ContactEvent::IntroducedByUserId { user_id: "IT.1349".to_owned().into(), user_id_hash: phone_hash() }
}

fn added() -> ContactEvent {
    ContactEvent::IdentifierAdded {
        kind: IdentifierKind::WhatsAppUserId,
        value: "IT.1350".to_owned().into(),
        hash: phone_hash(),
    }
}

fn changed() -> ContactEvent {
    let hash = IdentifierHash::from_hex("6a".repeat(32));
    let value = "+393337654321".to_owned().into();
    ContactEvent::IdentifierChanged { kind: IdentifierKind::Phone, from: phone_hash(), value, hash }
}

fn conflicted() -> ContactEvent {
    let holder = ContactId::from_uuid(Uuid::from_u128(4));
    ContactEvent::IdentifierConflicted { kind: IdentifierKind::Phone, hash: phone_hash(), holder }
}

fn erased() -> ContactEvent {
    ContactEvent::Erased { identifiers: vec![HeldIdentifier { kind: IdentifierKind::Phone, hash: phone_hash() }] }
}

/// A reaction, an edit, a revocation and a correction.
fn acts() -> Vec<ConversationEvent> {
    let (contact, channel) = (CONTACT, CHANNEL);
    let occasion = |id: &str| Occasion {
        provider_message_id: id.to_owned().into(),
        sent_at: Timestamp::from_second(1_763_712_060).unwrap(),
        received_at: Some(Timestamp::from_second(1_763_712_061).unwrap()),
        odd_timestamp: None,
    };
    let sample = || "wamid.sample".to_owned().into();
    let emoji = Some("💙".to_owned().into());
    vec![
        ConversationEvent::Reacted {
            contact,
            channel,
            group: None,
            reaction: Reaction { occasion: occasion("wamid.reaction"), to: sample(), emoji },
        },
        ConversationEvent::MessageEdited {
            contact,
            channel,
            group: None,
            edit: Edit {
                occasion: occasion("wamid.edit"),
                original: sample(),
                content: MessageContent::Text { body: "Is the red one still there?".to_owned().into() },
            },
        },
        ConversationEvent::MessageRevoked {
            contact,
            channel,
            group: None,
            revocation: Revocation { occasion: occasion("wamid.revocation"), original: sample() },
        },
        ConversationEvent::MessageCorrected { contact, channel, correction: messages::correction() },
    ]
}

fn opened() -> ConversationEvent {
    ConversationEvent::Opened { contact: CONTACT, channel: CHANNEL }
}

fn opened_with_group() -> ConversationEvent {
    ConversationEvent::OpenedWithGroup { group: GROUP, channel: CHANNEL }
}

fn received() -> ConversationEvent {
    ConversationEvent::MessageReceived {
        contact: CONTACT,
        channel: CHANNEL,
        group: None,
        message: InboundMessage {
            sender_name: Some("Ada 🦊".to_owned().into()),
            ..InboundMessage::new(
                "wamid.sample".to_owned(),
                Timestamp::from_second(1_763_712_000).unwrap(),
                MessageContent::Text { body: "Is the blue one still there?".to_owned().into() },
            )
        },
    }
}

fn imported() -> ConversationEvent {
    let message = InboundMessage {
        received_at: Some(Timestamp::from_second(1_763_712_500).unwrap()),
        ..InboundMessage::new(
            "wamid.imported".to_owned(),
            Timestamp::from_second(1_763_012_000).unwrap(),
            MessageContent::Text { body: "Do you have it in blue?".to_owned().into() },
        )
    };
    ConversationEvent::MessageImported { contact: CONTACT, channel: CHANNEL, message }
}

fn submission_received() -> ConversationEvent {
    let submitted_at = Timestamp::from_second(1_763_712_600).unwrap();
    let submission = SubmissionId::from_uuid(Uuid::from_u128(12));
    ConversationEvent::SubmissionReceived { contact: CONTACT, channel: CHANNEL, submission, submitted_at }
}

/// Each event of a group, introduced first.
fn group_events() -> Vec<GroupEvent> {
    let told = group_samples::facts().into_iter().map(|(_, event)| event);
    std::iter::once(group_samples::introduced()).chain(told).collect()
}

fn capture() -> Capture {
    let conversation = ConversationId::from_uuid(Uuid::from_u128(3));
    Capture::by_message(CONTACT, LeadSource::WhatsApp, conversation, Timestamp::from_second(1_763_712_000).unwrap())
}

fn assessment(said: &str) -> Assessment {
    let reason = Reason { text: ReasonText::parse(said).unwrap().into(), hash: phone_hash() };
    Assessment { contact: CONTACT, reason: Some(reason), score: Some(Score::try_from(80).unwrap()) }
}

/// One of each, in their newest version.
fn samples() -> Vec<Sample> {
    let mut samples = vec![
        sample(registered()),
        sample(TenantEvent::ScheduleSet { schedule: schedule() }),
        sample(TenantEvent::ScheduleRemoved {}),
        sample(ChannelEvent::WhatsAppNumberConnected(number())),
        sample(disconnected()),
        sample(credentials_entered()),
        sample(ChannelEvent::WhatsAppCredentialsRotated { credential: credential(2), replaced: credential(1) }),
        sample(ChannelEvent::WhatsAppCredentialsRemoved { credential: credential(2) }),
        sample(sending_stopped()),
        sample(ChannelEvent::SendingResumed {}),
        sample(health_told()),
        Sample {
            form: Some("of_a_closed_account"),
            ..sample(health_told_of(vec![HealthNews::Account(AccountStanding::Disabled)]))
        },
        sample(account_connected()),
        Sample { form: Some("without_credentials"), ..sample(bare_account_connected()) },
        sample(account_disconnected(Some(credential(2)))),
        Sample { form: Some("without_credentials"), ..sample(account_disconnected(None)) },
        sample(introduced()),
        sample(introduced_by_user_id()),
        Sample { form: Some("by_scoped_user_id"), ..sample(introduced_by_messenger()) },
        sample(added()),
        sample(changed()),
        sample(conflicted()),
        sample(erased()),
        sample(opened()),
        sample(received()),
        sample(ConversationEvent::Read {}),
        sample(ConversationEvent::Resolved {}),
        sample(ConversationEvent::Reopened {}),
        sample(ConversationEvent::PrioritySet { priority: Priority::Urgent }),
        sample(imported()),
        sample(submission_received()),
        sample(opened_with_group()),
        sample(LeadEvent::Captured(capture())),
        sample(LeadEvent::CaptureCorrected(capture())),
        sample(LeadEvent::Qualified(assessment("Wants two of them before Christmas"))),
        sample(LeadEvent::Disqualified(assessment("Only asks for the price"))),
        Sample {
            form: Some("unsaid"),
            ..sample(LeadEvent::Disqualified(Assessment { contact: CONTACT, reason: None, score: None }))
        },
    ];
    samples.extend(sources::of_every_kind());
    samples.extend(pipeline::of_every_kind());
    samples.extend(acts().into_iter().map(sample));
    samples.extend(messages::of_every_kind());
    samples.extend(outbound::of_every_kind());
    samples.extend(sending::of_every_kind());
    samples.extend(told::of_every_kind());
    samples.extend(kept::of_every_kind());
    samples.extend(people::of_every_kind());
    samples.extend(templates::of_every_kind());
    samples.extend(routing::of_every_kind());
    samples.extend(group_events().into_iter().map(sample));
    samples
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn aggregate_type(kind: &str) -> &str {
    kind.split('.').next().unwrap()
}

fn regenerating() -> bool {
    std::env::var_os("LEADFLOW_REGENERATE").is_some()
}

fn decode(kind: &str, version: &str, json: &str) -> Event {
    let payload = upcast(kind, version, serde_json::from_str(json).unwrap()).unwrap();
    Event::deserialize(aggregate_type(kind), payload)
        .unwrap_or_else(|error| panic!("{kind} version {version} no longer decodes: {error}"))
        .unwrap_or_else(|| panic!("{kind} is of no known kind of stream"))
}

/// Where in `json` the marks of personal values stand.
fn personal_paths(json: &Value) -> Vec<String> {
    match json {
        Value::String(text) if text == ERASED_MARK => vec![String::new()],
        Value::Object(fields) if fields.contains_key(PERSONAL_MARK) || fields.contains_key(SEALED_MARK) => {
            vec![String::new()]
        }
        Value::Object(fields) => fields.iter().flat_map(|(name, field)| below(name, field)).collect(),
        Value::Array(items) => items.iter().flat_map(|item| below("[]", item)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![],
    }
}

fn below(name: &str, json: &Value) -> Vec<String> {
    let inner = personal_paths(json).into_iter();
    inner.map(|path| if path.is_empty() { name.to_owned() } else { format!("{name}.{path}") }).collect()
}

#[test]
fn every_event_type_has_a_sample() {
    let sampled: BTreeSet<(String, String)> =
        samples().into_iter().map(|sample| (sample.kind, sample.version)).collect();
    let known: BTreeSet<(String, String)> =
        Event::types().map(|known| (known.kind.to_owned(), known.version.to_owned())).collect();
    assert_eq!(sampled, known);
}

#[test]
fn a_payload_is_tagged_with_its_type_and_comes_back() {
    for Sample { kind, version, json, event, .. } in samples() {
        let tag = serde_json::from_str::<Value>(&json).unwrap();
        assert_eq!(tag.as_object().unwrap().keys().collect::<Vec<_>>(), [&kind]);
        assert_eq!(decode(&kind, &version, &json), event);
    }
}

#[test]
fn the_stored_form_of_every_event_is_the_golden_one_and_every_golden_file_decodes() {
    for sample in samples() {
        let (path, Sample { kind, version, json, .. }) = (sample.file(), sample);
        if !path.exists() && regenerating() {
            std::fs::write(&path, &json).unwrap();
        }
        let golden = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; see the head of golden.rs", path.display()));
        assert_eq!(json, golden, "{kind} version {version} changed its stored form: give it a new version");
    }
    let mut files = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (kind, version) = name
            .strip_suffix(".json")
            .and_then(|stem| stem.split_once(".v"))
            .map(|(kind, version)| (kind, version.split_once('.').map_or(version, |(version, _)| version)))
            .unwrap_or_else(|| panic!("{name} is no golden file"));
        decode(kind, version, &std::fs::read_to_string(&path).unwrap());
        files += 1;
    }
    assert!(files >= samples().len(), "{files} golden files");
}
