use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::marketing::SaidLast;
use super::merging::{Standing, stands_for};
use super::{
    ContactCommand, ContactEvent, ContactRefusal, HeldIdentifier, IdentifierKind, Marketing, add_first_phone,
    add_identifier, change_identifier, erase, introduce, list, merge, record_conflict, tell_apart,
    tell_marketing_preference, unlist, unmerge,
};
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
    /// Somebody who is known by these.
    Known {
        identifiers: BTreeSet<HeldIdentifier>,
        /// What she came with and others hold.
        conflicts: BTreeSet<HeldIdentifier>,
        /// What she said last of marketing.
        marketing: Option<SaidLast>,
        /// Who stands for her, where she does not herself.
        merged_into: Option<ContactId>,
        /// Of whom she was told apart.
        told_apart: BTreeSet<ContactId>,
    },
    /// Somebody who wanted to be forgotten.
    Erased,
}

aggregate::aggregate!(Contact, "contact", ContactCommand, ContactEvent, ContactRefusal);

fn held(kind: IdentifierKind, hash: &IdentifierHash) -> HeldIdentifier {
    HeldIdentifier { kind, hash: hash.clone() }
}

impl Contact {
    /// Whether she may be sent marketing, by what she said last; `None` while she has said nothing of it, or was erased.
    #[must_use]
    pub fn marketing(&self) -> Option<Marketing> {
        match &self.person {
            Person::Known { marketing, .. } => marketing.map(|said| said.marketing),
            Person::Unknown | Person::Erased => None,
        }
    }

    /// What she said last of marketing, and when: of several contacts who are one person, the greatest counts.
    #[must_use]
    pub fn said_last(&self) -> Option<SaidLast> {
        match &self.person {
            Person::Known { marketing, .. } => *marketing,
            Person::Unknown | Person::Erased => None,
        }
    }

    /// Who stands for her, where she does not herself.
    #[must_use]
    pub fn merged_into(&self) -> Option<ContactId> {
        match &self.person {
            Person::Known { merged_into, .. } => *merged_into,
            Person::Unknown | Person::Erased => None,
        }
    }

    /// Whether she is known by something of this kind.
    #[must_use]
    pub fn is_known_by(&self, kind: IdentifierKind) -> bool {
        match &self.person {
            Person::Known { identifiers, .. } => identifiers.iter().any(|held| held.kind == kind),
            Person::Unknown | Person::Erased => false,
        }
    }

    /// How she stands, for a decision about another contact.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match &self.person {
            Person::Unknown => Standing::Unknown,
            Person::Known { merged_into: None, .. } => Standing::Herself,
            Person::Known { merged_into: Some(_), .. } => Standing::Merged,
            Person::Erased => Standing::Erased,
        }
    }

    fn evolve(&mut self, event: ContactEvent) {
        match event {
            ContactEvent::IntroducedByPhone { phone_hash: hash, .. } => {
                self.introduce(held(IdentifierKind::Phone, &hash));
            }
            ContactEvent::IntroducedByUserId { user_id_hash: hash, .. } => {
                self.introduce(held(IdentifierKind::WhatsAppUserId, &hash));
            }
            ContactEvent::Introduced { kind, hash, .. } => self.introduce(held(kind, &hash)),
            ContactEvent::IdentifierAdded { kind, hash, .. } => self.change(|identifiers, conflicts| {
                conflicts.remove(&held(kind, &hash));
                identifiers.insert(held(kind, &hash));
            }),
            ContactEvent::IdentifierChanged { kind, from, hash, .. } => self.change(|identifiers, conflicts| {
                identifiers.remove(&held(kind, &from));
                conflicts.remove(&held(kind, &hash));
                identifiers.insert(held(kind, &hash));
            }),
            ContactEvent::IdentifierConflicted { kind, hash, .. } => {
                self.change(|_, conflicts| {
                    conflicts.insert(held(kind, &hash));
                });
            }
            ContactEvent::Erased { .. } => self.person = Person::Erased,
            ContactEvent::MarketingPreferenceTold { preference, .. } => {
                if let Person::Known { marketing, .. } = &mut self.person {
                    *marketing = (*marketing).max(preference.said());
                }
            }
            // No decision hangs on what the business calls her.
            ContactEvent::Listed { .. } | ContactEvent::Unlisted { .. } => {}
            ContactEvent::Merged { into, .. } => self.stand_under(Some(into)),
            ContactEvent::Unmerged { from, .. } => {
                self.stand_under(None);
                self.tell_apart(from);
            }
            ContactEvent::ToldApart { from } => self.tell_apart(from),
        }
    }

    fn stand_under(&mut self, winner: Option<ContactId>) {
        if let Person::Known { merged_into, .. } = &mut self.person {
            *merged_into = winner;
        }
    }

    fn tell_apart(&mut self, other: ContactId) {
        if let Person::Known { told_apart, .. } = &mut self.person {
            told_apart.insert(other);
        }
    }

    fn introduce(&mut self, identifier: HeldIdentifier) {
        let (identifiers, conflicts) = (BTreeSet::from([identifier]), BTreeSet::new());
        self.person =
            Person::Known { identifiers, conflicts, marketing: None, merged_into: None, told_apart: BTreeSet::new() };
    }

    fn change(&mut self, change: impl FnOnce(&mut BTreeSet<HeldIdentifier>, &mut BTreeSet<HeldIdentifier>)) {
        if let Person::Known { identifiers, conflicts, .. } = &mut self.person {
            change(identifiers, conflicts);
        }
    }
}

