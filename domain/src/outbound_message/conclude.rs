//! What an attempt came to. The provider's word counts; what is told later of how far the message got counts more.

use jiff::Timestamp;

use super::sending::Standing;
use super::{
    Evidence, FailureCause, MAX_ATTEMPTS, OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, Outcome,
    ProviderMessage, Thread,
};

pub(super) fn decide(
    outbound: &OutboundMessage,
    attempt: u32,
    outcome: Outcome,
    at: Timestamp,
) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    let (thread, sending) = outbound.sending()?;
    let Thread { contact, channel, conversation } = thread;
    let is_open = attempt == sending.attempts && matches!(sending.standing, Standing::Attempted | Standing::Unknown);
    // What can't be sent as it is need not be begun for that.
    let is_waiting = sending.standing == Standing::Queued && matches!(outcome, Outcome::Failed(_));
    Ok(match outcome {
        Outcome::Accepted(message) => {
            if sending.accepted.contains_key(&attempt) {
                return Ok(vec![]);
            }
            vec![accepted(thread, attempt, message, Evidence::Answer, at)]
        }
        _ if !is_open && !is_waiting => vec![],
        Outcome::Refused { refusal, again_at } => {
            let again_at = refusal.class.tries_again(sending.attempts_of_round()).then_some(again_at);
            vec![OutboundMessageEvent::SendingRefused {
                contact,
                channel,
                conversation,
                attempt,
                refusal,
                again_at,
                at,
            }]
        }
        Outcome::NotSent { .. } if sending.attempts_of_round() >= MAX_ATTEMPTS => {
            let cause = FailureCause::Unreachable;
            vec![OutboundMessageEvent::SendingFailed { contact, channel, conversation, cause }]
        }
        Outcome::NotSent { reason, again_at } => {
            vec![OutboundMessageEvent::NotSent { contact, channel, conversation, attempt, reason, again_at }]
        }
        Outcome::Unknown(_) if sending.standing == Standing::Unknown => vec![],
        Outcome::Unknown(cause) => {
            vec![OutboundMessageEvent::OutcomeUnknown { contact, channel, conversation, attempt, cause }]
        }
        Outcome::Failed(cause) => {
            vec![OutboundMessageEvent::SendingFailed { contact, channel, conversation, cause }]
        }
    })
}

/// Nothing was told of what an attempt came to for so long that nothing more is expected.
pub(super) fn give_up(outbound: &OutboundMessage) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    let (Thread { contact, channel, conversation }, sending) = outbound.sending()?;
    let cause = FailureCause::NoEvidence;
    Ok(match sending.standing {
        Standing::Unknown => vec![OutboundMessageEvent::SendingFailed { contact, channel, conversation, cause }],
        Standing::Queued
        | Standing::Attempted
        | Standing::Accepted
        | Standing::Refused
        | Standing::Failed(_)
        | Standing::Cancelled => vec![],
    })
}

