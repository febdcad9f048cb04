//! Samples of sources, and of what comes from them.

use uuid::Uuid;

use super::{CONTACT, Sample, phone_hash, sample};
use crate::SubmissionId;
use crate::contact::{ContactEvent, IdentifierKind};
use crate::lead::{Capture, LeadEvent, LeadSource, Origin, Submission, samples};
use crate::source::{Opening, SourceEvent, SourceKind, SourceName};

pub(super) fn opened() -> SourceEvent {
    SourceEvent::Opened(Opening { kind: SourceKind::GoogleForm, name: SourceName::parse("Spring offer").unwrap() })
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
    vec![
        sample(opened()),
        sample(SourceEvent::Closed {}),
        sample(SourceEvent::Reopened {}),
        sample(introduced_by_email()),
        Sample { form: Some("by_provider_lead"), ..sample(introduced_by_lead()) },
        Sample { form: Some("by_form"), ..sample(LeadEvent::Captured(capture())) },
        sample(submitted()),
        Sample { form: Some("entered"), ..sample(LeadEvent::Submitted(Box::new(entered()))) },
    ]
}
