//! Sending a message is begun. That is in the log before the provider is asked: whoever finds it there without an outcome knows
//! that the provider may have been asked, and never asks again of her own accord.

use super::conditions::{Conditions, Needs};
use super::sending::Standing;
use super::{FailureCause, OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, Thread, UnknownCause};

pub(super) fn decide(
    outbound: &OutboundMessage,
    conditions: &Conditions,
) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    let (thread, sending) = outbound.sending()?;
    let Thread { contact, channel, conversation } = thread;
    let failed = |cause| vec![OutboundMessageEvent::SendingFailed { contact, channel, conversation, cause }];
    match sending.standing {
        Standing::Queued => {
            match conditions.allow(Needs { open_window: sending.needs_open_window }) {
                Ok(()) => {}
                Err(OutboundMessageRefusal::WindowClosed { .. }) => return Ok(failed(FailureCause::WindowClosed)),
                Err(OutboundMessageRefusal::OptedOut) => return Ok(failed(FailureCause::OptedOut)),
                Err(OutboundMessageRefusal::AccountRestricted { .. }) => {
                    return Ok(failed(FailureCause::AccountRestricted));
                }
                Err(
                    OutboundMessageRefusal::NoSuchTemplate
                    | OutboundMessageRefusal::TemplateNotApproved
                    | OutboundMessageRefusal::TemplateMisfit { .. },
                ) => return Ok(failed(FailureCause::TemplateNotSendable)),
                // It waits until the number can send.
                Err(waits) => return Err(waits),
            }
            let attempt = sending.attempts + 1;
            Ok(vec![OutboundMessageEvent::Attempted { contact, channel, conversation, attempt, at: conditions.now }])
        }
        Standing::Attempted => {
            let (attempt, cause) = (sending.attempts, UnknownCause::SenderLost);
            Ok(vec![OutboundMessageEvent::OutcomeUnknown { contact, channel, conversation, attempt, cause }])
        }
        Standing::Unknown | Standing::Accepted | Standing::Refused | Standing::Failed(_) | Standing::Cancelled => {
            Ok(vec![])
        }
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::outbound_message::conditions::{NumberStanding, TemplateStanding};
    use crate::outbound_message::state::samples::{
        accepted, attempted, cancelled, conditions, echoed, failed, queued, refused_for_good, refused_for_now, unknown,
    };
    use crate::outbound_message::{
        Conditions, FailureCause, OutboundMessage, OutboundMessageCommand, OutboundMessageRefusal, UnknownCause,
    };

    fn attempt(conditions: Conditions) -> OutboundMessageCommand {
        OutboundMessageCommand::Attempt { conditions }
    }

    #[test]
    fn what_waits_is_sent() {
        TestFramework::<OutboundMessage>::with(())
            .given(vec![queued()])
            .when(attempt(conditions()))
            .then_expect_events(vec![attempted(1)]);
        TestFramework::<OutboundMessage>::with(())
            .given(vec![queued(), attempted(1), refused_for_now(1)])
            .when(attempt(conditions()))
            .then_expect_events(vec![attempted(2)]);
    }

    #[test]
    fn whoever_finds_it_begun_does_not_begin_again() {
        TestFramework::<OutboundMessage>::with(())
            .given(vec![queued(), attempted(1)])
            .when(attempt(conditions()))
            .then_expect_events(vec![unknown(1, UnknownCause::SenderLost)]);
    }

    #[test]
    fn what_has_an_end_or_may_have_left_is_not_sent() {
        for end in [
            vec![attempted(1), unknown(1, UnknownCause::NoAnswer)],
            vec![attempted(1), accepted(1, "a")],
            vec![attempted(1), refused_for_good(1)],
            vec![failed(FailureCause::WindowClosed)],
            vec![cancelled()],
        ] {
            TestFramework::<OutboundMessage>::with(())
                .given([vec![queued()], end].concat())
                .when(attempt(conditions()))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn what_may_not_be_sent_any_more_fails() {
        let restricted =
            |first, answers| Conditions { number: NumberStanding::Restricted { first, answers }, ..conditions() };
        let template = |standing| Conditions { template: Some(standing), marketing_stopped: true, ..conditions() };
        for (conditions, cause) in [
            (Conditions { window_until: None, ..conditions() }, FailureCause::WindowClosed),
            (template(TemplateStanding::Unknown), FailureCause::TemplateNotSendable),
            (template(TemplateStanding::NotApproved), FailureCause::TemplateNotSendable),
            (template(TemplateStanding::Misfit { reason: String::new() }), FailureCause::TemplateNotSendable),
            (template(TemplateStanding::Fits { is_marketing: true }), FailureCause::OptedOut),
            (restricted(false, true), FailureCause::AccountRestricted),
        ] {
            TestFramework::<OutboundMessage>::with(())
                .given(vec![queued()])
                .when(attempt(conditions))
                .then_expect_events(vec![failed(cause)]);
        }
    }

    #[test]
    fn it_waits_while_its_number_can_t_send() {
        for (number, refusal) in [
            (NumberStanding::ReceivesOnly, OutboundMessageRefusal::ReceivesOnly),
            (NumberStanding::Disconnected, OutboundMessageRefusal::Disconnected),
            (NumberStanding::WithoutCredentials, OutboundMessageRefusal::WithoutCredentials),
            (NumberStanding::Stopped, OutboundMessageRefusal::NumberStopped),
            (NumberStanding::AccountClosed, OutboundMessageRefusal::AccountClosed),
        ] {
            TestFramework::<OutboundMessage>::with(())
                .given(vec![queued()])
                .when(attempt(Conditions { number, ..conditions() }))
                .then_expect_error(refusal);
        }
    }

    #[test]
    fn what_was_written_elsewhere_is_not_ours_to_send() {
        for (given, refusal) in
            [(vec![], OutboundMessageRefusal::NotFound), (vec![echoed()], OutboundMessageRefusal::NotSentFromHere)]
        {
            TestFramework::<OutboundMessage>::with(())
                .given(given)
                .when(attempt(conditions()))
                .then_expect_error(refusal);
        }
    }
}
