//! The provider refuses to take anything more from the number until somebody sees to it: what waits to be sent goes on waiting.

use super::{Channel, ChannelEvent, ChannelRefusal, StopReason};

pub(super) fn decide(channel: &Channel, reason: StopReason) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    channel.as_number()?;
    Ok(if channel.stopped { vec![] } else { vec![ChannelEvent::SendingStopped { reason }] })
}

/// Somebody has seen to it.
pub(super) fn resume(channel: &Channel) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
    channel.as_number()?;
    Ok(if channel.waits_for_somebody() { vec![ChannelEvent::SendingResumed {}] } else { vec![] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::channel::state::samples::{connected, entered, rotated, stop_reason, stopped};
    use crate::channel::{Channel, ChannelCommand, ChannelEvent, ChannelRefusal};

    fn stop() -> ChannelCommand {
        ChannelCommand::StopSending { reason: stop_reason() }
    }

    #[test]
    fn it_stops_once_and_goes_on_once() {
        let resumed = || ChannelEvent::SendingResumed {};
        for (given, when, then) in [
            (vec![], stop(), vec![stopped()]),
            (vec![stopped()], stop(), vec![]),
            (vec![stopped()], ChannelCommand::ResumeSending, vec![resumed()]),
            (vec![stopped(), resumed()], ChannelCommand::ResumeSending, vec![]),
            (vec![stopped(), resumed()], stop(), vec![stopped()]),
        ] {
            TestFramework::<Channel>::with(())
                .given([vec![connected("10", "+39 02 1234")], given].concat())
                .when(when)
                .then_expect_events(then);
        }
    }

    #[test]
    fn other_credentials_are_a_reason_to_go_on() {
        TestFramework::<Channel>::with(())
            .given(vec![connected("10", "+39 02 1234"), entered(1), stopped()])
            .when(ChannelCommand::EnterWhatsAppCredentials {
                credential: crate::channel::state::samples::credential(2),
            })
            .then_expect_events(vec![rotated(2, 1), ChannelEvent::SendingResumed {}]);
    }

    #[test]
    fn what_was_never_connected_is_not_found() {
        for when in [stop(), ChannelCommand::ResumeSending] {
            TestFramework::<Channel>::with(())
                .given_no_previous_events()
                .when(when)
                .then_expect_error(ChannelRefusal::NotFound);
        }
    }
}
