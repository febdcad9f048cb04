//! A person wants to be forgotten: her number is given up, and all that is recorded about her becomes unreadable.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal};

pub(super) fn decide(contact: &Contact) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Known { phone_hash } => Ok(vec![ContactEvent::Erased { phone_hash: phone_hash.clone() }]),
        Person::Erased => Ok(vec![]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::contact::state::samples::{erased, hash, introduced};
    use crate::contact::{Contact, ContactCommand, ContactRefusal, phone_reservation};
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
            Contact::reservations(&erased(PHONE)),
            [ReservationChange::Release(phone_reservation(&hash(PHONE)))]
        );
        let contact = ContactId::from_uuid(Uuid::from_u128(1));
        assert_eq!(Contact::data_subject(StreamId::from(contact), &erased(PHONE)), DataSubject::Erases(contact.into()));
    }
}
