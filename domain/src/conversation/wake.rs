//! The time until which a conversation was set aside has come. By then it may be open, settled, or set aside until
//! another time: then there is nothing to do.

use jiff::Timestamp;

use super::{Conversation, ConversationEvent, ConversationRefusal, Status};

pub(super) fn decide(
    conversation: &Conversation,
    until: Timestamp,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let is_due = conversation.thread()?.status == Status::Snoozed { until };
    Ok(if is_due { vec![ConversationEvent::Woken {}] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use jiff::SignedDuration;

    use crate::conversation::state::samples::{opened, snoozed, until};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    fn wake() -> ConversationCommand {
        ConversationCommand::Wake { until: until() }
    }

    #[test]
    fn what_was_set_aside_is_open_again() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), snoozed()])
            .when(wake())
            .then_expect_events(vec![ConversationEvent::Woken {}]);
    }

    #[test]
    fn what_is_not_set_aside_until_then_stays_as_it_is() {
        let later = ConversationEvent::Snoozed { until: until() + SignedDuration::from_secs(1) };
        for since in
            [ConversationEvent::Woken {}, ConversationEvent::Reopened {}, ConversationEvent::Resolved {}, later]
        {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), snoozed(), since])
                .when(wake())
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_nobody_began_does_not_wake() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(wake())
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
