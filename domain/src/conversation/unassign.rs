//! Nobody in particular is to see to a conversation any more.

use super::{Conversation, ConversationEvent, ConversationRefusal};

pub(super) fn decide(conversation: &Conversation) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let thread = conversation.thread()?;
    Ok(if thread.assignee.is_some() { vec![ConversationEvent::Unassigned {}] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::conversation::state::samples::{MEMBER, assigned, opened};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    #[test]
    fn what_was_somebody_s_is_nobody_s() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), assigned(MEMBER)])
            .when(ConversationCommand::Unassign)
            .then_expect_events(vec![ConversationEvent::Unassigned {}]);
    }

    #[test]
    fn what_is_nobody_s_stays_so() {
        for given in [vec![opened()], vec![opened(), assigned(MEMBER), ConversationEvent::Unassigned {}]] {
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
