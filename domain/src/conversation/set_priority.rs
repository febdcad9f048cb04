//! Somebody of the business says how much a conversation matters.

use super::{Conversation, ConversationEvent, ConversationRefusal, Priority};

pub(super) fn decide(
    conversation: &Conversation,
    priority: Priority,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let thread = conversation.thread()?;
    Ok(if thread.priority == priority { vec![] } else { vec![ConversationEvent::PrioritySet { priority }] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::conversation::state::samples::{opened, opened_with_group, received};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, Priority};

    fn set(priority: Priority) -> ConversationCommand {
        ConversationCommand::SetPriority { priority }
    }

    fn was_set(priority: Priority) -> ConversationEvent {
        ConversationEvent::PrioritySet { priority }
    }

    #[test]
    fn a_conversation_matters_more_than_others() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a")])
            .when(set(Priority::Urgent))
            .then_expect_events(vec![was_set(Priority::Urgent)]);
        TestFramework::<Conversation>::with(())
            .given(vec![opened_with_group()])
            .when(set(Priority::Urgent))
            .then_expect_events(vec![was_set(Priority::Urgent)]);
    }

    #[test]
    fn it_can_matter_less_again() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), was_set(Priority::Urgent)])
            .when(set(Priority::None))
            .then_expect_events(vec![was_set(Priority::None)]);
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), was_set(Priority::High)])
            .when(set(Priority::High))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_new_conversation_has_none() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened()])
            .when(set(Priority::None))
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_nobody_began_does_not_matter() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(set(Priority::Low))
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
