//! The business writes first, or writes elsewhere than here: the thread is there for it.

use super::{Conversation, ConversationEvent, ConversationRefusal};
use crate::{ChannelId, ContactId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    match &conversation.thread {
        None => Ok(vec![ConversationEvent::Opened { contact, channel }]),
        Some(thread) if (thread.contact, thread.channel) != (contact, channel) => Err(ConversationRefusal::WrongThread),
        Some(_) => Ok(vec![]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::conversation::state::samples::{CHANNEL, CONTACT, opened, received};
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
}
