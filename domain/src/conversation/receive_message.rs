//! The customer writes: the first message opens the thread, one into a resolved thread reopens it. What WhatsApp tells of
//! its own accord reopens nothing.
//!
//! The same message twice is the same command twice; the log's command ids see to that.

use super::{Conversation, ConversationEvent, ConversationRefusal, ConversationStatus, InboundMessage};
use crate::{ChannelId, ContactId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
    message: InboundMessage,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let is_written = message.is_written();
    let received = ConversationEvent::MessageReceived { contact, channel, message };
    match &conversation.thread {
        None => Ok(vec![ConversationEvent::Opened { contact, channel }, received]),
        Some(thread) if (thread.contact, thread.channel) != (contact, channel) => Err(ConversationRefusal::WrongThread),
        Some(thread) => match thread.status {
            ConversationStatus::Open => Ok(vec![received]),
            ConversationStatus::Resolved if is_written => Ok(vec![ConversationEvent::Reopened {}, received]),
            ConversationStatus::Resolved => Ok(vec![received]),
        },
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::conversation::state::samples::{CHANNEL, CONTACT, opened, receive, received, text};
    use crate::conversation::{
        Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, InboundMessage, MessageContent,
    };

    #[test]
    fn the_first_message_opens_the_thread() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(receive("a"))
            .then_expect_events(vec![opened(), received("a")]);
    }

    #[test]
    fn further_messages_join_it() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a")])
            .when(receive("b"))
            .then_expect_events(vec![received("b")]);
    }

    #[test]
    fn a_message_reopens_what_was_resolved() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), ConversationEvent::Resolved {}])
            .when(receive("b"))
            .then_expect_events(vec![ConversationEvent::Reopened {}, received("b")]);
    }

    #[test]
    fn what_nobody_wrote_reopens_nothing() {
        let message = InboundMessage { content: MessageContent::Welcome {}, ..text("b") };
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), ConversationEvent::Resolved {}])
            .when(ConversationCommand::ReceiveMessage { contact: CONTACT, channel: CHANNEL, message: message.clone() })
            .then_expect_events(vec![ConversationEvent::MessageReceived {
                contact: CONTACT,
                channel: CHANNEL,
                message,
            }]);
    }

    #[test]
    fn what_was_reopened_is_open() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), ConversationEvent::Resolved {}, ConversationEvent::Reopened {}])
            .when(receive("b"))
            .then_expect_events(vec![received("b")]);
    }

    #[test]
    fn somebody_else_s_message_is_refused() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened()])
            .when(ConversationCommand::ReceiveMessage {
                contact: ContactId::from_uuid(Uuid::from_u128(9)),
                channel: CHANNEL,
                message: text("a"),
            })
            .then_expect_error(ConversationRefusal::WrongThread);
    }
}
