//! Samples of sources, and of what comes from them.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CONTACT, Sample, credential, phone_hash, sample};
use crate::SubmissionId;
use crate::channel::{AppKey, ProviderId};
use crate::contact::{ContactEvent, IdentifierKind};
use crate::lead::{Capture, LeadEvent, LeadSource, Origin, Submission, samples};
use crate::source::{
    Asked, MissedLead, Opening, Page, SourceEvent, SourceKind, SourceName, WalkInForm, WalkInSlug, sample_form,
};

pub(super) fn opened() -> SourceEvent {
    SourceEvent::Opened(Opening { kind: SourceKind::GoogleForm, name: SourceName::parse("Spring offer").unwrap() })
}

fn page_id() -> ProviderId {
    ProviderId::parse("138124712925158").unwrap()
}

/// A page, and what comes to it, in this order.
pub(super) fn of_page() -> Vec<SourceEvent> {
    let submitted_at = Timestamp::from_second(1_763_712_000).unwrap();
    let form_id = Some(ProviderId::parse("172036835026334").unwrap());
    vec![
        SourceEvent::Opened(Opening {
            kind: SourceKind::FacebookPage,
            name: SourceName::parse("Saffron Sofas").unwrap(),
        }),
        SourceEvent::PageConnected(Page { page_id: page_id(), app: Some(AppKey::parse("second").unwrap()) }),
        SourceEvent::CredentialsEntered { credential: credential(1) },
        SourceEvent::BackfillAsked { since: Some(submitted_at) },
        SourceEvent::LeadMissed(MissedLead { form_id, submitted_at, code: 100 }),
        SourceEvent::ReadingStopped { code: 190 },
        SourceEvent::CredentialsRotated { credential: credential(2), replaced: credential(1) },
        SourceEvent::ReadingResumed {},
        SourceEvent::CredentialsRemoved { credential: credential(2) },
        SourceEvent::PageDisconnected { page_id: page_id() },
    ]
}

/// A form of ours, and what comes to it, in this order.
pub(super) fn of_walk_in() -> Vec<SourceEvent> {
    vec![
        SourceEvent::Opened(Opening { kind: SourceKind::WalkIn, name: SourceName::parse("Front desk").unwrap() }),
        SourceEvent::SlugGiven { slug: WalkInSlug::of(0x1f2e_3d4c_5b6a_7988) },
        SourceEvent::FormSet(Box::new(sample_form("Welcome to Saffron Sofas"))),
        SourceEvent::Renamed { name: SourceName::parse("Stand 12").unwrap() },
    ]
}

/// A form with nothing that can be left out.
fn shortest_form() -> SourceEvent {
    SourceEvent::FormSet(Box::new(WalkInForm {
        greeting: None,
        name: Asked::No,
        calling_code: None,
        email: Asked::No,
        questions: vec![],
        consent: None,
        thanks: None,
        whatsapp: None,
        ..sample_form("Call me back")
    }))
}

pub(super) fn introduced_by_email() -> ContactEvent {
    let value = "nora@example.com".to_owned().into();
    ContactEvent::Introduced { kind: IdentifierKind::Email, value, hash: phone_hash() }
}

pub(super) fn introduced_by_lead() -> ContactEvent {
    let value = "lead-7".to_owned().into();
    ContactEvent::Introduced { kind: IdentifierKind::ProviderLead, value, hash: phone_hash() }
}

fn submission() -> Submission {
    samples::submission(CONTACT, 8, 1_763_712_000)
}

pub(super) fn submitted() -> LeadEvent {
    LeadEvent::Submitted(Box::new(submission()))
}

/// That a form showed her interest first.
pub(super) fn capture() -> Capture {
    let Submission { submission, submitted_at, .. } = submission();
    Capture {
        contact: CONTACT,
        source: LeadSource::GoogleForm,
        conversation: None,
        submission: Some(submission),
        captured_at: submitted_at,
    }
}

/// One that somebody of the business entered, with nothing that can be left out.
fn entered() -> Submission {
    Submission {
        submission: SubmissionId::from_uuid(Uuid::from_u128(9)),
        source: LeadSource::Manual,
        from: None,
        provider_lead_id: None,
        name: None,
        origin: Origin::default(),
        click_id: None,
        answers: vec![],
        added: vec![],
        ..submission()
    }
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let of_page = of_page().into_iter().enumerate().map(|(nth, event)| match nth {
        0 => Sample { form: Some("facebook_page"), ..sample(event) },
        _ => sample(event),
    });
    let others = vec![
        sample(opened()),
        sample(SourceEvent::Closed {}),
        sample(SourceEvent::Reopened {}),
        sample(introduced_by_email()),
        Sample { form: Some("by_provider_lead"), ..sample(introduced_by_lead()) },
        Sample { form: Some("by_form"), ..sample(LeadEvent::Captured(capture())) },
        sample(submitted()),
        Sample { form: Some("entered"), ..sample(LeadEvent::Submitted(Box::new(entered()))) },
    ];
    let of_walk_in = of_walk_in().into_iter().enumerate().map(|(nth, event)| match nth {
        0 => Sample { form: Some("walk_in"), ..sample(event) },
        _ => sample(event),
    });
    let shortest = Sample { form: Some("shortest"), ..sample(shortest_form()) };
    others.into_iter().chain(of_page).chain(of_walk_in).chain([shortest]).collect()
}
