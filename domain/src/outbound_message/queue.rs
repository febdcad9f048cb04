//! Somebody of the business writes from here: the message waits to be sent, if it may be.
//!
//! The same message twice is the same command twice; the log's command ids see to that.

use super::conditions::{Conditions, Needs};
use super::{OutboundMessage, OutboundMessageEvent, OutboundMessageRefusal, OutgoingMessage, Thread};

pub(super) fn decide(
    outbound: &OutboundMessage,
    thread: Thread,
    message: OutgoingMessage,
    conditions: &Conditions,
) -> Result<Vec<OutboundMessageEvent>, OutboundMessageRefusal> {
    if outbound.known.is_some() {
        return Ok(vec![]);
    }
    if message.content.has_bad_file() {
        return Err(OutboundMessageRefusal::BadFile);
    }
    conditions.allow(Needs { open_window: message.content.needs_open_window() })?;
    let Thread { contact, channel, conversation } = thread;
    Ok(vec![OutboundMessageEvent::Queued { contact, channel, conversation, message }])
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use jiff::SignedDuration;

    use crate::Decide;
    use crate::outbound_message::conditions::{NumberStanding, TemplateStanding};
    use crate::outbound_message::state::samples::{conditions, now, outgoing, queued, thread};
    use crate::outbound_message::{
        Conditions, MediaKind, MediaSource, OutboundMessage, OutboundMessageCommand, OutboundMessageRefusal,
        OutgoingContent, OutgoingMessage,
    };

    fn queue(conditions: Conditions) -> OutboundMessageCommand {
        OutboundMessageCommand::Queue { thread: thread(1), message: outgoing(), conditions }
    }

    fn refused(conditions: Conditions) -> OutboundMessageRefusal {
        let given = TestFramework::<OutboundMessage>::with(()).given_no_previous_events();
        given.when(queue(conditions)).inspect_result().unwrap_err()
    }

    #[test]
    fn it_waits_to_be_sent() {
        TestFramework::<OutboundMessage>::with(())
            .given_no_previous_events()
            .when(queue(conditions()))
            .then_expect_events(vec![queued()]);
    }

    #[test]
    fn once() {
        TestFramework::<OutboundMessage>::with(())
            .given(vec![queued()])
            .when(queue(Conditions { window_until: None, ..conditions() }))
            .then_expect_events(vec![]);
    }

    #[test]
    fn the_window_is_open_until_the_moment_it_closes() {
        let closed = |until| Conditions { window_until: until, ..conditions() };
        let (now, moment) = (now(), SignedDuration::from_nanos(1));
        for since in [None, Some(now), Some(now - moment)] {
            assert_eq!(refused(closed(since)), OutboundMessageRefusal::WindowClosed { since });
        }
        TestFramework::<OutboundMessage>::with(())
            .given_no_previous_events()
            .when(queue(closed(Some(now + moment))))
            .then_expect_events(vec![queued()]);
    }

    #[test]
    fn a_file_is_fetched_over_https_alone() {
        let queue = |source: MediaSource| {
            let source = source.into();
            let content = OutgoingContent::Media { kind: MediaKind::Image, source, caption: None, filename: None };
            let message = OutgoingMessage { content, ..outgoing() };
            let command = OutboundMessageCommand::Queue { thread: thread(1), message, conditions: conditions() };
            OutboundMessage::default().decide(command)
        };
        for source in ["https://example.com/sofa.jpg", "HTTPS://example.com/sofa.jpg"] {
            assert!(queue(MediaSource::Link(source.to_owned())).is_ok(), "{source}");
        }
        assert!(queue(MediaSource::Id("1689556908129832".to_owned())).is_ok());
        let links = ["http://example.com/sofa.jpg", "https://", "example.com", "", "https://example.com/a b", "é"];
        let links = links.map(|link| MediaSource::Link(link.to_owned()));
        for source in links.into_iter().chain(["", "1 2", "1\n"].map(|id| MediaSource::Id(id.to_owned()))) {
            assert_eq!(queue(source.clone()), Err(OutboundMessageRefusal::BadFile), "{source:?}");
        }
    }

    #[test]
    fn the_number_must_be_able_to_send() {
        for (number, refusal) in [
            (NumberStanding::ReceivesOnly, OutboundMessageRefusal::ReceivesOnly),
            (NumberStanding::Disconnected, OutboundMessageRefusal::Disconnected),
            (NumberStanding::WithoutCredentials, OutboundMessageRefusal::WithoutCredentials),
            (NumberStanding::Stopped, OutboundMessageRefusal::NumberStopped),
            (NumberStanding::AccountClosed, OutboundMessageRefusal::AccountClosed),
        ] {
            assert_eq!(refused(Conditions { number, ..conditions() }), refusal);
        }
    }

    #[test]
    fn a_restricted_account_bars_what_it_is_restricted_from() {
        let of = |first, answers, window_until| {
            let number = NumberStanding::Restricted { first, answers };
            OutboundMessage::default().decide(queue(Conditions { number, window_until, ..conditions() })).map(drop)
        };
        let open = Some(now() + SignedDuration::from_nanos(1));
        let barred = |is_answer| Err(OutboundMessageRefusal::AccountRestricted { is_answer });
        for (first, answers) in [(true, false), (false, true), (true, true), (false, false)] {
            let expected = if answers { barred(true) } else { Ok(()) };
            assert_eq!(of(first, answers, open), expected, "{first} {answers}");
            for since in [None, Some(now())] {
                let closed = Err(OutboundMessageRefusal::WindowClosed { since });
                assert_eq!(of(first, answers, since), if first { barred(false) } else { closed }, "{first} {answers}");
            }
        }
    }

    #[test]
    fn a_template_must_be_there_approved_and_fit_and_marketing_is_for_who_wants_it() {
        let of = |template| Conditions { template: Some(template), marketing_stopped: true, ..conditions() };
        for (template, refusal) in [
            (TemplateStanding::Unknown, OutboundMessageRefusal::NoSuchTemplate),
            (TemplateStanding::NotApproved, OutboundMessageRefusal::TemplateNotApproved),
            (
                TemplateStanding::Misfit { reason: "it takes 2 values".to_owned() },
                OutboundMessageRefusal::TemplateMisfit { reason: "it takes 2 values".to_owned() },
            ),
            (TemplateStanding::Fits { is_marketing: true }, OutboundMessageRefusal::OptedOut),
        ] {
            assert_eq!(refused(of(template)), refusal);
        }
        TestFramework::<OutboundMessage>::with(())
            .given_no_previous_events()
            .when(queue(of(TemplateStanding::Fits { is_marketing: false })))
            .then_expect_events(vec![queued()]);
    }
}
