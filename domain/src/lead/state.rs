use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::standing::{self, Standing};
use super::{
    Assessment, Capture, LeadCommand, LeadEvent, LeadRefusal, LeadStatus, Score, Tag, assess, capture, details, spam,
    submit, tag, transfer,
};
use crate::pipeline::StageKind;
use crate::{
    AttributeId, ContactId, DataSubject, Decide, IdentifierHash, MemberId, ReservationChange, StreamId, aggregate,
};

/// What a lead's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    pub(super) capture: Option<Capture>,
    pub(super) status: LeadStatus,
    pub(super) reason: Option<IdentifierHash>,
    pub(super) score: Option<Score>,
    pub(super) standing: Standing,
    pub(super) is_spam: bool,
    pub(super) tags: Vec<Tag>,
    /// The hash of its name.
    pub(super) company: Option<IdentifierHash>,
    /// The hashes of their values.
    pub(super) attributes: BTreeMap<AttributeId, IdentifierHash>,
    /// Who is to see to it.
    pub(super) owner: Option<MemberId>,
    /// Whether she told of her interest after it was settled.
    pub(super) is_told_since: bool,
}

aggregate::aggregate!(Lead, "lead", LeadCommand, LeadEvent, LeadRefusal);

impl Lead {
    /// Whose lead it is.
    pub(super) fn contact(&self) -> Result<ContactId, LeadRefusal> {
        self.capture.as_ref().map(|capture| capture.contact).ok_or(LeadRefusal::NotFound)
    }

    /// Who is to see to it.
    #[must_use]
    pub fn owner(&self) -> Option<MemberId> {
        self.owner
    }

    /// Whether there is something to see to: she has neither bought nor turned away, and it is neither spam nor not worth pursuing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.capture.is_some() && !self.is_settled() && !self.is_spam
    }

    fn is_settled(&self) -> bool {
        self.standing.kind != StageKind::Open || self.status == LeadStatus::Disqualified
    }

    /// Whether somebody is to see to it: there is something to see to, or she told of her interest after it was settled. Of spam nobody is.
    #[must_use]
    pub fn wants_somebody(&self) -> bool {
        self.capture.is_some() && (!self.is_settled() || self.is_told_since) && !self.is_spam
    }

    /// Whether somebody of the business says that it is spam.
    #[must_use]
    pub fn is_spam(&self) -> bool {
        self.is_spam
    }

    fn evolve(&mut self, event: LeadEvent) {
        match event {
            LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture) => self.capture = Some(capture),
            // Where the interest began is told beside it, and no other decision hangs on what she told.
            LeadEvent::Submitted(_) => self.is_told_since = self.is_settled(),
            // Nor on notes.
            LeadEvent::NoteAdded { .. } => {}
            LeadEvent::Qualified(assessment) => self.judge(LeadStatus::Qualified, assessment),
            LeadEvent::Disqualified(assessment) => self.judge(LeadStatus::Disqualified, assessment),
            LeadEvent::Moved { stage, .. } => self.stand_at(self.standing.worked_on(stage)),
            LeadEvent::Converted { stage, worth, .. } => self.stand_at(self.standing.won(stage, worth)),
            LeadEvent::Lost { stage, reason, .. } => self.stand_at(self.standing.lost(stage, reason)),
            LeadEvent::SpamMarked { .. } => self.is_spam = true,
            LeadEvent::SpamUnmarked { .. } => self.is_spam = false,
            LeadEvent::Tagged { tag, .. } => self.tags.push(tag),
            LeadEvent::Untagged { tag, .. } => self.tags.retain(|known| *known != tag),
            LeadEvent::CompanySet { company, .. } => self.company = company.map(|company| company.hash),
            LeadEvent::AttributeSet { attribute, value: Some(value), .. } => {
                self.attributes.insert(attribute, value.hash);
            }
            LeadEvent::AttributeSet { attribute, value: None, .. } => {
                self.attributes.remove(&attribute);
            }
            LeadEvent::Transferred { to, .. } => self.owner = to,
        }
    }

    fn stand_at(&mut self, standing: Standing) {
        self.is_told_since = false;
        self.standing = standing;
    }

    fn judge(&mut self, status: LeadStatus, assessment: Assessment) {
        self.is_told_since = false;
        self.status = status;
        self.reason = assessment.reason.map(|reason| reason.hash);
        self.score = assessment.score;
    }
}

impl Decide for Lead {
    const STATE_VERSION: u32 = 5;

    fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadRefusal> {
        match command {
            LeadCommand::Capture(capture) => capture::decide(self, capture),
            LeadCommand::Submit(submission) => submit::decide(self, submission),
            LeadCommand::Qualify { reason, score } => assess::qualify(self, reason, score),
            LeadCommand::Disqualify { reason, score, lost_at } => assess::disqualify(self, reason, score, lost_at),
            LeadCommand::Advance { stage } => standing::advance(self, stage),
            LeadCommand::Convert { stage, worth } => standing::convert(self, stage, worth),
            LeadCommand::Lose { stage, reason } => standing::lose(self, stage, reason),
            LeadCommand::MarkSpam => spam::mark(self),
            LeadCommand::UnmarkSpam => spam::unmark(self),
            LeadCommand::Tag { tag } => tag::tag(self, tag),
            LeadCommand::Untag { tag } => tag::untag(self, tag),
            LeadCommand::AddNote { text } => details::note(self, text),
            LeadCommand::SetCompany { company } => details::company(self, company),
            LeadCommand::SetAttribute { attribute, value } => details::attribute(self, attribute, value),
            LeadCommand::Take { member, after } => transfer::take(self, member, after),
            LeadCommand::Transfer { to } => transfer::decide(self, to),
        }
    }

    fn reservations(_stream: StreamId, event: &LeadEvent) -> Vec<ReservationChange> {
        match event {
            LeadEvent::Captured(_)
            | LeadEvent::CaptureCorrected(_)
            | LeadEvent::Submitted(_)
            | LeadEvent::Qualified(_)
            | LeadEvent::Disqualified(_)
            | LeadEvent::Moved { .. }
            | LeadEvent::Converted { .. }
            | LeadEvent::Lost { .. }
            | LeadEvent::SpamMarked { .. }
            | LeadEvent::SpamUnmarked { .. }
            | LeadEvent::Tagged { .. }
            | LeadEvent::Untagged { .. }
            | LeadEvent::CompanySet { .. }
            | LeadEvent::AttributeSet { .. }
            | LeadEvent::Transferred { .. }
            | LeadEvent::NoteAdded { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &LeadEvent) -> DataSubject {
        match event {
            LeadEvent::Submitted(submission) if submission.is_personal() => {
                DataSubject::Holds(submission.contact.into())
            }
            // Without a reason, or anything of hers, they say nothing of a person, and are recorded also when she was erased.
            LeadEvent::Qualified(Assessment { contact, reason: Some(_), .. })
            | LeadEvent::Disqualified(Assessment { contact, reason: Some(_), .. }) => {
                DataSubject::Holds((*contact).into())
            }
            LeadEvent::NoteAdded { contact, .. }
            | LeadEvent::CompanySet { contact, company: Some(_) }
            | LeadEvent::AttributeSet { contact, value: Some(_), .. } => DataSubject::Holds((*contact).into()),
            LeadEvent::Captured(_)
            | LeadEvent::CaptureCorrected(_)
            | LeadEvent::Submitted(_)
            | LeadEvent::Qualified(_)
            | LeadEvent::Disqualified(_)
            | LeadEvent::Moved { .. }
            | LeadEvent::Converted { .. }
            | LeadEvent::Lost { .. }
            | LeadEvent::SpamMarked { .. }
            | LeadEvent::SpamUnmarked { .. }
            | LeadEvent::Tagged { .. }
            | LeadEvent::Untagged { .. }
            | LeadEvent::CompanySet { .. }
            | LeadEvent::AttributeSet { .. }
            | LeadEvent::Transferred { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::lead::{
        AttributeValue, Capture, Company, CompanyName, LeadEvent, LeadSource, Reason, ReasonText, Score, Submission,
    };
    use crate::{AttributeId, ContactId, ConversationId, IdentifierHash, LostReasonId};

    pub(in crate::lead) const CONTACT: ContactId = ContactId::from_uuid(Uuid::from_u128(1));

    pub(in crate::lead) fn captured() -> LeadEvent {
        let conversation = ConversationId::from_uuid(Uuid::from_u128(2));
        let at = Timestamp::from_second(1_763_712_000).unwrap();
        LeadEvent::Captured(Capture::by_message(CONTACT, LeadSource::WhatsApp, conversation, at))
    }

    pub(in crate::lead) fn submission(number: u128, second: i64) -> Submission {
        crate::lead::samples::submission(CONTACT, number, second)
    }

    pub(in crate::lead) fn reason(said: &str) -> Reason {
        let text = ReasonText::parse(said).unwrap().into();
        Reason { text, hash: IdentifierHash::from_hex(format!("hash of {said}")) }
    }

    pub(in crate::lead) fn lost_reason() -> LostReasonId {
        LostReasonId::from_uuid(Uuid::from_u128(11))
    }

    pub(in crate::lead) fn attribute() -> AttributeId {
        AttributeId::from_uuid(Uuid::from_u128(12))
    }

    pub(in crate::lead) fn company(name: &str) -> Company {
        let hash = IdentifierHash::from_hex(format!("hash of {name}"));
        Company { name: CompanyName::parse(name).unwrap().into(), hash }
    }

    pub(in crate::lead) fn value(said: &str) -> AttributeValue {
        AttributeValue { value: said.to_owned().into(), hash: IdentifierHash::from_hex(format!("hash of {said}")) }
    }

    pub(in crate::lead) fn score(number: u8) -> Score {
        Score::try_from(number).unwrap()
    }
}
