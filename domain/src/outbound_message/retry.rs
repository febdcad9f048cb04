//! Somebody has a message sent again that the provider did not take, or could not deliver. One of which nobody knows whether it was
//! taken is never sent again: the customer might get it twice.

use super::conditions::{Conditions, Needs};
use super::sending::Standing;
use super::{DeliveryStatus, FailureCause, OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, Thread};

pub(super) fn decide(
    outbound: &OutboundMessage,
    conditions: &Conditions,
) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    let (Thread { contact, channel, conversation }, sending) = outbound.sending()?;
    match sending.standing {
        // It waits for its time or its turn.
        Standing::Queued => return Ok(vec![]),
        Standing::Attempted => return Err(OutboundMessageRefusal::BeingSent),
        Standing::Unknown | Standing::Failed(FailureCause::NoEvidence) => {
            return Err(OutboundMessageRefusal::OutcomeUnknown);
        }
        Standing::Accepted if outbound.status() != Some(DeliveryStatus::Failed) => {
            return Err(OutboundMessageRefusal::AlreadySent);
        }
        Standing::Failed(FailureCause::Erased) => return Err(OutboundMessageRefusal::Erased),
        Standing::Cancelled => return Err(OutboundMessageRefusal::Cancelled),
        Standing::Accepted | Standing::Refused | Standing::Failed(_) => {}
    }
    conditions.allow(Needs { open_window: sending.needs_open_window })?;
    Ok(vec![OutboundMessageEvent::Requeued { contact, channel, conversation }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::outbound_message::state::samples::{
        accepted, attempted, cancelled, conditions, failed, queued, refused_for_good, refused_for_now, report,
        reported, requeued, unknown,
    };
    use crate::outbound_message::{
        Conditions, DeliveryStatus, FailureCause, OutboundMessage, OutboundMessageCommand, OutboundMessageEvent,
        OutboundMessageRefusal, UnknownCause,
    };

    fn given(events: Vec<OutboundMessageEvent>) -> Vec<OutboundMessageEvent> {
        [vec![queued()], events].concat()
    }

    fn retry() -> OutboundMessageCommand {
        OutboundMessageCommand::Retry { conditions: conditions() }
    }

    #[test]
    fn what_was_not_taken_or_not_delivered_is_sent_again() {
        for end in [
            vec![attempted(1), refused_for_good(1)],
            vec![failed(FailureCause::WindowClosed)],
            vec![attempted(1), accepted(1, "a"), reported(report(DeliveryStatus::Failed, 5))],
        ] {
            TestFramework::<OutboundMessage>::with(())
                .given(given(end))
                .when(retry())
                .then_expect_events(vec![requeued()]);
        }
    }

    #[test]
    fn what_waits_waits() {
        for waiting in [vec![], vec![attempted(1), refused_for_now(1)]] {
            TestFramework::<OutboundMessage>::with(()).given(given(waiting)).when(retry()).then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_may_have_arrived_is_not() {
        let lost = unknown(1, UnknownCause::NoAnswer);
        for (end, refusal) in [
            (vec![attempted(1)], OutboundMessageRefusal::BeingSent),
            (vec![attempted(1), lost.clone()], OutboundMessageRefusal::OutcomeUnknown),
            (vec![attempted(1), lost, failed(FailureCause::NoEvidence)], OutboundMessageRefusal::OutcomeUnknown),
            (vec![attempted(1), accepted(1, "a")], OutboundMessageRefusal::AlreadySent),
            (vec![failed(FailureCause::Erased)], OutboundMessageRefusal::Erased),
            (vec![cancelled()], OutboundMessageRefusal::Cancelled),
        ] {
            TestFramework::<OutboundMessage>::with(()).given(given(end)).when(retry()).then_expect_error(refusal);
        }
    }

    #[test]
    fn nor_what_may_not_be_sent_now() {
        let conditions = Conditions { window_until: None, ..conditions() };
        TestFramework::<OutboundMessage>::with(())
            .given(given(vec![failed(FailureCause::WindowClosed)]))
            .when(OutboundMessageCommand::Retry { conditions })
            .then_expect_error(OutboundMessageRefusal::WindowClosed { since: None });
    }
}
