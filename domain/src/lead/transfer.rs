//! Somebody of the business is to see to a lead, or nobody in particular. Whose conversations with her are is said there.

use super::{Lead, LeadEvent, LeadRefusal};
use crate::MemberId;

pub(super) fn decide(lead: &Lead, to: Option<MemberId>) -> Result<Vec<LeadEvent>, LeadRefusal> {
    let contact = lead.contact()?;
    Ok(if lead.owner == to { vec![] } else { vec![LeadEvent::Transferred { contact, to }] })
}

/// Of a lead that is somebody's who has not left, or spam, nothing changes.
pub(super) fn take(lead: &Lead, member: MemberId, after: Option<MemberId>) -> Result<Vec<LeadEvent>, LeadRefusal> {
    if lead.owner.is_some_and(|owner| Some(owner) != after) || lead.is_spam {
        return lead.contact().map(|_| vec![]);
    }
    decide(lead, Some(member))
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::lead::state::samples::{CONTACT, captured};
    use crate::lead::{Lead, LeadCommand, LeadEvent, LeadRefusal};
    use crate::{MemberId, StageId};

    #[test]
    fn it_is_whose_it_was_said_to_be_last() {
        let member = |number| Some(MemberId::from_uuid(Uuid::from_u128(number)));
        let transferred = |to| LeadEvent::Transferred { contact: CONTACT, to };
        for (given, to, is_new) in [
            (vec![], None, false),
            (vec![], member(1), true),
            (vec![transferred(member(1))], member(1), false),
            (vec![transferred(member(1))], member(2), true),
            (vec![transferred(member(1))], None, true),
        ] {
            TestFramework::<Lead>::with(())
                .given([vec![captured()], given].concat())
                .when(LeadCommand::Transfer { to })
                .then_expect_events(is_new.then(|| transferred(to)).into_iter().collect());
        }
        TestFramework::<Lead>::with(())
            .given_no_previous_events()
            .when(LeadCommand::Transfer { to: member(1) })
            .then_expect_error(LeadRefusal::NotFound);
    }

    #[test]
    fn what_was_hers_who_has_left_is_taken_from_her_alone() {
        let [ada, bea, carl] = [1, 2, 3].map(|number| MemberId::from_uuid(Uuid::from_u128(number)));
        let transferred = |to| LeadEvent::Transferred { contact: CONTACT, to: Some(to) };
        for (has, is_taken) in [(bea, true), (carl, false)] {
            TestFramework::<Lead>::with(())
                .given(vec![captured(), transferred(has)])
                .when(LeadCommand::Take { member: ada, after: Some(bea) })
                .then_expect_events(is_taken.then(|| transferred(ada)).into_iter().collect());
        }
    }

    #[test]
    fn what_is_nobody_s_and_no_spam_is_taken() {
        let [ada, bea] = [1, 2].map(|number| MemberId::from_uuid(Uuid::from_u128(number)));
        let transferred = |to| LeadEvent::Transferred { contact: CONTACT, to };
        for (given, is_taken) in [
            (vec![], true),
            (vec![transferred(Some(bea))], false),
            (vec![transferred(Some(bea)), transferred(None)], true),
            (vec![LeadEvent::SpamMarked { contact: CONTACT }], false),
            (vec![LeadEvent::SpamMarked { contact: CONTACT }, LeadEvent::SpamUnmarked { contact: CONTACT }], true),
            // She is interested anew.
            (vec![LeadEvent::Lost { contact: CONTACT, stage: StageId::LOST, reason: None }], true),
        ] {
            TestFramework::<Lead>::with(())
                .given([vec![captured()], given].concat())
                .when(LeadCommand::Take { member: ada, after: None })
                .then_expect_events(is_taken.then(|| transferred(Some(ada))).into_iter().collect());
        }
        TestFramework::<Lead>::with(())
            .given_no_previous_events()
            .when(LeadCommand::Take { member: ada, after: None })
            .then_expect_error(LeadRefusal::NotFound);
    }
}
