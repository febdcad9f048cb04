use serde::{Deserialize, Serialize};

use super::{Assessment, Capture, LeadCommand, LeadEvent, LeadRefusal, LeadStatus, Score, assess, capture};
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
    const STATE_VERSION: u32 = 2;

    fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadRefusal> {
        match command {
            LeadCommand::Capture(capture) => capture::decide(self, capture),
            LeadCommand::Qualify { reason, score } => assess::qualify(self, reason, score),
            LeadCommand::Disqualify { reason, score } => assess::disqualify(self, reason, score),
        }
    }

    fn reservations(_stream: StreamId, event: &LeadEvent) -> Vec<ReservationChange> {
        match event {
            LeadEvent::Captured(_)
            | LeadEvent::CaptureCorrected(_)
            | LeadEvent::Qualified(_)
            | LeadEvent::Disqualified(_) => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &LeadEvent) -> DataSubject {
        match event {
            // Without a reason they say nothing of a person, and are recorded also when she was erased.
            LeadEvent::Qualified(Assessment { contact, reason: Some(_), .. })
            | LeadEvent::Disqualified(Assessment { contact, reason: Some(_), .. }) => {
                DataSubject::Holds((*contact).into())
            }
            LeadEvent::Captured(_)
            | LeadEvent::CaptureCorrected(_)
            | LeadEvent::Qualified(_)
            | LeadEvent::Disqualified(_) => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::lead::{Capture, LeadEvent, LeadSource, Reason, ReasonText, Score};
    use crate::{ContactId, ConversationId, IdentifierHash};

    pub(in crate::lead) const CONTACT: ContactId = ContactId::from_uuid(Uuid::from_u128(1));

    pub(in crate::lead) fn captured() -> LeadEvent {
        LeadEvent::Captured(Capture {
            contact: CONTACT,
            source: LeadSource::WhatsApp,
            conversation: ConversationId::from_uuid(Uuid::from_u128(2)),
            captured_at: Timestamp::from_second(1_763_712_000).unwrap(),
        })
    }

    pub(in crate::lead) fn reason(said: &str) -> Reason {
        let text = ReasonText::parse(said).unwrap().into();
        Reason { text, hash: IdentifierHash::from_hex(format!("hash of {said}")) }
    }

    pub(in crate::lead) fn score(number: u8) -> Score {
        Score::try_from(number).unwrap()
    }
}
