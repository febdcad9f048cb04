//! The customer writes: the first message opens the thread, one into a thread that is resolved or snoozed reopens it.
//! What WhatsApp tells of its own accord reopens nothing.
//!
//! The same message twice is the same command twice; the log's command ids see to that.

use super::{Conversation, ConversationEvent, ConversationRefusal, Counterpart, InboundMessage};
use crate::{ChannelId, ContactId, GroupId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
    group: Option<GroupId>,
    message: InboundMessage,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let mut events = conversation.opening_with(Counterpart::of(contact, group), channel)?;
    if conversation.is_at_rest() && message.is_written() {
        events.push(ConversationEvent::Reopened {});
    }
    events.push(ConversationEvent::MessageReceived { contact, channel, group, message });
    Ok(events)
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::conversation::state::samples::{
        CHANNEL, CONTACT, GROUP, OTHER, opened, opened_with_group, receive, receive_in_group, received,
        received_in_group, snoozed, text,
    };
    use crate::conversation::{
        Conversation, ConversationCommand, ConversationEvent, ConversationRefusal, Counterpart, InboundMessage,
        MessageContent,
    };
    use crate::{ContactId, ConversationId, GroupId};

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
    fn a_message_reopens_what_was_snoozed() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), snoozed()])
            .when(receive("b"))
            .then_expect_events(vec![ConversationEvent::Reopened {}, received("b")]);
    }

    #[test]
    fn what_nobody_wrote_reopens_nothing() {
        let message = InboundMessage { content: MessageContent::Welcome {}, ..text("b") };
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), ConversationEvent::Resolved {}])
            .when(ConversationCommand::ReceiveMessage {
                contact: CONTACT,
                channel: CHANNEL,
                group: None,
                message: message.clone(),
            })
            .then_expect_events(vec![ConversationEvent::MessageReceived {
                contact: CONTACT,
                channel: CHANNEL,
                group: None,
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
                group: None,
                message: text("a"),
            })
            .then_expect_error(ConversationRefusal::WrongThread);
    }

    #[test]
    fn whoever_writes_first_opens_the_thread_of_her_group() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(receive_in_group(CONTACT, "a"))
            .then_expect_events(vec![opened_with_group(), received_in_group(CONTACT, "a")]);
    }

    #[test]
    fn everybody_in_a_group_writes_to_one_thread() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened_with_group(), received_in_group(CONTACT, "a"), ConversationEvent::Resolved {}])
            .when(receive_in_group(OTHER, "b"))
            .then_expect_events(vec![ConversationEvent::Reopened {}, received_in_group(OTHER, "b")]);
    }

    #[test]
    fn what_is_written_in_a_group_belongs_to_that_group_alone() {
        let elsewhere = GroupId::from_uuid(Uuid::from_u128(9));
        for (given, group) in
            [(opened(), Some(GROUP)), (opened_with_group(), None), (opened_with_group(), Some(elsewhere))]
        {
            TestFramework::<Conversation>::with(())
                .given(vec![given])
                .when(ConversationCommand::ReceiveMessage {
                    contact: CONTACT,
                    channel: CHANNEL,
                    group,
                    message: text("a"),
                })
                .then_expect_error(ConversationRefusal::WrongThread);
        }
    }

    #[test]
    fn a_person_s_thread_and_her_group_s_are_two() {
        let thread = |group| Counterpart::of(CONTACT, group).conversation(CHANNEL);
        assert_eq!(thread(None), ConversationId::between(CONTACT, CHANNEL));
        assert_eq!(thread(Some(GROUP)), Counterpart::of(OTHER, Some(GROUP)).conversation(CHANNEL));
        assert_ne!(thread(None), thread(Some(GROUP)));
    }
}