impl Decide for Contact {
    const STATE_VERSION: u32 = 5;

    fn decide(&self, command: ContactCommand) -> Result<Vec<ContactEvent>, ContactRefusal> {
        match command {
            ContactCommand::IntroduceByPhone { phone, phone_hash } => introduce::by_phone(self, phone, phone_hash),
            ContactCommand::IntroduceWithEmail { phone, phone_hash, email } => {
                introduce::with_email(self, phone, phone_hash, email)
            }
            ContactCommand::IntroduceByUserId { user_id, user_id_hash } => {
                introduce::by_user_id(self, user_id, user_id_hash)
            }
            ContactCommand::Introduce { identifier } => introduce::by(self, identifier),
            ContactCommand::AddFirstPhone { phone } => add_first_phone::decide(self, phone),
            ContactCommand::AddIdentifier { identifier } => add_identifier::decide(self, identifier),
            ContactCommand::ChangeIdentifier { from, to } => change_identifier::decide(self, from, to),
            ContactCommand::RecordConflict { identifier, holder } => record_conflict::decide(self, identifier, holder),
            ContactCommand::Erase => erase::decide(self),
            ContactCommand::TellMarketingPreference { channel, preference } => {
                tell_marketing_preference::decide(self, channel, preference)
            }
            ContactCommand::List { channel, name, first_name, telling } => {
                list::decide(self, channel, name, first_name, telling)
            }
            ContactCommand::Unlist { channel, telling } => unlist::decide(self, channel, telling),
            ContactCommand::Merge { loser, winner, standing, reason } => {
                merge::decide(self, loser, winner, standing, reason)
            }
            ContactCommand::Unmerge { winner, standing, reason } => unmerge::decide(self, winner, standing, reason),
            ContactCommand::TellApart { contact, other, standing } => {
                tell_apart::decide(self, contact, other, standing)
            }
        }
    }

    fn reservations(stream: StreamId, event: &ContactEvent) -> Vec<ReservationChange> {
        let loser = ContactId::from_uuid(stream.as_uuid());
        let take = |kind, hash| ReservationChange::Take(held(kind, hash).reservation());
        match event {
            ContactEvent::IntroducedByPhone { phone_hash: hash, .. } => vec![take(IdentifierKind::Phone, hash)],
            ContactEvent::IntroducedByUserId { user_id_hash: hash, .. } => {
                vec![take(IdentifierKind::WhatsAppUserId, hash)]
            }
            ContactEvent::Introduced { kind, hash, .. } | ContactEvent::IdentifierAdded { kind, hash, .. } => {
                vec![take(*kind, hash)]
            }
            ContactEvent::IdentifierChanged { kind, from, hash, .. } => {
                vec![ReservationChange::Release(held(*kind, from).reservation()), take(*kind, hash)]
            }
            ContactEvent::IdentifierConflicted { .. } => vec![],
            ContactEvent::Erased { identifiers } => {
                identifiers.iter().map(|held| ReservationChange::Release(held.reservation())).collect()
            }
            // By these a winner's losers are found, as of the log's head.
            ContactEvent::Merged { into, .. } => vec![ReservationChange::Take(stands_for(*into, loser))],
            ContactEvent::Unmerged { from, .. } => vec![ReservationChange::Release(stands_for(*from, loser))],
            ContactEvent::MarketingPreferenceTold { .. }
            | ContactEvent::Listed { .. }
            | ContactEvent::Unlisted { .. }
            | ContactEvent::ToldApart { .. } => vec![],
        }
    }

