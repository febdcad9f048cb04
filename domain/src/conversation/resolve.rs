//! The matter is settled, until the customer writes again.

use super::{Conversation, ConversationEvent, ConversationRefusal, Status};

pub(super) fn decide(conversation: &Conversation) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    Ok(match conversation.thread()?.status {
        Status::Open | Status::Snoozed { .. } => vec![ConversationEvent::Resolved {}],
        Status::Resolved => vec![],
    })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::conversation::state::samples::{opened, opened_with_group, received, snoozed};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    #[test]
    fn an_open_matter_is_settled() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a")])
            .when(ConversationCommand::Resolve)
            .then_expect_events(vec![ConversationEvent::Resolved {}]);
        TestFramework::<Conversation>::with(())
            .given(vec![opened_with_group()])
            .when(ConversationCommand::Resolve)
            .then_expect_events(vec![ConversationEvent::Resolved {}]);
    }

    #[test]
    fn what_was_set_aside_can_be_settled() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), snoozed()])
            .when(ConversationCommand::Resolve)
            .then_expect_events(vec![ConversationEvent::Resolved {}]);
    }

    #[test]
    fn settling_it_again_changes_nothing() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), ConversationEvent::Resolved {}])
            .when(ConversationCommand::Resolve)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_nobody_began_can_t_be_settled() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(ConversationCommand::Resolve)
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
