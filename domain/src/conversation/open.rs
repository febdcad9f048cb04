//! The business writes first, or writes elsewhere than here: the thread is there for it.

use super::{Conversation, ConversationEvent, ConversationRefusal, Counterpart};
use crate::{ChannelId, ContactId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    conversation.opening_with(Counterpart::Contact(contact), channel)
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::conversation::state::samples::{CHANNEL, CONTACT, opened, opened_with_group, received};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    fn open(contact: ContactId) -> ConversationCommand {
        ConversationCommand::Open { contact, channel: CHANNEL }
    }

    #[test]
    fn a_thread_is_opened_once() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(open(CONTACT))
            .then_expect_events(vec![opened()]);
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a")])
            .when(open(CONTACT))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_settled_matter_stays_settled() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), ConversationEvent::Resolved {}])
            .when(open(CONTACT))
            .then_expect_events(vec![]);
    }

    #[test]
    fn somebody_else_s_thread_is_refused() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened()])
            .when(open(ContactId::from_uuid(Uuid::from_u128(9))))
            .then_expect_error(ConversationRefusal::WrongThread);
    }

    #[test]
    fn a_group_s_thread_is_not_that_of_one_of_its_people() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened_with_group()])
            .when(open(CONTACT))
            .then_expect_error(ConversationRefusal::WrongThread);
    }
}
