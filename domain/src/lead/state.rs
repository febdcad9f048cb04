use serde::{Deserialize, Serialize};

use super::{Capture, LeadCommand, LeadEvent, LeadRefusal, capture};
use crate::{Decide, ReservationChange, aggregate};

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
}
