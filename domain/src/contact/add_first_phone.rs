//! Somebody who was found by her e-mail address gives a phone. It is hers if she has none yet; if she has another one, it is not
//! for us to say whether she has two numbers or two people share an address.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, Identifier, IdentifierKind, add_identifier};

pub(super) fn decide(contact: &Contact, phone: Identifier) -> Result<Vec<ContactEvent>, ContactRefusal> {
    let has_another = match &contact.person {
        Person::Known { identifiers, .. } => {
            identifiers.iter().any(|held| held.kind == IdentifierKind::Phone) && !identifiers.contains(&phone.held)
        }
        Person::Unknown | Person::Erased => false,
    };
    if has_another { Err(ContactRefusal::AnotherPhone) } else { add_identifier::decide(contact, phone) }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::contact::state::samples::{
        added, email, erased, introduced, introduced_by, introduced_by_user_id, phone,
    };
    use crate::contact::{Contact, ContactCommand, ContactRefusal};

    const PHONE: &str = "+393331234567";
    const ANOTHER: &str = "+393337654321";

    fn add() -> ContactCommand {
        ContactCommand::AddFirstPhone { phone: phone(PHONE) }
    }

    #[test]
    fn who_has_no_phone_gets_one() {
        for given in [introduced_by(email("ada@example.com")), introduced_by_user_id("IT.1")] {
            TestFramework::<Contact>::with(())
                .given(vec![given])
                .when(add())
                .then_expect_events(vec![added(phone(PHONE))]);
        }
    }

    #[test]
    fn who_has_it_keeps_it_and_who_has_another_may_be_somebody_else() {
        for given in [vec![introduced(PHONE)], vec![introduced(ANOTHER), added(phone(PHONE))]] {
            TestFramework::<Contact>::with(()).given(given).when(add()).then_expect_events(vec![]);
        }
        for given in [vec![introduced(ANOTHER)], vec![introduced_by(email("ada@example.com")), added(phone(ANOTHER))]] {
            TestFramework::<Contact>::with(()).given(given).when(add()).then_expect_error(ContactRefusal::AnotherPhone);
        }
    }

    #[test]
    fn it_needs_somebody() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(add())
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(ANOTHER), erased(ANOTHER)])
            .when(add())
            .then_expect_error(ContactRefusal::Erased);
    }
}
