//! One of her identifiers becomes another: her history goes with her, and the old one may become somebody else's.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, HeldIdentifier, Identifier};
use crate::IdentifierHash;

pub(super) fn decide(
    contact: &Contact,
    from: IdentifierHash,
    to: Identifier,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    let Identifier { value, held: HeldIdentifier { kind, hash } } = to;
    let has = |identifiers: &std::collections::BTreeSet<HeldIdentifier>, hash: &IdentifierHash| {
        identifiers.contains(&HeldIdentifier { kind, hash: hash.clone() })
    };
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Erased => Err(ContactRefusal::Erased),
        Person::Known { .. } if from == hash => Ok(vec![]),
        Person::Known { identifiers, .. } if has(identifiers, &from) => {
            Ok(vec![ContactEvent::IdentifierChanged { kind, from, value: value.into(), hash }])
        }
        // The change is known already, or was of something that was never hers.
        Person::Known { identifiers, .. } if has(identifiers, &hash) => Ok(vec![]),
        Person::Known { .. } => Err(ContactRefusal::SomebodyElse),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::contact::state::samples::{STREAM, changed, erased, hash, introduced, phone, user_id};
    use crate::contact::{Contact, ContactCommand, ContactRefusal};
    use crate::{Decide, ReservationChange};

    const OLD: &str = "+393331234567";
    const NEW: &str = "+393337654321";

    fn change() -> ContactCommand {
        ContactCommand::ChangeIdentifier { from: hash(OLD), to: phone(NEW) }
    }

    #[test]
    fn a_number_becomes_another() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(OLD)])
            .when(change())
            .then_expect_events(vec![changed(OLD, phone(NEW))]);
        assert_eq!(
            Contact::reservations(STREAM, &changed(OLD, phone(NEW))),
            [
                ReservationChange::Release(phone(OLD).held.reservation()),
                ReservationChange::Take(phone(NEW).held.reservation()),
            ]
        );
    }

    #[test]
    fn a_change_that_is_known_changes_nothing() {
        for given in [vec![introduced(OLD), changed(OLD, phone(NEW))], vec![introduced(NEW)]] {
            TestFramework::<Contact>::with(()).given(given).when(change()).then_expect_events(vec![]);
        }
        TestFramework::<Contact>::with(())
            .given(vec![introduced(OLD)])
            .when(ContactCommand::ChangeIdentifier { from: hash(OLD), to: phone(OLD) })
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_hers_can_t_change() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(OLD)])
            .when(ContactCommand::ChangeIdentifier { from: hash("IT.1"), to: user_id("IT.2") })
            .then_expect_error(ContactRefusal::SomebodyElse);
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(change())
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(OLD), erased(OLD)])
            .when(change())
            .then_expect_error(ContactRefusal::Erased);
    }
}