    fn data_subject(stream: StreamId, event: &ContactEvent) -> DataSubject {
        let contact = ContactId::from_uuid(stream.as_uuid());
        match event {
            ContactEvent::IntroducedByPhone { .. }
            | ContactEvent::IntroducedByUserId { .. }
            | ContactEvent::Introduced { .. }
            | ContactEvent::IdentifierAdded { .. }
            | ContactEvent::IdentifierChanged { .. } => DataSubject::Holds(contact.into()),
            ContactEvent::IdentifierConflicted { .. } => DataSubject::Nobody,
            ContactEvent::Erased { .. } => DataSubject::Erases(contact.into()),
            ContactEvent::Listed { .. } => DataSubject::Holds(contact.into()),
            ContactEvent::MarketingPreferenceTold { preference, .. } if preference.detail.is_some() => {
                DataSubject::Holds(contact.into())
            }
            ContactEvent::Merged { reason: Some(_), .. } | ContactEvent::Unmerged { reason: Some(_), .. } => {
                DataSubject::Holds(contact.into())
            }
            ContactEvent::MarketingPreferenceTold { .. }
            | ContactEvent::Unlisted { .. }
            | ContactEvent::Merged { .. }
            | ContactEvent::Unmerged { .. }
            | ContactEvent::ToldApart { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::ContactEvent;
    use crate::contact::{HeldIdentifier, Identifier, IdentifierKind, Telling};
    use crate::{ContactId, E164, EmailAddress, IdentifierHash, StreamId};

    pub(in crate::contact) const STREAM: StreamId = StreamId::from_uuid(Uuid::from_u128(7));

    pub(in crate::contact) fn hash(identifier: &str) -> IdentifierHash {
        IdentifierHash::from_hex(format!("hash of {identifier}"))
    }

    pub(in crate::contact) fn phone(phone: &str) -> Identifier {
        Identifier::phone(&E164::parse(phone).unwrap(), hash(phone))
    }

    pub(in crate::contact) fn user_id(id: &str) -> Identifier {
        Identifier::whatsapp_user_id(id, hash(id))
    }

    pub(in crate::contact) fn email(address: &str) -> Identifier {
        Identifier::email(&EmailAddress::parse(address).unwrap(), hash(address))
    }

    pub(in crate::contact) fn introduced_by(identifier: Identifier) -> ContactEvent {
        let Identifier { value, held: HeldIdentifier { kind, hash } } = identifier;
        ContactEvent::Introduced { kind, value: value.into(), hash }
    }

    pub(in crate::contact) fn introduced(phone: &str) -> ContactEvent {
        ContactEvent::IntroducedByPhone { phone: E164::parse(phone).unwrap().into(), phone_hash: hash(phone) }
    }

    pub(in crate::contact) fn introduced_by_user_id(id: &str) -> ContactEvent {
        ContactEvent::IntroducedByUserId { user_id: id.to_owned().into(), user_id_hash: hash(id) }
    }

    pub(in crate::contact) fn added(identifier: Identifier) -> ContactEvent {
        let Identifier { value, held: HeldIdentifier { kind, hash } } = identifier;
        ContactEvent::IdentifierAdded { kind, value: value.into(), hash }
    }

    pub(in crate::contact) fn changed(from: &str, to: Identifier) -> ContactEvent {
        let Identifier { value, held: HeldIdentifier { kind, hash: to } } = to;
        ContactEvent::IdentifierChanged { kind, from: hash(from), value: value.into(), hash: to }
    }

    pub(in crate::contact) fn telling(second: i64) -> Telling {
        let told_at = Timestamp::from_second(1_763_712_000 + second).unwrap();
        Telling { told_at, received_at: None, odd_timestamp: None }
    }

    pub(in crate::contact) fn merged(into: ContactId) -> ContactEvent {
        ContactEvent::Merged { into, reason: None }
    }

    pub(in crate::contact) fn unmerged(from: ContactId) -> ContactEvent {
        ContactEvent::Unmerged { from, reason: None }
    }

    pub(in crate::contact) fn erased(phone: &str) -> ContactEvent {
        ContactEvent::Erased { identifiers: vec![HeldIdentifier { kind: IdentifierKind::Phone, hash: hash(phone) }] }
    }
}
