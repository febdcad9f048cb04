//! She comes with an identifier that somebody else holds. Nobody is merged: it is recorded, once, for people to look at.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, HeldIdentifier};
use crate::ContactId;

pub(super) fn decide(
    contact: &Contact,
    identifier: HeldIdentifier,
    holder: ContactId,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Known { identifiers, conflicts, .. }
            if conflicts.contains(&identifier) || identifiers.contains(&identifier) =>
        {
            Ok(vec![])
        }
        Person::Known { .. } => {
            let HeldIdentifier { kind, hash } = identifier;
            Ok(vec![ContactEvent::IdentifierConflicted { kind, hash, holder }])
        }
        Person::Erased => Err(ContactRefusal::Erased),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::contact::state::samples::{added, erased, introduced, introduced_by_user_id, phone};
    use crate::contact::{Contact, ContactCommand, ContactEvent, ContactRefusal, HeldIdentifier};

    const PHONE: &str = "+393331234567";
    const HOLDER: ContactId = ContactId::from_uuid(Uuid::from_u128(9));

    fn record() -> ContactCommand {
        ContactCommand::RecordConflict { identifier: phone(PHONE).held, holder: HOLDER }
    }

    fn conflicted() -> ContactEvent {
        let HeldIdentifier { kind, hash } = phone(PHONE).held;
        ContactEvent::IdentifierConflicted { kind, hash, holder: HOLDER }
    }

    #[test]
    fn a_conflict_is_recorded_once() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced_by_user_id("IT.1")])
            .when(record())
            .then_expect_events(vec![conflicted()]);
        TestFramework::<Contact>::with(())
            .given(vec![introduced_by_user_id("IT.1"), conflicted()])
            .when(record())
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_became_hers_is_no_conflict() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced_by_user_id("IT.1"), conflicted(), added(phone(PHONE))])
            .when(record())
            .then_expect_events(vec![]);
    }

    #[test]
    fn it_needs_somebody() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(record())
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(record())
            .then_expect_error(ContactRefusal::Erased);
    }
}
