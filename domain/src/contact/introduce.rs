//! Somebody is heard of for the first time. Two who introduce the same phone at once propose two ids; the
//! reservation picks one.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal};
use crate::{E164, IdentifierHash, Personal};

pub(super) fn decide(
    contact: &Contact,
    phone: E164,
    phone_hash: IdentifierHash,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Ok(vec![ContactEvent::IntroducedByPhone { phone: Personal::Known(phone), phone_hash }]),
        Person::Known { phone_hash: known } if *known == phone_hash => Ok(vec![]),
        Person::Known { .. } => Err(ContactRefusal::IntroducedByAnotherPhone),
        Person::Erased => Err(ContactRefusal::Erased),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::E164;
    use crate::contact::state::samples::{erased, hash, introduced};
    use crate::contact::{Contact, ContactCommand, ContactRefusal};

    fn introduce(phone: &str) -> ContactCommand {
        ContactCommand::IntroduceByPhone { phone: E164::parse(phone).unwrap(), phone_hash: hash(phone) }
    }

    #[test]
    fn a_new_phone_introduces_a_contact() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(introduce("+393331234567"))
            .then_expect_events(vec![introduced("+393331234567")]);
    }

    #[test]
    fn introducing_her_again_changes_nothing() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced("+393331234567")])
            .when(introduce("+393331234567"))
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_id_stays_with_its_person() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced("+393331234567")])
            .when(introduce("+393337654321"))
            .then_expect_error(ContactRefusal::IntroducedByAnotherPhone);
    }

    #[test]
    fn who_was_erased_does_not_come_back_under_her_id() {
        for phone in ["+393331234567", "+393337654321"] {
            TestFramework::<Contact>::with(())
                .given(vec![introduced("+393331234567"), erased("+393331234567")])
                .when(introduce(phone))
                .then_expect_error(ContactRefusal::Erased);
        }
    }
}
