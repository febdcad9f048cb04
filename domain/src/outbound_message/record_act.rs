//! The business changes a message of its own, or takes it back, elsewhere than here. The message may be one that nobody
//! here knows, or be told later.

use super::{OutboundMessage, OutboundMessageEvent, Thread};
use crate::conversation::{Edit, Revocation};

pub(super) fn edit(outbound: &OutboundMessage, thread: Thread, edit: Edit) -> Vec<OutboundMessageEvent> {
    let Thread { contact, channel, conversation } = outbound.thread(thread);
    vec![OutboundMessageEvent::Edited { contact, channel, conversation, edit }]
}

pub(super) fn revocation(
    outbound: &OutboundMessage,
    thread: Thread,
    revocation: Revocation,
) -> Vec<OutboundMessageEvent> {
    let Thread { contact, channel, conversation } = outbound.thread(thread);
    vec![OutboundMessageEvent::Revoked { contact, channel, conversation, revocation }]
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::outbound_message::state::samples::{echoed, edit, edited, revocation, revoked, thread};
    use crate::outbound_message::{OutboundMessage, OutboundMessageCommand, OutboundMessageEvent};

    /// Each act, told in the thread of `contact`, and what it comes to.
    fn acts(contact: u128) -> [(OutboundMessageCommand, OutboundMessageEvent); 2] {
        let thread = thread(contact);
        [
            (OutboundMessageCommand::RecordEdit { thread, edit: edit() }, edited()),
            (OutboundMessageCommand::RecordRevocation { thread, revocation: revocation() }, revoked()),
        ]
    }

    #[test]
    fn acts_are_recorded_as_they_are_told() {
        for (command, event) in acts(1) {
            TestFramework::<OutboundMessage>::with(())
                .given(vec![echoed()])
                .when(command)
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn one_may_come_before_its_message() {
        for (command, event) in acts(1) {
            TestFramework::<OutboundMessage>::with(())
                .given_no_previous_events()
                .when(command)
                .then_expect_events(vec![event]);
        }
    }

    #[test]
    fn a_message_stays_in_its_thread() {
        for (command, event) in acts(9) {
            TestFramework::<OutboundMessage>::with(())
                .given(vec![echoed()])
                .when(command)
                .then_expect_events(vec![event]);
        }
    }
}
