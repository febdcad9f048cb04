//! The provider tells how far a message got. Every report is kept, also one that tells of less than is known: each has
//! its own time.
//!
//! The same report twice is the same command twice; the log's command ids see to that.

use super::state::Known;
use super::{OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, StatusReport, Thread};

pub(super) fn decide(
    outbound: &OutboundMessage,
    report: StatusReport,
) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    let Known { thread: Thread { contact, channel, conversation }, .. } =
        *outbound.known.as_ref().ok_or(OutboundMessageRefusal::NotFound)?;
    Ok(vec![OutboundMessageEvent::StatusReported { contact, channel, conversation, report }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;

    use crate::outbound_message::state::samples::{echoed, edited, report, reported};
    use crate::outbound_message::{
        DeliveryStatus, OutboundMessage, OutboundMessageCommand, OutboundMessageEvent, OutboundMessageRefusal,
        ReportedStatus, StatusReport,
    };
    use crate::{DataSubject, Decide, StreamId};

    use DeliveryStatus::{Delivered, Failed, Read, Sent};

    fn told(report: StatusReport) -> OutboundMessageCommand {
        OutboundMessageCommand::ReportStatus { report }
    }

    fn status_after(reports: &[DeliveryStatus]) -> Option<DeliveryStatus> {
        let mut message = OutboundMessage::default();
        message.apply(echoed());
        for status in reports {
            message.apply(reported(report(*status, 0)));
        }
        message.status()
    }

    #[test]
    fn every_report_is_kept_whatever_is_known() {
        for given in [vec![echoed()], vec![edited()], vec![echoed(), reported(report(Read, 9))]] {
            TestFramework::<OutboundMessage>::with(())
                .given(given)
                .when(told(report(Delivered, 5)))
                .then_expect_events(vec![reported(report(Delivered, 5))]);
        }
    }

    #[test]
    fn the_furthest_counts() {
        assert_eq!(status_after(&[]), None);
        assert_eq!(status_after(&[Read, Delivered, Sent]), Some(Read), "never back");
        assert_eq!(status_after(&[Sent, Failed, Sent]), Some(Failed), "it failed for good");
        assert_eq!(status_after(&[Failed, Delivered]), Some(Delivered), "it did not fail, as it turns out");
        assert_eq!(status_after(&[Delivered, Failed]), Some(Delivered));
    }

    #[test]
    fn nobody_knows_whom_a_message_was_for_of_which_nothing_was_told() {
        TestFramework::<OutboundMessage>::with(())
            .given_no_previous_events()
            .when(told(report(Sent, 0)))
            .then_expect_error(OutboundMessageRefusal::NotFound);
    }

    #[test]
    fn what_says_nothing_of_how_far_it_got_is_kept_and_ranks_nowhere() {
        let warning = StatusReport { status: ReportedStatus::Other("warning".to_owned()), ..report(Sent, 0) };
        TestFramework::<OutboundMessage>::with(())
            .given(vec![echoed()])
            .when(told(warning.clone()))
            .then_expect_events(vec![reported(warning.clone())]);
        let mut message = OutboundMessage::default();
        message.apply(echoed());
        message.apply(reported(warning));
        assert_eq!(message.status(), None);
    }

    #[test]
    fn a_report_is_about_somebody_when_it_says_something_of_her() {
        let subject = |event: &OutboundMessageEvent| {
            OutboundMessage::data_subject(StreamId::from_uuid(uuid::Uuid::from_u128(7)), event)
        };
        assert_eq!(subject(&reported(report(Sent, 0))), DataSubject::Nobody);
        let ours = StatusReport { callback_data: Some("order 7".to_owned().into()), ..report(Sent, 0) };
        let OutboundMessageEvent::Echoed { contact, .. } = echoed() else { panic!("an echo") };
        assert_eq!(subject(&reported(ours)), DataSubject::Holds(contact.into()));
    }
}
