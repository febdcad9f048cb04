//! What the business wrote to a person is about her, and most of what is told of it is about nobody.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::outbound_message::{
    Conditions, DeliveryStatus, Evidence, FailureCause, MediaSource, NumberStanding, OutboundMessage,
    OutboundMessageCommand, OutboundMessageEvent, Outcome, OutgoingContent, OutgoingMessage, ProviderMessage,
    RefusalClass, ReportedStatus, SendRefusal, SentAs, StatusReport, Thread, UnknownCause,
};
use leadflow_domain::{IdentifierHash, OutboundMessageId, StreamId};
use leadflow_event_store::{ExecuteError, testing};
use serde_json::Value;

use super::person::{ADA, Person, plant};
use crate::support::{CHANNEL, Log, TENANT, asked, context};

impl Person {
    pub(crate) fn outbound(&self, number: u8) -> OutboundMessageId {
        // Whoever has her number after her gets messages of her own.
        let id = format!("{} to {}", self.wamid(number), self.contact);
        OutboundMessageId::known_to_provider(CHANNEL, &testing::keys().provider_message_hash(&id))
    }

    /// The golden events of the business's messages, each with her text wherever something personal stands, as the commands that
    /// lead to them: of each message in their order.
    pub(crate) fn messages_to_her(&self) -> Vec<Vec<OutboundMessageCommand>> {
        let thread = Thread::between(self.id(), CHANNEL);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut forms: Vec<_> = files.filter(|path| path.to_str().unwrap().contains("/outbound_message.")).collect();
        // There is a message before anything is done to it or told of it.
        forms.sort_unstable_by_key(|form| (form.to_str().unwrap().contains(".corrected."), form.clone()));
        let mut elsewhere: Vec<Vec<OutboundMessageCommand>> = Vec::new();
        let mut from_here = Vec::new();
        for path in forms {
            let mut json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            plant(&mut json, self.text, false);
            match serde_json::from_value(json).unwrap() {
                OutboundMessageEvent::Echoed { message, .. } => {
                    elsewhere.push(vec![OutboundMessageCommand::RecordEcho { thread, message }]);
                }
                OutboundMessageEvent::Reacted { reaction, .. } => {
                    elsewhere.push(vec![OutboundMessageCommand::RecordReaction { thread, reaction }]);
                }
                OutboundMessageEvent::Imported { message, status, .. } => {
                    elsewhere.push(vec![OutboundMessageCommand::RecordImport { thread, message, status }]);
                }
                OutboundMessageEvent::Edited { edit, .. } => {
                    elsewhere.last_mut().unwrap().push(OutboundMessageCommand::RecordEdit { thread, edit });
                }
                OutboundMessageEvent::Revoked { revocation, .. } => {
                    elsewhere.last_mut().unwrap().push(OutboundMessageCommand::RecordRevocation { thread, revocation });
                }
                OutboundMessageEvent::StatusReported { report, superseded: false, .. } => {
                    elsewhere.last_mut().unwrap().push(OutboundMessageCommand::ReportStatus { report, sent: None });
                }
                OutboundMessageEvent::Corrected { correction, .. } => {
                    elsewhere.last_mut().unwrap().push(OutboundMessageCommand::CorrectMessage { correction });
                }
                sent @ (OutboundMessageEvent::Queued { .. }
                | OutboundMessageEvent::Attempted { .. }
                | OutboundMessageEvent::Accepted { .. }
                | OutboundMessageEvent::SendingRefused { .. }
                | OutboundMessageEvent::NotSent { .. }
                | OutboundMessageEvent::OutcomeUnknown { .. }
                | OutboundMessageEvent::SendingFailed { .. }
                | OutboundMessageEvent::Requeued { .. }
                | OutboundMessageEvent::Cancelled { .. }
                | OutboundMessageEvent::StatusReported { .. }) => {
                    let hash = testing::keys().provider_message_hash(&format!("{} {}", self.contact, from_here.len()));
                    from_here.push(self.sent_as(sent, &hash));
                }
            }
        }
        elsewhere.append(&mut from_here);
        elsewhere
    }

