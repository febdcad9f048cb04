//! What the customer wrote before the number was connected here is told afterwards. It is there to be looked up: it is not
//! unread and reopens nothing. That she wrote is a fact, so the service window is computed from it like from any other.
//!
//! The same message twice is the same command twice; the log's command ids see to that. A message that is imported may
//! be received as well: both are recorded, in whatever order.

use super::{Conversation, ConversationEvent, ConversationRefusal, Counterpart, InboundMessage};
use crate::{ChannelId, ContactId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
    message: InboundMessage,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let mut events = conversation.opening_with(Counterpart::Contact(contact), channel)?;
    events.push(ConversationEvent::MessageImported { contact, channel, message });
    Ok(events)
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;
    use jiff::SignedDuration;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::conversation::state::samples::{CHANNEL, CONTACT, opened, received, text};
    use crate::conversation::{
        Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, InboundMessage, MessageContent,
    };

    fn import(id: &str) -> ConversationCommand {
        ConversationCommand::ImportMessage { contact: CONTACT, channel: CHANNEL, message: text(id) }
    }

    fn imported(id: &str) -> ConversationEvent {
        ConversationEvent::MessageImported { contact: CONTACT, channel: CHANNEL, message: text(id) }
    }

    #[test]
    fn the_first_message_opens_the_thread() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(import("a"))
            .then_expect_events(vec![opened(), imported("a")]);
    }

    #[test]
    fn a_message_may_be_received_and_imported() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a")])
            .when(import("a"))
            .then_expect_events(vec![imported("a")]);
    }

    #[test]
    fn it_reopens_nothing() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), ConversationEvent::Resolved {}])
            .when(import("a"))
            .then_expect_events(vec![imported("a")]);
    }

    #[test]
    fn nothing_of_it_is_unread() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), imported("a")])
            .when(ConversationCommand::MarkRead)
            .then_expect_events(vec![]);
    }

    #[test]
    fn somebody_else_s_message_is_refused() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened()])
            .when(ConversationCommand::ImportMessage {
                contact: ContactId::from_uuid(Uuid::from_u128(9)),
                channel: CHANNEL,
                message: text("a"),
            })
            .then_expect_error(ConversationRefusal::WrongThread);
    }

    #[test]
    fn the_window_is_that_of_the_latest_message_whichever_is_told_first() {
        let later = InboundMessage { sent_at: text("b").sent_at + SignedDuration::from_hours(1), ..text("b") };
        let until = later.opens_window_until();
        let later =
            ConversationEvent::MessageReceived { contact: CONTACT, channel: CHANNEL, group: None, message: later };
        for told in [[imported("a"), later.clone()], [later, imported("a")]] {
            let mut conversation = Conversation::default();
            conversation.apply(opened());
            told.into_iter().for_each(|event| conversation.apply(event));
            assert_eq!(conversation.thread().unwrap().window_until, until);
        }
    }

    #[test]
    fn the_place_of_a_file_opens_no_window() {
        let message = InboundMessage { content: MessageContent::MediaPlaceholder {}, ..text("a") };
        let mut conversation = Conversation::default();
        conversation.apply(opened());
        conversation.apply(ConversationEvent::MessageImported { contact: CONTACT, channel: CHANNEL, message });
        assert_eq!(conversation.thread().unwrap().window_until, None);
    }
}
