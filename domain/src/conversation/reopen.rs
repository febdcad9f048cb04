//! Somebody of the business takes up again what was settled, or set aside for a while.

use super::{Conversation, ConversationEvent, ConversationRefusal, Status};

pub(super) fn decide(conversation: &Conversation) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    Ok(match conversation.thread()?.status {
        Status::Open => vec![],
        Status::Snoozed { .. } | Status::Resolved => vec![ConversationEvent::Reopened {}],
    })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::conversation::state::samples::{opened, opened_with_group, snoozed};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    #[test]
    fn what_is_at_rest_is_taken_up_again() {
        for given in [
            vec![opened(), ConversationEvent::Resolved {}],
            vec![opened_with_group(), ConversationEvent::Resolved {}],
            vec![opened(), snoozed()],
        ] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(ConversationCommand::Reopen)
                .then_expect_events(vec![ConversationEvent::Reopened {}]);
        }
    }

    #[test]
    fn what_is_open_stays_open() {
        for given in [vec![opened()], vec![opened(), snoozed(), ConversationEvent::Woken {}]] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(ConversationCommand::Reopen)
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_nobody_began_can_t_be_taken_up() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(ConversationCommand::Reopen)
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
