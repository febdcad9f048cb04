//! Something is told of a call. A customer who calls wants something: her call reopens what was resolved or snoozed, as a
//! message of hers does. What else is told of calls changes nothing, and none of it lets the business write freely: only what she
//! writes does.
//!
//! The same told twice is the same command twice; the log's command ids see to that.

use super::{Call, Conversation, ConversationEvent, ConversationRefusal, Counterpart};
use crate::{ChannelId, ContactId};

pub(super) fn decide(
    conversation: &Conversation,
    contact: ContactId,
    channel: ChannelId,
    call: Call,
) -> Result<Vec<ConversationEvent>, ConversationRefusal> {
    let mut events = conversation.opening_with(Counterpart::Contact(contact), channel)?;
    if conversation.is_at_rest() && call.is_from_customer() {
        events.push(ConversationEvent::Reopened {});
    }
    events.push(ConversationEvent::Called { contact, channel, call });
    Ok(events)
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::ContactId;
    use crate::conversation::state::samples::{CHANNEL, CONTACT, opened, received, snoozed};
    use crate::conversation::{
        Call, CallDirection, CallNews, CallReport, Conversation, ConversationCommand, ConversationEvent,
        ConversationRefusal, Occasion,
    };

    fn call(direction: CallDirection, told: &str) -> Call {
        Call {
            occasion: Occasion {
                provider_message_id: "wacid.1".to_owned().into(),
                sent_at: Timestamp::from_second(1_763_712_000).unwrap(),
                received_at: None,
                odd_timestamp: None,
            },
            customer_name: None,
            callback_data: None,
            report: CallReport {
                direction,
                told: CallNews::of(told),
                outcome: None,
                started_at: None,
                ended_at: None,
                duration_seconds: None,
                errors: vec![],
            },
        }
    }

    fn hers(told: &str) -> Call {
        call(CallDirection::FromCustomer, told)
    }

    fn record(call: Call) -> ConversationCommand {
        ConversationCommand::RecordCall { contact: CONTACT, channel: CHANNEL, call }
    }

    fn called(call: Call) -> ConversationEvent {
        ConversationEvent::Called { contact: CONTACT, channel: CHANNEL, call }
    }

    /// All that does not ask anybody of the business for anything.
    fn mere_news() -> Vec<Call> {
        vec![
            hers("terminate"),
            hers("RINGING"),
            call(CallDirection::FromBusiness, "connect"),
            call(CallDirection::FromBusiness, "terminate"),
            call(CallDirection::Other("SIDEWAYS".to_owned()), "connect"),
        ]
    }

    fn after(events: Vec<ConversationEvent>) -> Conversation {
        let mut conversation = Conversation::default();
        events.into_iter().for_each(|event| conversation.apply(event));
        conversation
    }

    #[test]
    fn a_first_call_opens_the_thread() {
        for call in [vec![hers("connect")], mere_news()].concat() {
            TestFramework::<Conversation>::with(())
                .given_no_previous_events()
                .when(record(call.clone()))
                .then_expect_events(vec![opened(), called(call)]);
        }
    }

    #[test]
    fn each_thing_that_is_told_of_a_call_is_recorded_in_any_order() {
        for (first, second) in [("connect", "terminate"), ("terminate", "connect")] {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), called(hers(first))])
                .when(record(hers(second)))
                .then_expect_events(vec![called(hers(second))]);
        }
    }

    #[test]
    fn a_customer_who_calls_reopens_what_was_resolved() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), received("a"), ConversationEvent::Resolved {}])
            .when(record(hers("connect")))
            .then_expect_events(vec![ConversationEvent::Reopened {}, called(hers("connect"))]);
        TestFramework::<Conversation>::with(())
            .given(vec![opened(), snoozed()])
            .when(record(hers("connect")))
            .then_expect_events(vec![ConversationEvent::Reopened {}, called(hers("connect"))]);
    }

    #[test]
    fn what_else_is_told_of_calls_reopens_nothing() {
        for call in mere_news() {
            TestFramework::<Conversation>::with(())
                .given(vec![opened(), received("a"), ConversationEvent::Resolved {}])
                .when(record(call.clone()))
                .then_expect_events(vec![called(call)]);
        }
    }

    #[test]
    fn her_call_is_unread_and_nothing_else_of_calls_is() {
        let thread = |call| after(vec![opened(), called(call)]).thread.unwrap();
        assert!(thread(hers("connect")).has_unread);
        assert!(mere_news().into_iter().all(|call| !thread(call).has_unread));
    }

    #[test]
    fn no_call_lets_the_business_write_freely() {
        for call in [vec![hers("connect")], mere_news()].concat() {
            assert_eq!(after(vec![opened(), called(call)]).thread.unwrap().window_until, None);
        }
    }

    #[test]
    fn somebody_else_s_call_is_refused() {
        TestFramework::<Conversation>::with(())
            .given(vec![opened()])
            .when(ConversationCommand::RecordCall {
                contact: ContactId::from_uuid(Uuid::from_u128(9)),
                channel: CHANNEL,
                call: hers("connect"),
            })
            .then_expect_error(ConversationRefusal::WrongThread);
    }
}
