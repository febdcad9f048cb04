//! Two contacts are one person: one of them, the winner, stands for both. Nothing moves. What is told of the loser, before and
//! after, stays in her own streams, so that it is hers again when they are unmerged.
//!
//! Both have to stand for themselves. The decision is the loser's, and rests on the winner's stream being where she was seen, so
//! of all who merge at once those whose winner has changed meanwhile decide again. Each link begins at somebody who stands for
//! herself and leads to another one who does, so no chain of links ever comes back to where it began.

use super::state::Person;
use super::{Contact, ContactEvent, ContactRefusal, MergeReason, Standing};
use crate::ContactId;

pub(super) fn decide(
    contact: &Contact,
    loser: ContactId,
    winner: ContactId,
    standing: Standing,
    reason: Option<MergeReason>,
) -> Result<Vec<ContactEvent>, ContactRefusal> {
    if loser == winner {
        return Err(ContactRefusal::Herself);
    }
    match &contact.person {
        Person::Unknown => Err(ContactRefusal::NotFound),
        Person::Erased => Err(ContactRefusal::Erased),
        Person::Known { merged_into: Some(into), .. } if *into == winner => Ok(vec![]),
        Person::Known { merged_into: Some(_), .. } => Err(ContactRefusal::Merged),
        Person::Known { merged_into: None, .. } => match standing {
            Standing::Herself => Ok(vec![ContactEvent::Merged { into: winner, reason: reason.map(Into::into) }]),
            Standing::Unknown => Err(ContactRefusal::OtherNotFound),
            Standing::Merged => Err(ContactRefusal::OtherMerged),
            Standing::Erased => Err(ContactRefusal::OtherErased),
        },
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::contact::state::samples::{STREAM, erased, introduced, merged, unmerged};
    use crate::contact::{Contact, ContactCommand, ContactEvent, ContactRefusal, MergeReason, Standing, stands_for};
    use crate::{ContactId, DataSubject, Decide, ReservationChange};

    const PHONE: &str = "+393331234567";
    const LOSER: ContactId = ContactId::from_uuid(STREAM.as_uuid());
    const WINNER: ContactId = ContactId::from_uuid(Uuid::from_u128(8));
    const ANOTHER: ContactId = ContactId::from_uuid(Uuid::from_u128(9));

    fn merge(winner: ContactId, standing: Standing) -> ContactCommand {
        ContactCommand::Merge { loser: LOSER, winner, standing, reason: None }
    }

    #[test]
    fn somebody_stands_for_her_from_now_on() {
        for given in [vec![introduced(PHONE)], vec![introduced(PHONE), merged(ANOTHER), unmerged(ANOTHER)]] {
            TestFramework::<Contact>::with(())
                .given(given)
                .when(merge(WINNER, Standing::Herself))
                .then_expect_events(vec![merged(WINNER)]);
        }
    }

    #[test]
    fn why_is_kept_and_is_about_her() {
        let reason = MergeReason::parse("Same voice on the phone").unwrap();
        let event = ContactEvent::Merged { into: WINNER, reason: Some(reason.clone().into()) };
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE)])
            .when(ContactCommand::Merge {
                loser: LOSER,
                winner: WINNER,
                standing: Standing::Herself,
                reason: Some(reason),
            })
            .then_expect_events(vec![event.clone()]);
        assert_eq!(Contact::data_subject(STREAM, &event), DataSubject::Holds(LOSER.into()));
        assert_eq!(Contact::data_subject(STREAM, &merged(WINNER)), DataSubject::Nobody);
        let facts = [ReservationChange::Take(stands_for(WINNER, LOSER))];
        assert_eq!(Contact::reservations(STREAM, &event), facts);
    }

    #[test]
    fn merging_them_again_changes_nothing() {
        // However the winner stands by now.
        for standing in [Standing::Herself, Standing::Merged] {
            TestFramework::<Contact>::with(())
                .given(vec![introduced(PHONE), merged(WINNER)])
                .when(merge(WINNER, standing))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn whoever_is_merged_is_unmerged_first() {
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), merged(ANOTHER)])
            .when(merge(WINNER, Standing::Herself))
            .then_expect_error(ContactRefusal::Merged);
    }

    #[test]
    fn the_winner_stands_for_herself() {
        for (standing, refusal) in [
            (Standing::Unknown, ContactRefusal::OtherNotFound),
            (Standing::Merged, ContactRefusal::OtherMerged),
            (Standing::Erased, ContactRefusal::OtherErased),
        ] {
            TestFramework::<Contact>::with(())
                .given(vec![introduced(PHONE)])
                .when(merge(WINNER, standing))
                .then_expect_error(refusal);
        }
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE)])
            .when(merge(LOSER, Standing::Herself))
            .then_expect_error(ContactRefusal::Herself);
    }

    #[test]
    fn it_needs_somebody() {
        TestFramework::<Contact>::with(())
            .given_no_previous_events()
            .when(merge(WINNER, Standing::Herself))
            .then_expect_error(ContactRefusal::NotFound);
        TestFramework::<Contact>::with(())
            .given(vec![introduced(PHONE), erased(PHONE)])
            .when(merge(WINNER, Standing::Herself))
            .then_expect_error(ContactRefusal::Erased);
    }
}
