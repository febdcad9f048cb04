//! What is told of a person beside messages is about her, too.

use std::path::Path;

use jiff::Timestamp;
use leadflow_domain::contact::{ContactCommand, ContactEvent, MergeReason, Standing};
use leadflow_domain::conversation::{ConversationCommand, ConversationEvent, Label, Note};
use leadflow_domain::{MemberId, Personal, TeamId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::person::{Person, plant};
use crate::support::{CHANNEL, Log, asked, conversation};

impl Person {
    /// The golden events of these types in all their forms, with her text wherever something personal stands.
    fn planted<E: DeserializeOwned>(&self, types: &[&str]) -> Vec<E> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_wanted = |name: &str| types.iter().any(|kind| name.starts_with(&format!("{kind}.v1.")));
        let mut wanted: Vec<_> = files.filter(|path| is_wanted(path.file_name().unwrap().to_str().unwrap())).collect();
        wanted.sort_unstable();
        let events = wanted.into_iter().map(|path| {
            let mut json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            plant(&mut json, self.text, false);
            serde_json::from_value(json).unwrap()
        });
        events.collect()
    }

    /// What is told of calls with her.
    pub(crate) fn calls_with_her(&self) -> Vec<ConversationCommand> {
        let calls = self.planted(&["conversation.called"]).into_iter().map(|event| {
            let ConversationEvent::Called { call, .. } = event else { panic!("a call") };
            ConversationCommand::RecordCall { contact: self.id(), channel: CHANNEL, call }
        });
        calls.collect()
    }

    /// What she wants, what the business calls her, and why she was taken for somebody else.
    pub(crate) fn told_of_her(&self) -> Vec<ContactCommand> {
        let types = [
            "contact.marketing_preference_told",
            "contact.listed",
            "contact.unlisted",
            "contact.merged",
            "contact.unmerged",
        ];
        let standing = Standing::Herself;
        let words = |reason: Option<Personal<MergeReason>>| reason.and_then(|reason| reason.known().cloned());
        let told = self.planted(&types).into_iter().map(|event| match event {
            ContactEvent::MarketingPreferenceTold { channel, preference } => {
                ContactCommand::TellMarketingPreference { channel, preference }
            }
            ContactEvent::Listed { channel, name, first_name, telling } => {
                ContactCommand::List { channel, name, first_name, telling }
            }
            ContactEvent::Unlisted { channel, telling } => ContactCommand::Unlist { channel, telling },
            ContactEvent::Merged { into: winner, reason } => {
                ContactCommand::Merge { loser: self.id(), winner, standing, reason: words(reason) }
            }
            ContactEvent::Unmerged { from: winner, reason } => {
                ContactCommand::Unmerge { winner, standing, reason: words(reason) }
            }
            ContactEvent::IntroducedByPhone { .. }
            | ContactEvent::IntroducedByUserId { .. }
            | ContactEvent::IdentifierAdded { .. }
            | ContactEvent::IdentifierChanged { .. }
            | ContactEvent::IdentifierConflicted { .. }
            | ContactEvent::Introduced { .. }
            | ContactEvent::ToldApart { .. }
            | ContactEvent::Erased { .. } => panic!("another event"),
        });
        told.collect()
    }

    /// What people of the business do in her conversation, with a note about her.
    pub(crate) fn done_in_her_conversation(&self) -> Vec<ConversationCommand> {
        let member = MemberId::from_uuid(Uuid::from_u128(self.contact));
        let label = || Label::parse("VIP").unwrap();
        let (now, until) =
            (Timestamp::from_second(1_763_712_000).unwrap(), Timestamp::from_second(1_763_712_060).unwrap());
        vec![
            ConversationCommand::AddNote { text: Note::parse(self.text).unwrap() },
            ConversationCommand::Assign { member },
            ConversationCommand::AssignToTeam { team: TeamId::from_uuid(Uuid::from_u128(self.contact)) },
            ConversationCommand::Unassign,
            ConversationCommand::Label { label: label() },
            ConversationCommand::Unlabel { label: label() },
            ConversationCommand::Snooze { until, now },
            ConversationCommand::Wake { until },
        ]
    }

    /// All of it is about her.
    pub(super) async fn is_told_of(&self, log: &Log) {
        let (calls, told) = (self.calls_with_her(), self.told_of_her());
        assert_eq!((calls.len(), told.len()), (3, 8), "every form of each");
        for (nth, command) in calls.into_iter().enumerate() {
            let asked = asked(&format!("{} call {nth}", self.contact), self.text);
            log.conversations.execute(conversation(self.contact), command, asked).await.unwrap();
        }
        for (nth, command) in self.done_in_her_conversation().into_iter().enumerate() {
            let asked = asked(&format!("{} done {nth}", self.contact), self.text);
            log.conversations.execute(conversation(self.contact), command, asked).await.unwrap();
        }
        for (nth, command) in told.into_iter().enumerate() {
            let asked = asked(&format!("{} told {nth}", self.contact), self.text);
            log.contacts.execute(self.id(), command, asked).await.unwrap();
        }
    }
}
