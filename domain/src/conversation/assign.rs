//! Somebody of the business is to see to a conversation, whatever its status: because it is said so, or because she takes
//! one that is nobody's.

use super::{Conversation, ConversationEvent, ConversationRefusal};
use crate::MemberId;

pub(super) fn decide(
    conversation: &Conversation,
    member: MemberId,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let thread = conversation.thread()?;
    Ok(if thread.assignee == Some(member) { vec![] } else { vec![ConversationEvent::Assigned { member }] })
}

pub(super) fn take(
    conversation: &Conversation,
    member: MemberId,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    match conversation.thread()?.assignee {
        None => Ok(vec![ConversationEvent::Assigned { member }]),
        Some(assignee) if assignee == member => Ok(vec![]),
        Some(_) => Err(ConversationRefusal::SomebodyElses),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::MemberId;
    use crate::conversation::state::samples::{
        COLLEAGUE, MEMBER, assigned, opened, opened_with_group, received, snoozed,
    };
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    fn assign(member: MemberId) -> ConversationCommand {
        ConversationCommand::Assign { member }
    }

    #[test]
    fn somebody_is_to_see_to_it_whatever_its_status() {
        for given in [
            vec![opened(), received("a")],
            vec![opened_with_group()],
            vec![opened(), snoozed()],
            vec![opened(), ConversationEvent::Resolved {}],
        ] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(assign(MEMBER))
                .then_expect_events(vec![assigned(MEMBER)]);
        }
    }

    #[test]
    fn it_goes_from_one_to_another_in_one_step() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned(MEMBER)])
            .when(assign(COLLEAGUE))
            .then_expect_events(vec![assigned(COLLEAGUE)]);
    }

    #[test]
    fn assigning_it_to_the_same_again_changes_nothing() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned(MEMBER)])
            .when(assign(MEMBER))
            .then_expect_events(vec![]);
    }

    #[test]
    fn it_comes_back_to_whoever_had_it() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned(MEMBER), assigned(COLLEAGUE)])
            .when(assign(MEMBER))
            .then_expect_events(vec![assigned(MEMBER)]);
    }

    #[test]
    fn whoever_is_first_takes_what_is_nobody_s() {
        let take = |member| ConversationCommand::Take { member };
        for given in [vec![opened()], vec![opened(), assigned(COLLEAGUE), ConversationEvent::Unassigned {}]] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(take(MEMBER))
                .then_expect_events(vec![assigned(MEMBER)]);
        }
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned(MEMBER)])
            .when(take(MEMBER))
            .then_expect_events(vec![]);
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned(COLLEAGUE)])
            .when(take(MEMBER))
            .then_expect_error(ConversationRefusal::SomebodyElses);
    }

    #[test]
    fn what_nobody_began_is_nobody_s() {
        for command in [assign(MEMBER), ConversationCommand::Take { member: MEMBER }] {
            TestFramework::<Conversation>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_error(ConversationRefusal::NotFound);
        }
    }
}
