use serde::{Deserialize, Serialize};

use super::{Assessment, Capture, LeadCommand, LeadEvent, LeadRefusal, LeadStatus, Score, assess, capture, submit};
use crate::{DataSubject, Decide, IdentifierHash, ReservationChange, StreamId, aggregate};

/// What a lead's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    pub(super) capture: Option<Capture>,
    pub(super) status: LeadStatus,
    pub(super) reason: Option<IdentifierHash>,
    pub(super) score: Option<Score>,
}

aggregate::aggregate!(Lead, "lead", LeadCommand, LeadEvent, LeadRefusal);

impl Lead {
    fn evolve(&mut self, event: LeadEvent) {
        match event {
            LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture) => self.capture = Some(capture),
            // Where the interest began is told beside it, and no other decision hangs on what she told.
            LeadEvent::Submitted(_) => {}
            LeadEvent::Qualified(assessment) => self.stand(LeadStatus::Qualified, assessment),
            LeadEvent::Disqualified(assessment) => self.stand(LeadStatus::Disqualified, assessment),
        }
    }

    fn stand(&mut self, status: LeadStatus, assessment: Assessment) {
        self.status = status;
        self.reason = assessment.reason.map(|reason| reason.hash);
        self.score = assessment.score;
    }
}

impl Decide for Lead {
    const STATE_VERSION: u32 = 3;

    fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadRefusal> {
        match command {
            LeadCommand::Capture(capture) => capture::decide(self, capture),
            LeadCommand::Submit(submission) => submit::decide(self, submission),
            LeadCommand::Qualify { reason, score } => assess::qualify(self, reason, score),
            LeadCommand::Disqualify { reason, score } => assess::disqualify(self, reason, score),
        }
    }

    fn reservations(_stream: StreamId, event: &LeadEvent) -> Vec<ReservationChange> {
        match event {
            LeadEvent::Captured(_)
            | LeadEvent::CaptureCorrected(_)
            | LeadEvent::Submitted(_)
            | LeadEvent::Qualified(_)
            | LeadEvent::Disqualified(_) => vec![],
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
            LeadEvent::Captured(_)
            | LeadEvent::CaptureCorrected(_)
            | LeadEvent::Submitted(_)
            | LeadEvent::Qualified(_)
            | LeadEvent::Disqualified(_) => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::lead::{Capture, LeadEvent, LeadSource, Reason, ReasonText, Score, Submission};
    use crate::{ContactId, ConversationId, IdentifierHash};

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

    pub(in crate::lead) fn score(number: u8) -> Score {
        Score::try_from(number).unwrap()
    }
}
