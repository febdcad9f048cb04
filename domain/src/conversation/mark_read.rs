//! Somebody of the business has read what there is.

use super::{Conversation, ConversationEvent, ConversationRefusal};

pub(super) fn decide(conversation: &Conversation) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let thread = conversation.thread()?;
    Ok(if thread.has_unread { vec![ConversationEvent::Read {}] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::conversation::state::samples::{CONTACT, opened, opened_with_group, received, received_in_group};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    #[test]
    fn unread_messages_are_read() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), received("b")])
            .when(ConversationCommand::MarkRead)
            .then_expect_events(vec![ConversationEvent::Read {}]);
        TestFramework::<Conversation>::with(())
            .given(vec![opened_with_group(), received_in_group(CONTACT, "a")])
            .when(ConversationCommand::MarkRead)
            .then_expect_events(vec![ConversationEvent::Read {}]);
    }

    #[test]
    fn reading_again_changes_nothing() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), ConversationEvent::Read {}])
            .when(ConversationCommand::MarkRead)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_nobody_wrote_can_t_be_read() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(ConversationCommand::MarkRead)
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
