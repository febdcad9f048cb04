use serde::{Deserialize, Serialize};

use super::{ContactCommand, ContactEvent, ContactRefusal, introduce_by_phone, phone_reservation};
use crate::{Decide, IdentifierHash, ReservationChange, aggregate};

/// What a contact's decisions need to know: hashes, never her data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub(super) phone_hash: Option<IdentifierHash>,
}

aggregate::aggregate!(Contact, "contact", ContactCommand, ContactEvent, ContactRefusal);

impl Contact {
    fn evolve(&mut self, event: ContactEvent) {
        match event {
            ContactEvent::IntroducedByPhone { phone_hash, .. } => self.phone_hash = Some(phone_hash),
        }
    }
}

impl Decide for Contact {
    fn decide(&self, command: ContactCommand) -> Result<Vec<ContactEvent>, ContactRefusal> {
        match command {
            ContactCommand::IntroduceByPhone { phone, phone_hash } => {
                introduce_by_phone::decide(self, phone, phone_hash)
            }
        }
    }

    fn reservations(event: &ContactEvent) -> Vec<ReservationChange> {
        match event {
            ContactEvent::IntroducedByPhone { phone_hash, .. } => {
                vec![ReservationChange::Take(phone_reservation(phone_hash))]
            }
        }
    }
}
