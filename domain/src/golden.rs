//! Golden files: the stored form of every version of every event, which must decode for ever.
//!
//! `LEADFLOW_REGENERATE=1 cargo test -p leadflow-domain golden` writes the files of new events. A file that exists
//! is never rewritten: a changed form is a new version.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cqrs_es::DomainEvent;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::channel::{ChannelEvent, DisplayPhone, ProviderId, WhatsAppNumber};
use crate::contact::ContactEvent;
use crate::conversation::{ConversationEvent, InboundMessage, MessageContent, Priority};
use crate::lead::{Capture, LeadEvent, LeadSource};
use crate::tenant::{TenantEvent, TenantName};
use crate::{ChannelId, ContactId, ConversationId, E164, Event, IdentifierHash};

struct Sample {
    kind: String,
    version: String,
    json: String,
    event: Event,
}

fn sample<E: DomainEvent + Serialize + Into<Event>>(event: E) -> Sample {
    let mut json = serde_json::to_string_pretty(&event).unwrap();
    json.push('\n');
    Sample { kind: event.event_type(), version: event.event_version(), json, event: event.into() }
}

/// One of each, in their newest version.
fn samples() -> Vec<Sample> {
    let contact = ContactId::from_uuid(Uuid::from_u128(1));
    let channel = ChannelId::from_uuid(Uuid::from_u128(2));
    let number = WhatsAppNumber {
        phone_number_id: ProviderId::parse("100000000000001").unwrap(),
        waba_id: ProviderId::parse("200000000000002").unwrap(),
        display_phone: DisplayPhone::parse("+39 02 1234 5678").unwrap(),
    };
    let capture = Capture {
        contact,
        source: LeadSource::WhatsApp,
        conversation: ConversationId::from_uuid(Uuid::from_u128(3)),
        captured_at: Timestamp::from_second(1_763_712_000).unwrap(),
    };
    vec![
        sample(TenantEvent::Registered { name: TenantName::parse("Bottega Aurora").unwrap() }),
        sample(ChannelEvent::WhatsAppNumberConnected(number.clone())),
        sample(ChannelEvent::WhatsAppNumberDisconnected { phone_number_id: number.phone_number_id }),
        sample(ContactEvent::IntroducedByPhone {
            phone: E164::parse("+393331234567").unwrap().into(),
            phone_hash: IdentifierHash::from_hex("5f".repeat(32)),
        }),
        sample(ContactEvent::Erased { phone_hash: IdentifierHash::from_hex("5f".repeat(32)) }),
        sample(ConversationEvent::Opened { contact, channel }),
        sample(ConversationEvent::MessageReceived {
            contact,
            channel,
            message: InboundMessage {
                provider_message_id: "wamid.sample".to_owned().into(),
                sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
                sender_name: Some("Ada 🦊".to_owned().into()),
                content: MessageContent::Text { body: "Is the blue one still there?".to_owned().into() },
            },
        }),
        sample(ConversationEvent::Read {}),
        sample(ConversationEvent::Resolved {}),
        sample(ConversationEvent::Reopened {}),
        sample(ConversationEvent::PrioritySet { priority: Priority::Urgent }),
        sample(LeadEvent::Captured(capture.clone())),
        sample(LeadEvent::CaptureCorrected(capture)),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn aggregate_type(kind: &str) -> &str {
    kind.split('.').next().unwrap()
}

fn decode(kind: &str, json: &str) -> Event {
    let mut payload = serde_json::Deserializer::from_str(json);
    Event::deserialize(aggregate_type(kind), &mut payload)
        .unwrap_or_else(|error| panic!("{kind} no longer decodes: {error}"))
        .unwrap_or_else(|| panic!("{kind} is of no known kind of stream"))
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
    for Sample { kind, json, event, .. } in samples() {
        let tag = serde_json::from_str::<serde_json::Value>(&json).unwrap();
        assert_eq!(tag.as_object().unwrap().keys().collect::<Vec<_>>(), [&kind]);
        assert_eq!(decode(&kind, &json), event);
    }
}

#[test]
fn the_stored_form_of_every_event_is_the_golden_one_and_every_golden_file_decodes() {
    for Sample { kind, version, json, .. } in samples() {
        let path = folder().join(format!("{kind}.v{version}.json"));
        if !path.exists() && std::env::var_os("LEADFLOW_REGENERATE").is_some() {
            std::fs::write(&path, &json).unwrap();
        }
        let golden = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; see the head of golden.rs", path.display()));
        assert_eq!(json, golden, "{kind} version {version} changed its stored form: give it a new version");
    }
    let mut files = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (kind, _version) = name.rsplit_once(".v").unwrap_or_else(|| panic!("{name} is no golden file"));
        decode(kind, &std::fs::read_to_string(&path).unwrap());
        files += 1;
    }
    assert!(files >= samples().len(), "{files} golden files");
}
