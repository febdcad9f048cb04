use serde::{Deserialize, Serialize};

use super::{ContactCommand, ContactEvent, ContactRefusal, erase, introduce_by_phone, phone_reservation};
use crate::{ContactId, DataSubject, Decide, IdentifierHash, ReservationChange, StreamId, aggregate};

/// What a contact's decisions need to know: hashes, never her data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub(super) person: Person,
}

/// Whom the contact's id stands for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Person {
    /// Nobody was introduced yet.
    #[default]
    Unknown,
    /// Somebody with this phone.
    Known { phone_hash: IdentifierHash },
    /// Somebody who wanted to be forgotten.
    Erased,
}

aggregate::aggregate!(Contact, "contact", ContactCommand, ContactEvent, ContactRefusal);

impl Contact {
    fn evolve(&mut self, event: ContactEvent) {
        self.person = match event {
            ContactEvent::IntroducedByPhone { phone_hash, .. } => Person::Known { phone_hash },
            ContactEvent::Erased { .. } => Person::Erased,
        };
    }
}

impl Decide for Contact {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: ContactCommand) -> Result<Vec<ContactEvent>, ContactRefusal> {
        match command {
            ContactCommand::IntroduceByPhone { phone, phone_hash } => {
                introduce_by_phone::decide(self, phone, phone_hash)
            }
            ContactCommand::Erase => erase::decide(self),
        }
    }

    fn reservations(event: &ContactEvent) -> Vec<ReservationChange> {
        match event {
            ContactEvent::IntroducedByPhone { phone_hash, .. } => {
                vec![ReservationChange::Take(phone_reservation(phone_hash))]
            }
            ContactEvent::Erased { phone_hash } => vec![ReservationChange::Release(phone_reservation(phone_hash))],
        }
    }

    fn data_subject(stream: StreamId, event: &ContactEvent) -> DataSubject {
        let contact = ContactId::from_uuid(stream.as_uuid());
        match event {
            ContactEvent::IntroducedByPhone { .. } => DataSubject::Holds(contact.into()),
            ContactEvent::Erased { .. } => DataSubject::Erases(contact.into()),
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::ContactEvent;
    use crate::{E164, IdentifierHash};

    pub(in crate::contact) fn hash(phone: &str) -> IdentifierHash {
        IdentifierHash::from_hex(format!("hash of {phone}"))
    }

    pub(in crate::contact) fn introduced(phone: &str) -> ContactEvent {
        ContactEvent::IntroducedByPhone { phone: E164::parse(phone).unwrap().into(), phone_hash: hash(phone) }
    }

    pub(in crate::contact) fn erased(phone: &str) -> ContactEvent {
        ContactEvent::Erased { phone_hash: hash(phone) }
    }
}
