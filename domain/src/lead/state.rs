use serde::{Deserialize, Serialize};

use super::{Capture, LeadCommand, LeadEvent, LeadRefusal, capture};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a lead's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    pub(super) capture: Option<Capture>,
}

aggregate::aggregate!(Lead, "lead", LeadCommand, LeadEvent, LeadRefusal);

impl Lead {
    fn evolve(&mut self, event: LeadEvent) {
        match event {
            LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture) => self.capture = Some(capture),
        }
    }
}

impl Decide for Lead {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadRefusal> {
        match command {
            LeadCommand::Capture(capture) => capture::decide(self, capture),
        }
    }

    fn reservations(event: &LeadEvent) -> Vec<ReservationChange> {
        match event {
            LeadEvent::Captured(_) | LeadEvent::CaptureCorrected(_) => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &LeadEvent) -> DataSubject {
        match event {
            LeadEvent::Captured(_) | LeadEvent::CaptureCorrected(_) => DataSubject::Nobody,
        }
    }
}
