//! Two contacts who were taken for one person are two after all. Whatever was hers, and came since, is hers: nothing was moved.
//!
//! Whoever was erased took with her all whom she stood for, so nobody is taken from her any more: who was merged into her is
//! erased a moment later.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, MergeReason, Standing};
use crate::ContactId;

pub(super) fn decide(
    contact: &Contact,
    winner: ContactId,
    standing: Standing,
    reason: Option<MergeReason>,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Erased => Err(ContactRefusal::Erased),
        Person::Known { merged_into: None, .. } => Ok(vec![]),
        Person::Known { merged_into: Some(into), .. } if *into != winner => Err(ContactRefusal::MergedElsewhere),
        Person::Known { .. } if standing == Standing::Erased => Err(ContactRefusal::OtherErased),
        Person::Known { .. } => Ok(vec![ContactEvent::Unmerged { from: winner, reason: reason.map(Into::into) }]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::contact::state::samples::{STREAM, erased, introduced, merged, unmerged};
    use crate::contact::{Contact, ContactCommand, ContactRefusal, Standing, stands_for};
    use crate::{ContactId, Decide, ReservationChange};

    const PHONE: &str = "+393331234567";
    const LOSER: ContactId = ContactId::from_uuid(STREAM.as_uuid());
    const WINNER: ContactId = ContactId::from_uuid(Uuid::from_u128(8));
    const ANOTHER: ContactId = ContactId::from_uuid(Uuid::from_u128(9));

    fn unmerge(winner: ContactId, standing: Standing) -> ContactCommand {
        ContactCommand::Unmerge { winner, standing, reason: None }
    }

    #[test]
    fn she_stands_for_herself_again() {
        // Also where the winner was merged further: the chain loses a link.
        for standing in [Standing::Herself, Standing::Merged] {
            TestFramework::<Contact>::with(())
                .given(vec![introduced(PHONE), merged(WINNER)])
                .when(unmerge(WINNER, standing))
                .then_expect_events(vec![unmerged(WINNER)]);
        }
        assert_eq!(
            Contact::reservations(STREAM, &unmerged(WINNER)),
            [ReservationChange::Release(stands_for(WINNER, LOSER))]
        );
    }

    #[test]
    fn whoever_stands_for_herself_stays_so() {
        for given in [vec![introduced(PHONE)], vec![introduced(PHONE), merged(WINNER), unmerged(WINNER)]] {
            TestFramework::<Contact>::with(())
                .given(given)
                .when(unmerge(WINNER, Standing::Herself))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn it_is_the_winner_she_is_taken_from() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), merged(ANOTHER)])
            .when(unmerge(WINNER, Standing::Herself))
            .then_expect_error(ContactRefusal::MergedElsewhere);
    }

    #[test]
    fn nobody_is_taken_from_whoever_was_erased() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), merged(WINNER)])
            .when(unmerge(WINNER, Standing::Erased))
            .then_expect_error(ContactRefusal::OtherErased);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), merged(WINNER), erased(PHONE)])
            .when(unmerge(WINNER, Standing::Herself))
            .then_expect_error(ContactRefusal::Erased);
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(unmerge(WINNER, Standing::Herself))
            .then_expect_error(ContactRefusal::NotFound);
    }
}
