//! Somebody takes a message back that has not left yet.

use super::sending::Standing;
use super::{OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, Thread};

pub(super) fn decide(outbound: &OutboundMessage) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    let (Thread { contact, channel, conversation }, sending) = outbound.sending()?;
    match sending.standing {
        Standing::Queued => Ok(vec![OutboundMessageEvent::Cancelled { contact, channel, conversation }]),
        Standing::Cancelled => Ok(vec![]),
        Standing::Attempted => Err(OutboundMessageRefusal::BeingSent),
        Standing::Unknown => Err(OutboundMessageRefusal::OutcomeUnknown),
        Standing::Accepted => Err(OutboundMessageRefusal::AlreadySent),
        Standing::Refused | Standing::Failed(_) => Err(OutboundMessageRefusal::AlreadyFailed),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::outbound_message::state::samples::{
        accepted, attempted, cancelled, failed, queued, refused_for_good, refused_for_now, unknown,
    };
    use crate::outbound_message::{
        FailureCause, OutboundMessage, OutboundMessageCommand, OutboundMessageRefusal, UnknownCause,
    };

    #[test]
    fn what_waits_is_taken_back() {
        for waiting in [vec![queued()], vec![queued(), attempted(1), refused_for_now(1)]] {
            TestFramework::<OutboundMessage>::with(())
                .given(waiting)
                .when(OutboundMessageCommand::Cancel)
                .then_expect_events(vec![cancelled()]);
        }
        TestFramework::<OutboundMessage>::with(())
            .given(vec![queued(), cancelled()])
            .when(OutboundMessageCommand::Cancel)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_left_is_not() {
        for (end, refusal) in [
            (vec![attempted(1)], OutboundMessageRefusal::BeingSent),
            (vec![attempted(1), unknown(1, UnknownCause::NoAnswer)], OutboundMessageRefusal::OutcomeUnknown),
            (vec![attempted(1), accepted(1, "a")], OutboundMessageRefusal::AlreadySent),
            (vec![attempted(1), refused_for_good(1)], OutboundMessageRefusal::AlreadyFailed),
            (vec![failed(FailureCause::Invalid)], OutboundMessageRefusal::AlreadyFailed),
        ] {
            TestFramework::<OutboundMessage>::with(())
                .given([vec![queued()], end].concat())
                .when(OutboundMessageCommand::Cancel)
                .then_expect_error(refusal);
        }
    }
}