pub(super) fn accepted(
    thread: Thread,
    attempt: u32,
    message: ProviderMessage,
    evidence: Evidence,
    at: Timestamp,
) -> OutboundMessageEvent {
    let Thread { contact, channel, conversation } = thread;
    OutboundMessageEvent::Accepted { contact, channel, conversation, attempt, message, evidence, at }
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;

    use super::*;
    use crate::outbound_message::state::samples::{
        accepted as taken, attempted, cancelled, echoed, failed, message_of_provider, not_sent, now, queued, refusal,
        refused_for_good, refused_for_now, report, reported, requeued, soon, thread, unknown,
    };
    use crate::outbound_message::{
        DeliveryStatus, OutboundMessageCommand, RefusalClass, SendRefusal, Standing, UnknownCause,
    };

    fn conclude(attempt: u32, outcome: Outcome) -> OutboundMessageCommand {
        OutboundMessageCommand::Conclude { attempt, outcome, at: now() }
    }

    fn refuse(attempt: u32, class: RefusalClass) -> OutboundMessageCommand {
        let refusal = SendRefusal { class, ..refusal(class) };
        conclude(attempt, Outcome::Refused { refusal, again_at: soon() })
    }

    fn begun() -> Vec<OutboundMessageEvent> {
        vec![queued(), attempted(1)]
    }

    fn expect(given: Vec<OutboundMessageEvent>, when: OutboundMessageCommand, then: Vec<OutboundMessageEvent>) {
        TestFramework::<OutboundMessage>::with(()).given(given).when(when).then_expect_events(then);
    }

    fn standing_after(events: Vec<OutboundMessageEvent>) -> Option<Standing> {
        let mut message = OutboundMessage::default();
        for event in events {
            message.apply(event);
        }
        message.standing()
    }

    #[test]
    fn the_provider_took_it() {
        let accept = || conclude(1, Outcome::Accepted(message_of_provider("a")));
        expect(begun(), accept(), vec![taken(1, "a")]);
        expect([begun(), vec![taken(1, "a")]].concat(), accept(), vec![]);
        let late = [begun(), vec![unknown(1, UnknownCause::SenderLost)]].concat();
        expect(late.clone(), accept(), vec![taken(1, "a")]);
        assert_eq!(standing_after([late, vec![taken(1, "a")]].concat()), Some(Standing::Accepted));
    }

    #[test]
    fn a_refusal_that_may_pass_is_tried_again_and_any_other_is_the_end() {
        let retry = RefusalClass::Retry { at_most: Some(2) };
        expect(begun(), refuse(1, retry), vec![refused_for_now(1)]);
        let again = [begun(), vec![refused_for_now(1), attempted(2)]].concat();
        TestFramework::<OutboundMessage>::with(()).given(again.clone()).when(refuse(2, retry)).then_expect_events(
            vec![OutboundMessageEvent::SendingRefused {
                contact: thread(1).contact,
                channel: thread(1).channel,
                conversation: thread(1).conversation,
                attempt: 2,
                refusal: refusal(retry),
                again_at: None,
                at: now(),
            }],
        );
        expect(begun(), refuse(1, RefusalClass::Never), vec![refused_for_good(1)]);
        assert_eq!(standing_after([begun(), vec![refused_for_good(1)]].concat()), Some(Standing::Refused));
        assert_eq!(standing_after([begun(), vec![refused_for_now(1)]].concat()), Some(Standing::Queued));
    }

    #[test]
    fn who_must_be_seen_to_waits_however_often_it_was_tried() {
        for (class, attempts, again) in [
            (RefusalClass::Stop, MAX_ATTEMPTS + 1, true),
            (RefusalClass::Pace, MAX_ATTEMPTS - 1, true),
            (RefusalClass::Pace, MAX_ATTEMPTS, false),
            (RefusalClass::Retry { at_most: None }, MAX_ATTEMPTS - 1, true),
            (RefusalClass::Retry { at_most: None }, MAX_ATTEMPTS, false),
            (RefusalClass::Retry { at_most: Some(3) }, 3, false),
            (RefusalClass::Never, 1, false),
        ] {
            assert_eq!(class.tries_again(attempts), again, "{class:?} after {attempts}");
        }
    }

    #[test]
    fn what_never_left_is_tried_again_until_that_lasts_too_long() {
        let not = |attempt| conclude(attempt, Outcome::NotSent { reason: "no route".to_owned(), again_at: soon() });
        expect(begun(), not(1), vec![not_sent(1)]);
        let mut given = vec![queued()];
        for attempt in 1..MAX_ATTEMPTS {
            given.extend([attempted(attempt), not_sent(attempt)]);
        }
        given.push(attempted(MAX_ATTEMPTS));
        expect(given, not(MAX_ATTEMPTS), vec![failed(FailureCause::Unreachable)]);
    }

    #[test]
    fn who_asks_for_it_again_has_it_tried_as_often_as_before() {
        let few = RefusalClass::Retry { at_most: Some(2) };
        let given = [begun(), vec![refused_for_good(1), requeued(), attempted(2)]].concat();
        expect(given.clone(), refuse(2, few), vec![refused_for_now(2)]);
        let third = [given, vec![refused_for_now(2), attempted(3)]].concat();
        let ended = OutboundMessageEvent::SendingRefused {
            contact: thread(1).contact,
            channel: thread(1).channel,
            conversation: thread(1).conversation,
            attempt: 3,
            refusal: refusal(few),
            again_at: None,
            at: now(),
        };
        expect(third, refuse(3, few), vec![ended]);

        let not = |attempt| conclude(attempt, Outcome::NotSent { reason: "no route".to_owned(), again_at: soon() });
        let mut given = vec![queued()];
        for attempt in 1..MAX_ATTEMPTS {
            given.extend([attempted(attempt), not_sent(attempt)]);
        }
        given.extend([attempted(MAX_ATTEMPTS), failed(FailureCause::Unreachable), requeued()]);
        given.push(attempted(MAX_ATTEMPTS + 1));
        expect(given, not(MAX_ATTEMPTS + 1), vec![not_sent(MAX_ATTEMPTS + 1)]);
    }

    #[test]
    fn attempts_are_counted_from_when_somebody_asked_last() {
        let mut message = OutboundMessage::default();
        assert_eq!(message.attempts_of_round(), 0);
        for (event, of_round) in [
            (queued(), 0),
            (attempted(1), 1),
            (refused_for_now(1), 1),
            (attempted(2), 2),
            (refused_for_good(2), 2),
            (requeued(), 0),
            (attempted(3), 1),
        ] {
            message.apply(event);
            assert_eq!(message.attempts_of_round(), of_round);
        }
    }

    #[test]
    fn what_can_t_be_sent_as_it_is_is_not_begun() {
        let fail = || conclude(0, Outcome::Failed(FailureCause::Invalid));
        expect(vec![queued()], fail(), vec![failed(FailureCause::Invalid)]);
        for settled in [vec![queued(), cancelled()], [begun(), vec![taken(1, "a")]].concat()] {
            expect(settled, fail(), vec![]);
        }
    }

    #[test]
    fn nobody_knows_and_in_the_end_nothing_more_is_expected() {
        let lose = || conclude(1, Outcome::Unknown(UnknownCause::NoAnswer));
        expect(begun(), lose(), vec![unknown(1, UnknownCause::NoAnswer)]);
        let lost = [begun(), vec![unknown(1, UnknownCause::NoAnswer)]].concat();
        expect(lost.clone(), lose(), vec![]);
        expect(lost.clone(), OutboundMessageCommand::GiveUp, vec![failed(FailureCause::NoEvidence)]);
        for settled in [vec![queued()], begun(), [begun(), vec![taken(1, "a")]].concat()] {
            expect(settled, OutboundMessageCommand::GiveUp, vec![]);
        }
        let found = [lost, vec![failed(FailureCause::NoEvidence), taken(1, "a")]].concat();
        assert_eq!(standing_after(found), Some(Standing::Accepted), "it was taken after all");
    }

    #[test]
    fn what_is_late_or_of_another_attempt_changes_nothing() {
        let never = || refuse(1, RefusalClass::Never);
        for given in [
            vec![queued()],
            vec![queued(), cancelled()],
            [begun(), vec![taken(1, "a")]].concat(),
            [begun(), vec![refused_for_now(1)]].concat(),
            [begun(), vec![refused_for_now(1), attempted(2)]].concat(),
        ] {
            expect(given, never(), vec![]);
        }
    }

    #[test]
    fn an_answer_that_comes_after_its_message_was_sent_again_is_kept_and_changes_nothing() {
        let given = [begun(), vec![refused_for_good(1), requeued(), attempted(2)]].concat();
        let late = conclude(1, Outcome::Accepted(message_of_provider("a")));
        expect(given.clone(), late, vec![taken(1, "a")]);
        assert_eq!(standing_after([given, vec![taken(1, "a")]].concat()), Some(Standing::Attempted));
    }

    #[test]
    fn what_was_written_elsewhere_has_no_attempts() {
        TestFramework::<OutboundMessage>::with(())
            .given(vec![echoed(), reported(report(DeliveryStatus::Sent, 0))])
            .when(conclude(1, Outcome::Unknown(UnknownCause::NoAnswer)))
            .then_expect_error(OutboundMessageRefusal::NotSentFromHere);
    }
}
