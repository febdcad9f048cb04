//! What the business wrote before the number was connected here is told afterwards: first perhaps as the place where a file
//! was, and then with the file. The same message may have been told when it was written; how far it got is told here alone.

use super::{EchoedMessage, OutboundMessage, OutboundMessageEvent, ReportedStatus, Thread};

pub(super) fn decide(
    outbound: &OutboundMessage,
    thread: Thread,
    message: EchoedMessage,
    status: Option<ReportedStatus>,
) -> Vec<OutboundMessageEvent> {
    let is_placeholder = message.content.is_placeholder();
    let known = outbound.known.as_ref();
    let is_known = known.is_some_and(|known| if is_placeholder { known.has_placeholder } else { known.is_imported });
    if is_known {
        return vec![];
    }
    let Thread { contact, channel, conversation } = outbound.thread(thread);
    vec![OutboundMessageEvent::Imported { contact, channel, conversation, message, status }]
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;

    use crate::conversation::MessageContent;
    use crate::outbound_message::state::samples::{echoed, edited, imported, message, report, reported, thread};
    use crate::outbound_message::{
        DeliveryStatus, EchoedMessage, OutboundMessage, OutboundMessageCommand, ReportedStatus,
    };

    use DeliveryStatus::{Delivered, Read};

    fn read() -> Option<ReportedStatus> {
        Some(ReportedStatus::Reached(Read))
    }

    fn placeholder() -> EchoedMessage {
        EchoedMessage { content: MessageContent::MediaPlaceholder {}, ..message() }
    }

    fn record(contact: u128, message: EchoedMessage) -> OutboundMessageCommand {
        OutboundMessageCommand::RecordImport { thread: thread(contact), message, status: read() }
    }

    #[test]
    fn what_was_written_before_is_recorded_whatever_is_known() {
        for given in [vec![], vec![echoed()], vec![edited()], vec![imported(placeholder(), None)]] {
            TestFramework::<OutboundMessage>::with(())
                .given(given)
                .when(record(1, message()))
                .then_expect_events(vec![imported(message(), read())]);
        }
    }

    #[test]
    fn so_is_the_place_of_a_file_also_after_the_file() {
        for given in [vec![], vec![echoed()], vec![imported(message(), None)]] {
            TestFramework::<OutboundMessage>::with(())
                .given(given)
                .when(record(1, placeholder()))
                .then_expect_events(vec![imported(placeholder(), read())]);
        }
    }

    #[test]
    fn telling_it_again_changes_nothing() {
        for told in [message(), placeholder()] {
            TestFramework::<OutboundMessage>::with(())
                .given(vec![imported(told.clone(), None)])
                .when(record(1, told))
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn it_may_be_told_again_when_it_is_told_as_it_was_written() {
        TestFramework::<OutboundMessage>::with(())
            .given(vec![imported(message(), None)])
            .when(OutboundMessageCommand::RecordEcho { thread: thread(1), message: message() })
            .then_expect_events(vec![echoed()]);
    }

    #[test]
    fn it_stays_in_its_thread() {
        TestFramework::<OutboundMessage>::with(())
            .given(vec![echoed()])
            .when(record(9, message()))
            .then_expect_events(vec![imported(message(), read())]);
    }

    #[test]
    fn how_far_it_got_counts_like_any_report() {
        let other = Some(ReportedStatus::Other("PENDING".to_owned()));
        for (told, furthest) in [
            (vec![imported(message(), read()), reported(report(Delivered, 0))], Some(Read)),
            (vec![reported(report(Delivered, 0)), imported(message(), other.clone())], Some(Delivered)),
            (vec![imported(message(), other)], None),
            (vec![imported(message(), None)], None),
        ] {
            let mut message = OutboundMessage::default();
            told.into_iter().for_each(|event| message.apply(event));
            assert_eq!(message.status(), furthest);
        }
    }
}
