//! A person wants to be forgotten: what she is known by is given up, and all that is recorded about her becomes unreadable.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal};

pub(super) fn decide(contact: &Contact) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Known { identifiers, .. } => {
            Ok(vec![ContactEvent::Erased { identifiers: identifiers.iter().cloned().collect() }])
        }
        Person::Erased => Ok(vec![]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::contact::state::samples::{STREAM, added, erased, introduced, phone, user_id};
    use crate::contact::{Contact, ContactCommand, ContactEvent, ContactRefusal};
    use crate::{ContactId, DataSubject, Decide, ReservationChange, StreamId};

    const PHONE: &str = "+393331234567";

    #[test]
    fn a_contact_is_erased() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE)])
            .when(ContactCommand::Erase)
            .then_expect_events(vec![erased(PHONE)]);
    }

    #[test]
    fn all_that_she_is_known_by_is_given_up() {
        let identifiers = vec![phone(PHONE).held, user_id("IT.1").held];
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), added(user_id("IT.1"))])
            .when(ContactCommand::Erase)
            .then_expect_events(vec![ContactEvent::Erased { identifiers }]);
    }

    #[test]
    fn erasing_her_again_changes_nothing() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(ContactCommand::Erase)
            .then_expect_events(vec![]);
    }

    #[test]
    fn whom_nobody_introduced_can_t_be_erased() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(ContactCommand::Erase)
            .then_expect_error(ContactRefusal::NotFound);
    }

    #[test]
    fn her_number_becomes_free_and_her_values_end() {
        assert_eq!(
            Contact::reservations(STREAM, &erased(PHONE)),
            [ReservationChange::Release(phone(PHONE).held.reservation())]
        );
        let contact = ContactId::from_uuid(Uuid::from_u128(1));
        assert_eq!(Contact::data_subject(StreamId::from(contact), &erased(PHONE)), DataSubject::Erases(contact.into()));
    }
}
