//! Nobody in particular is to see to a conversation any more, nor is any team asked to.

use super::{Conversation, ConversationEvent, ConversationRefusal};

pub(super) fn decide(conversation: &Conversation) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let thread = conversation.thread()?;
    let is_nobodys = thread.assignee.is_none() && thread.asked.is_none();
    Ok(if is_nobodys { vec![] } else { vec![ConversationEvent::Unassigned {}] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::conversation::state::samples::{MEMBER, TEAM, assigned, assigned_to_team, opened};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    #[test]
    fn what_was_somebody_s_or_a_team_s_is_nobody_s() {
        for given in [assigned(MEMBER), assigned_to_team(TEAM)] {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), given])
                .when(ConversationCommand::Unassign)
                .then_expect_events(vec![ConversationEvent::Unassigned {}]);
        }
    }

    #[test]
    fn what_is_nobody_s_stays_so() {
        for given in [
            vec![opened()],
            vec![opened(), assigned(MEMBER), ConversationEvent::Unassigned {}],
            vec![opened(), assigned_to_team(TEAM), ConversationEvent::Unassigned {}],
            vec![opened(), assigned_to_team(TEAM), ConversationEvent::Resolved {}],
        ] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(ConversationCommand::Unassign)
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_nobody_began_can_t_be_taken_from_anybody() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(ConversationCommand::Unassign)
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
