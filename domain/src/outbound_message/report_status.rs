//! The provider tells how far a message got. Every report is kept, also one that tells of less than is known: each has
//! its own time. Of a message that was sent from here it proves, too, that the provider took it, whatever is known of that.
//!
//! The same report twice is the same command twice; the log's command ids see to that.

use super::conclude::accepted;
use super::state::Known;
use super::{
    Evidence, OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, ProviderMessage, StatusReport, Thread,
};

/// As what a message that was sent from here is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAs {
    /// Which attempt, if the provider says so.
    pub attempt: Option<u32>,
    /// What the provider calls it.
    pub message: ProviderMessage,
}

pub(super) fn decide(
    outbound: &OutboundMessage,
    report: StatusReport,
    sent: Option<SentAs>,
) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    let Known { thread, sending, .. } = outbound.known.as_ref().ok_or(OutboundMessageRefusal::NotFound)?;
    let Thread { contact, channel, conversation } = *thread;
    let told = |report, attempt, superseded| OutboundMessageEvent::StatusReported {
        contact,
        channel,
        conversation,
        report,
        attempt,
        superseded,
    };
    let (Some(sending), Some(SentAs { attempt, message })) = (sending, sent) else {
        return Ok(vec![told(report, None, false)]);
    };
    let attempt = attempt.unwrap_or_else(|| sending.attempt_of(&message.hash));
    let superseded = !sending.counts(attempt, report.reached());
    let is_news = (1..=sending.attempts).contains(&attempt) && !sending.accepted.contains_key(&attempt);
    let taken = is_news.then(|| accepted(*thread, attempt, message, Evidence::Status, report.at));
    Ok(taken.into_iter().chain([told(report, Some(attempt), superseded)]).collect())
}

#[cfg(test)]
mod tests {
    use cqrs_es::Aggregate;
    use cqrs_es::test::TestFramework;

    use super::SentAs;
    use crate::outbound_message::state::samples::{
        accepted, attempted, echoed, edited, message_of_provider, queued, refused_for_good, report, reported,
        reported_of, requeued, unknown,
    };
    use crate::outbound_message::{
        DeliveryStatus, Evidence, OutboundMessage, OutboundMessageCommand, OutboundMessageEvent,
        OutboundMessageRefusal, ReportedStatus, Standing, StatusReport, UnknownCause,
    };
    use crate::{DataSubject, Decide, StreamId};

    use DeliveryStatus::{Delivered, Failed, Read, Sent};

    fn told(report: StatusReport) -> OutboundMessageCommand {
        OutboundMessageCommand::ReportStatus { report, sent: None }
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

    fn of_ours(attempt: Option<u32>, id: &str, status: DeliveryStatus) -> OutboundMessageCommand {
        let sent = Some(SentAs { attempt, message: message_of_provider(id) });
        OutboundMessageCommand::ReportStatus { report: report(status, 0), sent }
    }

    fn by_status(attempt: u32, id: &str) -> OutboundMessageEvent {
        let OutboundMessageEvent::Accepted { contact, channel, conversation, message, .. } = accepted(attempt, id)
        else {
            panic!("it was taken");
        };
        let (evidence, at) = (Evidence::Status, report(Sent, 0).at);
        OutboundMessageEvent::Accepted { contact, channel, conversation, attempt, message, evidence, at }
    }

    fn after(events: Vec<OutboundMessageEvent>) -> OutboundMessage {
        let mut message = OutboundMessage::default();
        events.into_iter().for_each(|event| message.apply(event));
        message
    }

    #[test]
    fn a_status_proves_that_a_message_was_taken() {
        for lost in [vec![], vec![unknown(1, UnknownCause::NoAnswer)]] {
            let given = [vec![queued(), attempted(1)], lost].concat();
            let then = vec![by_status(1, "a"), reported_of(1, Delivered, false)];
            TestFramework::<OutboundMessage>::with(())
                .given(given.clone())
                .when(of_ours(Some(1), "a", Delivered))
                .then_expect_events(then.clone());
            let message = after([given, then].concat());
            assert_eq!((message.standing(), message.status()), (Some(Standing::Accepted), Some(Delivered)));
        }
    }

    #[test]
    fn one_that_is_known_by_the_provider_s_id_alone_finds_its_attempt() {
        let given = vec![queued(), attempted(1), accepted(1, "a")];
        TestFramework::<OutboundMessage>::with(())
            .given(given)
            .when(of_ours(None, "a", Sent))
            .then_expect_events(vec![reported_of(1, Sent, false)]);
    }

    #[test]
    fn what_is_told_of_an_attempt_before_the_last_request_counts_only_if_it_arrived() {
        let given = vec![
            queued(),
            attempted(1),
            accepted(1, "a"),
            reported_of(1, Failed, false),
            requeued(),
            attempted(2),
            accepted(2, "b"),
        ];
        assert_eq!(after(given.clone()).status(), Some(DeliveryStatus::Accepted), "the failure is of before");
        for (status, superseded) in [(Sent, true), (Failed, true), (Delivered, false)] {
            TestFramework::<OutboundMessage>::with(())
                .given(given.clone())
                .when(of_ours(Some(1), "a", status))
                .then_expect_events(vec![reported_of(1, status, superseded)]);
        }
    }

    #[test]
    fn what_arrives_after_all_is_not_sent_again() {
        let given = vec![queued(), attempted(1), refused_for_good(1), requeued()];
        let arrived = vec![by_status(1, "a"), reported_of(1, Delivered, false)];
        assert_eq!(after([given, arrived].concat()).standing(), Some(Standing::Accepted));
    }

    #[test]
    fn what_is_told_of_an_attempt_that_there_never_was_counts_for_nothing() {
        TestFramework::<OutboundMessage>::with(())
            .given(vec![queued(), attempted(1)])
            .when(of_ours(Some(7), "a", Delivered))
            .then_expect_events(vec![reported_of(7, Delivered, true)]);
    }
}
