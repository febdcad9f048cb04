//! A conversation is set aside for a while: until a time, or until the customer writes. What is resolved is at rest
//! already: it is reopened first.

use jiff::Timestamp;

use super::{Conversation, ConversationEvent, ConversationRefusal, Status};

pub(super) fn decide(
    conversation: &Conversation,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    // Whoever wakes it names the time again, by what a database keeps of it.
    let until = Timestamp::from_second(until.as_second()).unwrap_or(until);
    match conversation.thread()?.status {
        Status::Resolved => Err(ConversationRefusal::Resolved),
        Status::Snoozed { until: known } if known == until => Ok(vec![]),
        Status::Open | Status::Snoozed { .. } if until <= now => Err(ConversationRefusal::NotInTheFuture),
        Status::Open | Status::Snoozed { .. } => Ok(vec![ConversationEvent::Snoozed { until }]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use jiff::{SignedDuration, Timestamp};

    use crate::conversation::state::samples::{opened, opened_with_group, received, snoozed, until};
    use crate::conversation::{Conversation, ConversationCommand, ConversationEvent, ConversationRefusal};

    /// The samples' conversations are set aside an hour later.
    fn now() -> Timestamp {
        until() - SignedDuration::from_hours(1)
    }

    fn snooze(until: Timestamp) -> ConversationCommand {
        ConversationCommand::Snooze { until, now: now() }
    }

    #[test]
    fn an_open_conversation_is_set_aside() {
        for given in [
            vec![opened(), received("a")],
            vec![opened_with_group()],
            vec![opened(), ConversationEvent::Resolved {}, ConversationEvent::Reopened {}],
            vec![opened(), snoozed(), ConversationEvent::Woken {}],
        ] {
            TestFramework::<Conversation>::with(())
                .given(given)
                .when(snooze(until()))
                .then_expect_events(vec![snoozed()]);
        }
    }

    #[test]
    fn it_is_set_aside_until_another_time() {
        for other in [now() + SignedDuration::from_secs(1), until() + SignedDuration::from_hours(24)] {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), snoozed()])
                .when(snooze(other))
                .then_expect_events(vec![ConversationEvent::Snoozed { until: other }]);
        }
    }

    #[test]
    fn setting_it_aside_until_the_same_second_changes_nothing() {
        for same in [until(), until() + SignedDuration::from_millis(999)] {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), snoozed()])
                .when(snooze(same))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn it_can_t_be_set_aside_until_a_second_that_has_begun() {
        for past in [now(), now() + SignedDuration::from_millis(999), now() - SignedDuration::from_hours(1)] {
            for given in [vec![opened()], vec![opened(), snoozed()]] {
                TestFramework::<Conversation>::with(())
                    .given(given)
                    .when(snooze(past))
                    .then_expect_error(ConversationRefusal::NotInTheFuture);
            }
        }
    }

    #[test]
    fn what_is_settled_can_t_be_set_aside() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), ConversationEvent::Resolved {}])
            .when(snooze(until()))
            .then_expect_error(ConversationRefusal::Resolved);
    }

    #[test]
    fn what_nobody_began_can_t_be_set_aside() {
        TestFramework::<Conversation>::with(())
            .given_no_previous_events()
            .when(snooze(until()))
            .then_expect_error(ConversationRefusal::NotFound);
    }
}
