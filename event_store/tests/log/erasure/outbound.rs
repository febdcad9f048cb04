//! What the business wrote to a person is about her, and most of what is told of it is about nobody.

use std::path::Path;

use jiff::Timestamp;
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::outbound_message::{
    DeliveryStatus, OutboundMessage, OutboundMessageCommand, OutboundMessageEvent, ReportedStatus, StatusReport, Thread,
};
use leadflow_domain::{OutboundMessageId, StreamId};
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

    /// The golden events of the business's messages, each with her text wherever something personal stands, as the
    /// commands that lead to them.
    pub(crate) fn messages_to_her(&self) -> Vec<OutboundMessageCommand> {
        let thread = Thread::between(self.id(), CHANNEL);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut forms: Vec<_> = files.filter(|path| path.to_str().unwrap().contains("/outbound_message.")).collect();
        // There is a message before anything is done to it or told of it.
        forms.sort_unstable_by_key(|form| (form.to_str().unwrap().contains(".corrected."), form.clone()));
        let commands = forms.into_iter().map(|path| {
            let mut json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            plant(&mut json, self.text, false);
            match serde_json::from_value(json).unwrap() {
                OutboundMessageEvent::Echoed { message, .. } => OutboundMessageCommand::RecordEcho { thread, message },
                OutboundMessageEvent::Reacted { reaction, .. } => {
                    OutboundMessageCommand::RecordReaction { thread, reaction }
                }
                OutboundMessageEvent::Edited { edit, .. } => OutboundMessageCommand::RecordEdit { thread, edit },
                OutboundMessageEvent::Revoked { revocation, .. } => {
                    OutboundMessageCommand::RecordRevocation { thread, revocation }
                }
                OutboundMessageEvent::StatusReported { report, .. } => OutboundMessageCommand::ReportStatus { report },
                OutboundMessageEvent::Imported { message, status, .. } => {
                    OutboundMessageCommand::RecordImport { thread, message, status }
                }
                OutboundMessageEvent::Corrected { correction, .. } => {
                    OutboundMessageCommand::CorrectMessage { correction }
                }
            }
        });
        commands.collect()
    }

    /// Everything that is about her in what the business writes to her.
    pub(super) async fn is_written_to(&self, log: &Log) {
        let mut begun = 0;
        for (nth, command) in self.messages_to_her().into_iter().enumerate() {
            // Each message is one of its own; what is done to one or told of one is so to the last.
            if let OutboundMessageCommand::RecordEcho { .. }
            | OutboundMessageCommand::RecordReaction { .. }
            | OutboundMessageCommand::RecordImport { .. } = &command
            {
                begun += 1;
            }
            let key = format!("{} outbound {nth}", self.contact);
            log.outbound_messages.execute(self.outbound(begun), command, asked(&key, self.text)).await.unwrap();
        }
    }
}

fn delivered() -> StatusReport {
    let at = Timestamp::from_second(1_763_712_000).unwrap();
    StatusReport::new(ReportedStatus::Reached(DeliveryStatus::Delivered), at)
}

#[tokio::test]
async fn what_is_told_of_a_message_is_recorded_after_its_reader_was_erased_but_nothing_about_her() {
    let log = Log::new().await;
    ADA.writes(&log).await;
    log.contacts.execute(ADA.id(), ContactCommand::Erase, asked("erase", "")).await.unwrap();
    let about_her = StatusReport { callback_data: Some(ADA.text.to_owned().into()), ..delivered() };
    let command = OutboundMessageCommand::ReportStatus { report: about_her };
    let refused = log.outbound_messages.execute(ADA.outbound(1), command, context(TENANT, "about her")).await;
    assert!(matches!(refused, Err(ExecuteError::Erased)), "{refused:?}");
    let command = OutboundMessageCommand::ReportStatus { report: delivered() };
    log.outbound_messages.execute(ADA.outbound(1), command, context(TENANT, "about nobody")).await.unwrap();
}

#[tokio::test]
async fn streams_that_have_begun_tell_whom_they_are_about() {
    let log = Log::new().await;
    ADA.writes(&log).await;
    let (begun, other) = (StreamId::from(ADA.outbound(1)), StreamId::from(ADA.outbound(9)));
    for _ in 0..2 {
        let told = log.reader.begun::<OutboundMessage>(&[other, begun, begun]).await.unwrap();
        assert_eq!(told.into_iter().collect::<Vec<_>>(), [(begun, Some(ADA.id().into()))]);
        // Also of whom nothing can be read any more.
        log.contacts.execute(ADA.id(), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    }
    assert!(log.reader.begun::<OutboundMessage>(&[]).await.unwrap().is_empty());
}
