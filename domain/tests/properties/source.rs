//! Histories of sources.

use jiff::Timestamp;
use leadflow_domain::CredentialId;
use leadflow_domain::channel::ProviderId;
use leadflow_domain::source::{
    Asked, ExternalOpening, FieldPath, FormHeading, FormLanguage, MappedFields, Mapping, MissedLead, Network, Networks,
    Opening, Page, Source, SourceCommand, SourceEvent, SourceKind, SourceName, WalkInForm, WalkInSlug,
};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use uuid::Uuid;

use crate::laws::laws;

fn name(text: &str) -> SourceName {
    SourceName::parse(text).unwrap()
}

fn credential() -> impl Strategy<Value = CredentialId> {
    (1..=2_u128).prop_map(|number| CredentialId::from_uuid(Uuid::from_u128(number)))
}

fn connected() -> impl Strategy<Value = SourceCommand> {
    let page = || Page { page_id: ProviderId::parse("7").unwrap(), app: None };
    credential().prop_map(move |credential| SourceCommand::ConnectPage { name: name("Page"), page: page(), credential })
}

fn form() -> impl Strategy<Value = Box<WalkInForm>> {
    let asked = || select(vec![Asked::No, Asked::Optionally, Asked::Always]);
    let form = |(phone, email)| WalkInForm {
        language: FormLanguage::English,
        heading: FormHeading::parse("Welcome").unwrap(),
        greeting: None,
        name: Asked::Optionally,
        phone,
        calling_code: None,
        email,
        questions: vec![],
        consent: None,
        thanks: None,
        whatsapp: None,
    };
    (asked(), asked()).prop_map(form).prop_map(Box::new)
}

fn mapping() -> impl Strategy<Value = Mapping> {
    select(vec!["phone", "tel"]).prop_map(|text| {
        let fields = MappedFields { phone: FieldPath::parse(text).ok(), ..MappedFields::default() };
        Mapping::new(fields).unwrap()
    })
}

fn networks() -> impl Strategy<Value = Networks> {
    select(vec![vec![], vec!["203.0.113.0/24"]])
        .prop_map(|texts| Networks::new(texts.into_iter().map(|text| Network::parse(text).unwrap())).unwrap())
}

fn opened_for_a_program() -> impl Strategy<Value = SourceCommand> {
    (mapping(), networks(), credential(), proptest::option::of(credential())).prop_map(
        |(mapping, networks, token, credential)| {
            let opening = ExternalOpening { name: name("Partner"), mapping, networks, token, credential };
            SourceCommand::OpenExternal(Box::new(opening))
        },
    )
}

#[test]
fn a_source_keeps_the_laws() {
    let opening = select(vec!["Spring offer", "Autumn offer"])
        .prop_map(|text| Opening { kind: SourceKind::GoogleForm, name: name(text) });
    let missed = MissedLead { form_id: None, submitted_at: Timestamp::UNIX_EPOCH, code: 100 };
    let commands = prop_oneof![
        1 => opening.prop_map(SourceCommand::Open),
        4 => connected(),
        2 => form().prop_map(|form| SourceCommand::OpenWalkIn { name: name("Desk"), slug: WalkInSlug::of(7), form }),
        3 => form().prop_map(SourceCommand::SetForm),
        2 => select(vec!["Spring offer", "Desk"]).prop_map(|text| SourceCommand::Rename { name: name(text) }),
        3 => opened_for_a_program(),
        2 => mapping().prop_map(|mapping| SourceCommand::ChangeMapping(Box::new(mapping))),
        2 => networks().prop_map(|networks| SourceCommand::ChangeNetworks { networks }),
        2 => credential().prop_map(|token| SourceCommand::IssueToken { token }),
        2 => credential().prop_map(|credential| SourceCommand::IssueSecret { credential }),
        1 => Just(SourceCommand::RemoveSecret),
        2 => Just(SourceCommand::Close),
        2 => Just(SourceCommand::Reopen),
        2 => credential().prop_map(|credential| SourceCommand::StopReading { credential, code: 190 }),
        1 => Just(SourceCommand::MissLead(missed)),
        1 => Just(SourceCommand::AskBackfill { since: None }),
    ];
    // What is missed, and asked for, is so each time; a command's id says whether it is the same.
    let settles =
        |command: &SourceCommand| !matches!(command, SourceCommand::MissLead(_) | SourceCommand::AskBackfill { .. });
    laws::<Source>(commands, settles, SourceEvent::TYPES);
}
