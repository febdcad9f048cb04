//! Somebody is heard of for the first time. Two who introduce the same person at once propose two ids; the reservation
//! of her identifier picks one.

use super::add_identifier;
use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, HeldIdentifier, Identifier, IdentifierKind};
use crate::{E164, IdentifierHash, Personal};

pub(super) fn by_phone(
    contact: &Contact,
    phone: E164,
    phone_hash: IdentifierHash,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    let held = HeldIdentifier { kind: IdentifierKind::Phone, hash: phone_hash.clone() };
    first(contact, &held, ContactEvent::IntroducedByPhone { phone: Personal::Known(phone), phone_hash })
}

/// Both at once: whoever holds one of them keeps it, and nobody is introduced.
pub(super) fn with_email(
    contact: &Contact,
    phone: E164,
    phone_hash: IdentifierHash,
    email: Identifier,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    let mut events = by_phone(contact, phone, phone_hash)?;
    if events.is_empty() {
        return add_identifier::decide(contact, email);
    }
    let Identifier { value, held: HeldIdentifier { kind, hash } } = email;
    events.push(ContactEvent::IdentifierAdded { kind, value: value.into(), hash });
    Ok(events)
}

pub(super) fn by_user_id(
    contact: &Contact,
    user_id: String,
    user_id_hash: IdentifierHash,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    let held = HeldIdentifier { kind: IdentifierKind::WhatsAppUserId, hash: user_id_hash.clone() };
    first(contact, &held, ContactEvent::IntroducedByUserId { user_id: Personal::Known(user_id), user_id_hash })
}

pub(super) fn by(contact: &Contact, identifier: Identifier) -> Result<Vec<ContactEvent>, ContactRefusal> {
    let Identifier { value, held } = identifier;
    let HeldIdentifier { kind, hash } = held.clone();
    first(contact, &held, ContactEvent::Introduced { kind, value: Personal::Known(value), hash })
}

fn first(
    contact: &Contact,
    identifier: &HeldIdentifier,
    introduced: ContactEvent,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Ok(vec![introduced]),
        Person::Known { identifiers, .. } if identifiers.contains(identifier) => Ok(vec![]),
        Person::Known { .. } => Err(ContactRefusal::SomebodyElse),
        Person::Erased => Err(ContactRefusal::Erased),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::E164;
    use crate::contact::state::samples::{
        STREAM, added, email, erased, hash, introduced, introduced_by, introduced_by_user_id,
    };
    use crate::contact::{Contact, ContactCommand, ContactRefusal, Identifier};
    use crate::{Decide, ReservationChange};

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
    fn so_does_a_new_user_id() {
        let command = ContactCommand::IntroduceByUserId { user_id: "IT.1".to_owned(), user_id_hash: hash("IT.1") };
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(command.clone())
            .then_expect_events(vec![introduced_by_user_id("IT.1")]);
        TestFramework::<Contact>::with(())
            .given(vec![introduced_by_user_id("IT.1")])
            .when(command.clone())
            .then_expect_events(vec![]);
        TestFramework::<Contact>::with(())
            .given(vec![introduced_by_user_id("IT.2")])
            .when(command)
            .then_expect_error(ContactRefusal::SomebodyElse);
    }

    #[test]
    fn so_do_an_address_and_what_a_provider_calls_a_lead_of_hers() {
        let provider_lead = Identifier::provider_lead("lead-1", hash("lead-1"));
        for identifier in [email("ada@example.com"), provider_lead] {
            let command = ContactCommand::Introduce { identifier: identifier.clone() };
            let event = introduced_by(identifier.clone());
            TestFramework::<Contact>::with(())
                .given_no_previous_events()
                .when(command.clone())
                .then_expect_events(vec![event.clone()]);
            TestFramework::<Contact>::with(())
                .given(vec![event.clone()])
                .when(command.clone())
                .then_expect_events(vec![]);
            TestFramework::<Contact>::with(())
                .given(vec![introduced("+393331234567")])
                .when(command)
                .then_expect_error(ContactRefusal::SomebodyElse);
            let taken = [ReservationChange::Take(identifier.held.reservation())];
            assert_eq!(Contact::reservations(STREAM, &event), taken);
        }
    }

    #[test]
    fn a_number_and_an_address_may_introduce_her_together() {
        const PHONE: &str = "+393331234567";
        let address = email("ada@example.com");
        let both = ContactCommand::IntroduceWithEmail {
            phone: E164::parse(PHONE).unwrap(),
            phone_hash: hash(PHONE),
            email: address.clone(),
        };
        let whole = vec![introduced(PHONE), added(address.clone())];
        for (given, then) in
            [(vec![], whole.clone()), (vec![introduced(PHONE)], vec![added(address.clone())]), (whole.clone(), vec![])]
        {
            TestFramework::<Contact>::with(()).given(given).when(both.clone()).then_expect_events(then);
        }
        for (given, refused) in [
            (vec![introduced_by(address)], ContactRefusal::SomebodyElse),
            (vec![introduced(PHONE), erased(PHONE)], ContactRefusal::Erased),
        ] {
            TestFramework::<Contact>::with(()).given(given).when(both.clone()).then_expect_error(refused);
        }
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
            .then_expect_error(ContactRefusal::SomebodyElse);
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