    /// What leads to an event of a message of its own that is sent from here, which the provider knows by `hash`.
    fn sent_as(&self, event: OutboundMessageEvent, hash: &IdentifierHash) -> Vec<OutboundMessageCommand> {
        let attempt = || OutboundMessageCommand::Attempt { conditions: ready() };
        let retry = || OutboundMessageCommand::Retry { conditions: ready() };
        let conclude = |outcome| OutboundMessageCommand::Conclude { attempt: 1, outcome, at: now() };
        let refused = |class| {
            let details = Some(self.text.to_owned().into());
            let refusal = SendRefusal { code: 131_026, subcode: None, title: None, details, class };
            conclude(Outcome::Refused { refusal, again_at: now() })
        };
        let known_by = |message| ProviderMessage { hash: hash.clone(), ..message };
        let mut queued = self.queued();
        let mut follows = match event {
            OutboundMessageEvent::Queued { mut message, .. } => {
                if let OutgoingContent::Media { source, .. } = &mut message.content
                    && matches!(source.known(), Some(MediaSource::Link(_)))
                {
                    *source = MediaSource::Link(format!("https://example.com/{}", self.text)).into();
                }
                queued = message;
                vec![]
            }
            OutboundMessageEvent::Attempted { .. } => vec![attempt()],
            OutboundMessageEvent::Accepted { message, evidence: Evidence::Answer, .. } => {
                vec![attempt(), conclude(Outcome::Accepted(known_by(message)))]
            }
            OutboundMessageEvent::Accepted { message, evidence: Evidence::Status, .. } => {
                let sent = Some(SentAs { attempt: Some(1), message: known_by(message) });
                vec![attempt(), OutboundMessageCommand::ReportStatus { report: delivered(), sent }]
            }
            OutboundMessageEvent::SendingRefused { refusal, .. } => {
                vec![attempt(), conclude(Outcome::Refused { refusal, again_at: now() })]
            }
            OutboundMessageEvent::NotSent { reason, again_at, .. } => {
                vec![attempt(), conclude(Outcome::NotSent { reason, again_at })]
            }
            OutboundMessageEvent::OutcomeUnknown { cause: UnknownCause::SenderLost, .. } => vec![attempt(), attempt()],
            OutboundMessageEvent::OutcomeUnknown { cause, .. } => vec![attempt(), conclude(Outcome::Unknown(cause))],
            OutboundMessageEvent::SendingFailed { cause: FailureCause::NoEvidence, .. } => {
                vec![attempt(), attempt(), OutboundMessageCommand::GiveUp]
            }
            OutboundMessageEvent::SendingFailed { cause, .. } => vec![attempt(), conclude(Outcome::Failed(cause))],
            OutboundMessageEvent::Requeued { .. } => vec![attempt(), refused(RefusalClass::Never), retry()],
            OutboundMessageEvent::Cancelled { .. } => {
                vec![attempt(), refused(RefusalClass::Pace), OutboundMessageCommand::Cancel]
            }
            // Of an attempt before the one that is made now.
            OutboundMessageEvent::StatusReported { report, .. } => {
                let message = ProviderMessage { hash: hash.clone(), id: Some(self.text.to_owned().into()) };
                let sent = Some(SentAs { attempt: Some(1), message });
                let told = OutboundMessageCommand::ReportStatus { report, sent };
                vec![attempt(), refused(RefusalClass::Never), retry(), attempt(), told]
            }
            OutboundMessageEvent::Echoed { .. }
            | OutboundMessageEvent::Reacted { .. }
            | OutboundMessageEvent::Edited { .. }
            | OutboundMessageEvent::Revoked { .. }
            | OutboundMessageEvent::Corrected { .. }
            | OutboundMessageEvent::Imported { .. } => panic!("it was written elsewhere"),
        };
        let thread = Thread::between(self.id(), CHANNEL);
        follows.insert(0, OutboundMessageCommand::Queue { thread, message: queued, conditions: ready() });
        follows
    }

    /// A message that waits to be sent.
    fn queued(&self) -> OutgoingMessage {
        let content = OutgoingContent::Text { body: self.text.to_owned().into(), preview_url: false };
        OutgoingMessage { content, replies_to: Some(self.text.to_owned().into()), part: None }
    }

