//! Somebody of the business, or a bot, wrote elsewhere than here: in the app on the phone, say.

use super::{EchoedMessage, OutboundMessage, OutboundMessageEvent, Thread};
use crate::conversation::Reaction;

pub(super) fn message(outbound: &OutboundMessage, thread: Thread, message: EchoedMessage) -> Vec<OutboundMessageEvent> {
    let Thread { contact, channel, conversation } = outbound.thread(thread);
    first(outbound, OutboundMessageEvent::Echoed { contact, channel, conversation, message })
}

pub(super) fn reaction(outbound: &OutboundMessage, thread: Thread, reaction: Reaction) -> Vec<OutboundMessageEvent> {
    let Thread { contact, channel, conversation } = outbound.thread(thread);
    first(outbound, OutboundMessageEvent::Reacted { contact, channel, conversation, reaction })
}

/// A message is told once, on whatever ways its provider tells it.
fn first(outbound: &OutboundMessage, event: OutboundMessageEvent) -> Vec<OutboundMessageEvent> {
    if outbound.known.as_ref().is_some_and(|known| known.is_told) { vec![] } else { vec![event] }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::outbound_message::state::samples::{
        echoed, edited, message, reacted, reaction, report, reported, revoked, thread,
    };
    use crate::outbound_message::{DeliveryStatus, OutboundMessage, OutboundMessageCommand};

    fn record(contact: u128) -> OutboundMessageCommand {
        OutboundMessageCommand::RecordEcho { thread: thread(contact), message: message() }
    }

    #[test]
    fn what_was_written_elsewhere_is_recorded() {
        TestFramework::<OutboundMessage>::with(())
            .given_no_previous_events()
            .when(record(1))
            .then_expect_events(vec![echoed()]);
    }

    #[test]
    fn so_is_a_reaction() {
        TestFramework::<OutboundMessage>::with(())
            .given_no_previous_events()
            .when(OutboundMessageCommand::RecordReaction { thread: thread(1), reaction: reaction() })
            .then_expect_events(vec![reacted()]);
        TestFramework::<OutboundMessage>::with(())
            .given(vec![reacted()])
            .when(OutboundMessageCommand::RecordReaction { thread: thread(1), reaction: reaction() })
            .then_expect_events(vec![]);
    }

    #[test]
    fn telling_it_again_changes_nothing() {
        for given in [vec![echoed()], vec![edited(), echoed()]] {
            TestFramework::<OutboundMessage>::with(()).given(given).when(record(1)).then_expect_events(vec![]);
        }
    }

    #[test]
    fn it_may_come_after_what_was_done_to_it_and_stays_in_that_thread() {
        for given in [vec![edited()], vec![revoked()], vec![edited(), reported(report(DeliveryStatus::Read, 1))]] {
            TestFramework::<OutboundMessage>::with(()).given(given).when(record(9)).then_expect_events(vec![echoed()]);
        }
    }
}
