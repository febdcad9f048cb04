//! She turns out to be known by something else, too.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, HeldIdentifier, Identifier, IdentifierKind};

pub(super) fn decide(contact: &Contact, identifier: Identifier) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Known { identifiers, .. } if identifiers.contains(&identifier.held) => Ok(vec![]),
        // She may have several numbers; her user id is one.
        Person::Known { identifiers, .. }
            if identifier.held.kind == IdentifierKind::WhatsAppUserId
                && identifiers.iter().any(|held| held.kind == IdentifierKind::WhatsAppUserId) =>
        {
            Err(ContactRefusal::AnotherUserId)
        }
        Person::Known { .. } => {
            let Identifier { value, held: HeldIdentifier { kind, hash } } = identifier;
            Ok(vec![ContactEvent::IdentifierAdded { kind, value: value.into(), hash }])
        }
        Person::Erased => Err(ContactRefusal::Erased),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::contact::state::samples::{STREAM, added, erased, introduced, introduced_by_user_id, phone, user_id};
    use crate::contact::{Contact, ContactCommand, ContactRefusal};
    use crate::{Decide, ReservationChange};

    const PHONE: &str = "+393331234567";

    fn add_phone() -> ContactCommand {
        ContactCommand::AddIdentifier { identifier: phone(PHONE) }
    }

    #[test]
    fn a_person_without_a_phone_gets_one() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced_by_user_id("IT.1")])
            .when(add_phone())
            .then_expect_events(vec![added(phone(PHONE))]);
        assert_eq!(
            Contact::reservations(STREAM, &added(phone(PHONE))),
            [ReservationChange::Take(phone(PHONE).held.reservation())]
        );
    }

    #[test]
    fn what_is_hers_already_changes_nothing() {
        for given in [vec![introduced(PHONE)], vec![introduced_by_user_id("IT.1"), added(phone(PHONE))]] {
            TestFramework::<Contact>::with(()).given(given).when(add_phone()).then_expect_events(vec![]);
        }
    }

    #[test]
    fn a_person_has_one_user_id_and_several_numbers() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), added(user_id("IT.1"))])
            .when(ContactCommand::AddIdentifier { identifier: user_id("IT.2") })
            .then_expect_error(ContactRefusal::AnotherUserId);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE)])
            .when(ContactCommand::AddIdentifier { identifier: phone("+393337654321") })
            .then_expect_events(vec![added(phone("+393337654321"))]);
    }

    #[test]
    fn it_needs_somebody_to_add_to() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(ContactCommand::AddIdentifier { identifier: user_id("IT.1") })
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(add_phone())
            .then_expect_error(ContactRefusal::Erased);
    }
}
