//! The customer told of her interest elsewhere, by a form, or somebody of the business entered it: it is answered here. The thread
//! begins with it if there is none, and what is resolved or snoozed comes up again, as if she had written.
//!
//! She has not written, so the service window stays as it is. The same submission twice is the same command twice; the log's command
//! ids see to that.

use jiff::Timestamp;

use super::{Conversation, ConversationEvent, ConversationRefusal, Counterpart};
use crate::{ChannelId, ContactId, SubmissionId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
    submission: SubmissionId,
    submitted_at: Timestamp,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let mut events = conversation.opening_with(Counterpart::Contact(contact), channel)?;
    if conversation.is_at_rest() {
        events.push(ConversationEvent::Reopened {});
    }
    events.push(ConversationEvent::SubmissionReceived { contact, channel, submission, submitted_at });
    Ok(events)
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::conversation::state::samples::{
        CHANNEL, CONTACT, MEMBER, OTHER, assigned, opened, opened_with_group, received, snoozed,
    };
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};
    use crate::{ContactId, SubmissionId};

    const SUBMISSION: SubmissionId = SubmissionId::from_uuid(Uuid::from_u128(12));

    fn at() -> Timestamp {
        Timestamp::from_second(1_763_712_600).unwrap()
    }

    fn receive(contact: ContactId) -> ConversationCommand {
        ConversationCommand::ReceiveSubmission { contact, channel: CHANNEL, submission: SUBMISSION, submitted_at: at() }
    }

    fn submitted() -> ConversationEvent {
        let (contact, channel) = (CONTACT, CHANNEL);
        ConversationEvent::SubmissionReceived { contact, channel, submission: SUBMISSION, submitted_at: at() }
    }

    #[test]
    fn a_thread_may_begin_with_it() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(receive(CONTACT))
            .then_expect_events(vec![opened(), submitted()]);
    }

    #[test]
    fn it_joins_the_thread_that_there_is() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), assigned(MEMBER)])
            .when(receive(CONTACT))
            .then_expect_events(vec![submitted()]);
    }

    #[test]
    fn what_is_settled_or_set_aside_comes_up_again() {
        for rests in [ConversationEvent::Resolved {}, snoozed()] {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), received("a"), rests])
                .when(receive(CONTACT))
                .then_expect_events(vec![ConversationEvent::Reopened {}, submitted()]);
        }
    }

    #[test]
    fn it_is_something_to_read_and_opens_no_window() {
        let mut conversation = Conversation::default();
        for event in [opened(), submitted()] {
            conversation.apply(event);
        }
        assert_eq!(conversation.window_until(), None);
        let read = ConversationCommand::MarkRead;
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), submitted()])
            .when(read)
            .then_expect_events(vec![ConversationEvent::Read {}]);
    }

    #[test]
    fn somebody_else_s_thread_is_refused() {
        for given in [opened(), opened_with_group()] {
            TestFramework::<Conversation>::with(())
                .given(vec![given])
                .when(receive(OTHER))
                .then_expect_error(ConversationRefusal::WrongThread);
        }
    }
}
