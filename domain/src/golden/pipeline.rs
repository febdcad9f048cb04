//! Samples of how a business works its leads, and of what is done with them there.

use uuid::Uuid;

use super::{CONTACT, Sample, phone_hash, sample};
use crate::lead::{AttributeValue, Company, CompanyName, Currency, LeadEvent, LeadNote, Tag, Worth};
use crate::pipeline::{Attribute, AttributeKind, AttributeName, PipelineEvent, samples};
use crate::{AttributeId, MemberId, StageId};

pub(super) fn moved() -> LeadEvent {
    LeadEvent::Moved { contact: CONTACT, stage: StageId::NEGOTIATING }
}

pub(super) fn converted() -> LeadEvent {
    let worth = Worth { minor: 129_900, currency: Currency::parse("EUR").unwrap() };
    LeadEvent::Converted { contact: CONTACT, stage: StageId::WON, worth: Some(worth) }
}

pub(super) fn lost() -> LeadEvent {
    LeadEvent::Lost { contact: CONTACT, stage: StageId::LOST, reason: Some(samples::reason_id()) }
}

pub(super) fn spam_marked() -> LeadEvent {
    LeadEvent::SpamMarked { contact: CONTACT }
}

pub(super) fn spam_unmarked() -> LeadEvent {
    LeadEvent::SpamUnmarked { contact: CONTACT }
}

pub(super) fn tagged() -> LeadEvent {
    LeadEvent::Tagged { contact: CONTACT, tag: Tag::parse("Fair 2026").unwrap() }
}

pub(super) fn untagged() -> LeadEvent {
    LeadEvent::Untagged { contact: CONTACT, tag: Tag::parse("Fair 2026").unwrap() }
}

pub(super) fn note_added() -> LeadEvent {
    let text = LeadNote::parse("Wants it by Christmas.\nCall her in the morning.").unwrap().into();
    LeadEvent::NoteAdded { contact: CONTACT, text }
}

pub(super) fn company_set() -> LeadEvent {
    let name = CompanyName::parse("Winter & Daughters").unwrap().into();
    LeadEvent::CompanySet { contact: CONTACT, company: Some(Company { name, hash: phone_hash() }) }
}

pub(super) fn company_unset() -> LeadEvent {
    LeadEvent::CompanySet { contact: CONTACT, company: None }
}

pub(super) fn attribute_set() -> LeadEvent {
    let value = AttributeValue { value: "Large".to_owned().into(), hash: phone_hash() };
    LeadEvent::AttributeSet { contact: CONTACT, attribute: samples::attribute_id(), value: Some(value) }
}

pub(super) fn attribute_unset() -> LeadEvent {
    LeadEvent::AttributeSet { contact: CONTACT, attribute: samples::attribute_id(), value: None }
}

pub(super) fn transferred() -> LeadEvent {
    LeadEvent::Transferred { contact: CONTACT, to: Some(MemberId::from_uuid(Uuid::from_u128(5))) }
}

pub(super) fn of_nobody() -> LeadEvent {
    LeadEvent::Transferred { contact: CONTACT, to: None }
}

/// What happens to a pipeline, in an order in which it may.
pub(super) fn pipeline_events() -> Vec<PipelineEvent> {
    let (stage, reason, attribute) = (samples::stage_id(1), samples::reason_id(), samples::attribute_id());
    let order = [stage, StageId::NEW, StageId::CONTACTED, StageId::NEGOTIATING, StageId::WON, StageId::LOST];
    vec![
        samples::created(),
        PipelineEvent::StageRenamed { stage, name: samples::name("Seen") },
        PipelineEvent::StagesReordered { order: order.to_vec() },
        samples::removed(StageId::NEW, stage),
        samples::reason_added(),
        PipelineEvent::LostReasonRenamed { reason, text: samples::reason_text("Price") },
        samples::defined(),
        samples::changed("Size", &["Small", "Medium", "Large"]),
        PipelineEvent::LostReasonRemoved { reason },
        PipelineEvent::AttributeRemoved { attribute },
    ]
}

pub(super) fn numbers_defined() -> PipelineEvent {
    let name = AttributeName::parse("Budget").unwrap();
    PipelineEvent::AttributeDefined {
        attribute: AttributeId::from_uuid(Uuid::from_u128(13)),
        definition: Attribute { name, kind: AttributeKind::Number, choices: vec![] },
    }
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let of_leads = [
        moved(),
        converted(),
        lost(),
        spam_marked(),
        spam_unmarked(),
        tagged(),
        untagged(),
        note_added(),
        company_set(),
        attribute_set(),
        transferred(),
    ];
    let unsaid_worth = LeadEvent::Converted { contact: CONTACT, stage: StageId::WON, worth: None };
    let unsaid_reason = LeadEvent::Lost { contact: CONTACT, stage: StageId::LOST, reason: None };
    let mut samples: Vec<Sample> = of_leads.into_iter().map(sample).collect();
    samples.extend(pipeline_events().into_iter().map(sample));
    samples.extend([
        Sample { form: Some("unsaid"), ..sample(unsaid_worth) },
        Sample { form: Some("unsaid"), ..sample(unsaid_reason) },
        Sample { form: Some("unset"), ..sample(company_unset()) },
        Sample { form: Some("unset"), ..sample(attribute_unset()) },
        Sample { form: Some("of_nobody"), ..sample(of_nobody()) },
        Sample { form: Some("numbers"), ..sample(numbers_defined()) },
    ]);
    samples
}