    /// Everything that is about her in what the business writes to her.
    pub(super) async fn is_written_to(&self, log: &Log) {
        for (number, commands) in (1..).zip(self.messages_to_her()) {
            for (nth, command) in commands.into_iter().enumerate() {
                let key = format!("{} outbound {number} {nth}", self.contact);
                log.outbound_messages.execute(self.outbound(number), command, asked(&key, self.text)).await.unwrap();
            }
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_763_712_000).unwrap()
}

/// Anything may be sent.
fn ready() -> Conditions {
    Conditions {
        now: now(),
        window_until: Some(now() + SignedDuration::from_hours(1)),
        number: NumberStanding::Ready,
        marketing_stopped: false,
        template: None,
    }
}

fn delivered() -> StatusReport {
    StatusReport::new(ReportedStatus::Reached(DeliveryStatus::Delivered), now())
}

#[tokio::test]
async fn what_is_told_of_a_message_is_recorded_after_its_reader_was_erased_but_nothing_about_her() {
    let log = Log::new().await;
    ADA.writes(&log).await;
    log.contacts.execute(ADA.id(), ContactCommand::Erase, asked("erase", "")).await.unwrap();
    let about_her = StatusReport { callback_data: Some(ADA.text.to_owned().into()), ..delivered() };
    let command = OutboundMessageCommand::ReportStatus { report: about_her, sent: None };
    let refused = log.outbound_messages.execute(ADA.outbound(1), command, context(TENANT, "about her")).await;
    assert!(matches!(refused, Err(ExecuteError::Erased)), "{refused:?}");
    let command = OutboundMessageCommand::ReportStatus { report: delivered(), sent: None };
    log.outbound_messages.execute(ADA.outbound(1), command, context(TENANT, "about nobody")).await.unwrap();
}

#[tokio::test]
async fn what_became_of_a_message_is_recorded_after_its_reader_was_erased_but_nothing_about_her() {
    let log = Log::new().await;
    log.contacts.execute(ADA.id(), ADA.introduce(), asked("introduce", "")).await.unwrap();
    let thread = Thread::between(ADA.id(), CHANNEL);
    let queue = OutboundMessageCommand::Queue { thread, message: ADA.queued(), conditions: ready() };
    let attempt = OutboundMessageCommand::Attempt { conditions: ready() };
    for (nth, command) in [(1, queue.clone()), (1, attempt.clone()), (2, queue.clone()), (2, attempt)] {
        log.outbound_messages
            .execute(ADA.outbound(nth), command.clone(), asked(&format!("{nth} {command:?}"), ""))
            .await
            .unwrap();
    }
    log.contacts.execute(ADA.id(), ContactCommand::Erase, asked("erase", "")).await.unwrap();

    let taken =
        |hash: &str, id| Outcome::Accepted(ProviderMessage { hash: testing::keys().provider_message_hash(hash), id });
    let refused = |details| {
        let refusal = SendRefusal { code: 131_026, subcode: None, title: None, details, class: RefusalClass::Never };
        Outcome::Refused { refusal, again_at: now() }
    };
    let hers = || Some(ADA.text.to_owned().into());
    for (nth, about_her, about_nobody) in
        [(1, taken("a", hers()), taken("a", None)), (2, refused(hers()), refused(None))]
    {
        let conclude = |outcome| OutboundMessageCommand::Conclude { attempt: 1, outcome, at: now() };
        let told = context(TENANT, &format!("{nth} about her"));
        let erased = log.outbound_messages.execute(ADA.outbound(nth), conclude(about_her), told).await;
        assert!(matches!(erased, Err(ExecuteError::Erased)), "{erased:?}");
        let told = context(TENANT, &format!("{nth} about nobody"));
        log.outbound_messages.execute(ADA.outbound(nth), conclude(about_nobody), told).await.unwrap();
    }
    // Nor is anything written to her any more.
    let written = log.outbound_messages.execute(ADA.outbound(3), queue, context(TENANT, "written")).await;
    assert!(matches!(written, Err(ExecuteError::Erased)), "{written:?}");
}

#[tokio::test]
async fn streams_that_have_begun_tell_whom_they_are_about() {
    let log = Log::new().await;
    ADA.writes(&log).await;
    let (begun, other) = (StreamId::from(ADA.outbound(1)), StreamId::from(ADA.outbound(u8::MAX)));
    for _ in 0..2 {
        let told = log.reader.begun::<OutboundMessage>(&[other, begun, begun]).await.unwrap();
        assert_eq!(told.into_iter().collect::<Vec<_>>(), [(begun, Some(ADA.id().into()))]);
        // Also of whom nothing can be read any more.
        log.contacts.execute(ADA.id(), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    }
    assert!(log.reader.begun::<OutboundMessage>(&[]).await.unwrap().is_empty());
}
