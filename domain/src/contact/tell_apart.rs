//! Two contacts look as if they were one person, and somebody who knows says that they are two. They are not shown as possible
//! duplicates any more.
//!
//! Of a pair it is the one with the smaller id who is asked, so that either way round it is said once.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, Standing};
use crate::ContactId;

pub(super) fn decide(
    contact: &Contact,
    id: ContactId,
    other: ContactId,
    standing: Standing,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    if id == other {
        return Err(ContactRefusal::Herself);
    }
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Erased => Err(ContactRefusal::Erased),
        Person::Known { told_apart, .. } if told_apart.contains(&other) => Ok(vec![]),
        Person::Known { .. } => match standing {
            Standing::Herself | Standing::Merged => Ok(vec![ContactEvent::ToldApart { from: other }]),
            Standing::Unknown => Err(ContactRefusal::OtherNotFound),
            Standing::Erased => Err(ContactRefusal::OtherErased),
        },
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::contact::state::samples::{STREAM, erased, introduced, merged, unmerged};
    use crate::contact::{Contact, ContactCommand, ContactEvent, ContactRefusal, Standing};

    const PHONE: &str = "+393331234567";
    const SHE: ContactId = ContactId::from_uuid(STREAM.as_uuid());
    const OTHER: ContactId = ContactId::from_uuid(Uuid::from_u128(8));

    fn tell_apart(other: ContactId, standing: Standing) -> ContactCommand {
        ContactCommand::TellApart { contact: SHE, other, standing }
    }

    fn told_apart() -> ContactEvent {
        ContactEvent::ToldApart { from: OTHER }
    }

    #[test]
    fn they_are_told_apart_once() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE)])
            .when(tell_apart(OTHER, Standing::Herself))
            .then_expect_events(vec![told_apart()]);
        // Whoever was unmerged was told apart by that.
        for given in [vec![introduced(PHONE), told_apart()], vec![introduced(PHONE), merged(OTHER), unmerged(OTHER)]] {
            TestFramework::<Contact>::with(())
                .given(given)
                .when(tell_apart(OTHER, Standing::Herself))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn it_needs_two() {
        for (standing, refusal) in
            [(Standing::Unknown, ContactRefusal::OtherNotFound), (Standing::Erased, ContactRefusal::OtherErased)]
        {
            TestFramework::<Contact>::with(())
                .given(vec![introduced(PHONE)])
                .when(tell_apart(OTHER, standing))
                .then_expect_error(refusal);
        }
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE)])
            .when(tell_apart(SHE, Standing::Herself))
            .then_expect_error(ContactRefusal::Herself);
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(tell_apart(OTHER, Standing::Herself))
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(tell_apart(OTHER, Standing::Herself))
            .then_expect_error(ContactRefusal::Erased);
    }
}
