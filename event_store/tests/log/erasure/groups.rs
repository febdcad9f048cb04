//! What is told of a person in a group is hers, and what the group is called is not.

use jiff::Timestamp;
use leadflow_domain::conversation::{ConversationCommand, Counterpart, InboundMessage, MessageContent, Note};
use leadflow_domain::group::{Creation, Failure, GroupCommand, GroupFact, Moment, Participation, Settings};
use leadflow_domain::{ConversationId, GroupId, IdentifierHash};

use super::person::Person;
use crate::support::{CHANNEL, Log, asked};

/// A group, and where people write there.
pub(crate) fn place() -> (GroupId, ConversationId) {
    let group = GroupId::known_to_provider(CHANNEL, &IdentifierHash::from_hex("hash of a group".to_owned()));
    (group, Counterpart::Group(group).conversation(CHANNEL))
}

fn at() -> Timestamp {
    Timestamp::from_second(1_763_712_000).unwrap()
}

impl Person {
    /// Everything that is told of her in a group, and of the group itself.
    pub(crate) fn told_of_in_a_group(&self) -> Vec<GroupCommand> {
        let participation = || Participation {
            contact: self.id(),
            reason: Some(self.text.to_owned().into()),
            request: None,
            errors: vec![],
        };
        let theirs = || Some("Readers of the log".to_owned().into());
        let facts = [
            GroupFact::Created(Creation { subject: theirs(), invite_link: theirs(), ..Creation::default() }),
            GroupFact::Described(Settings {
                subject: theirs(),
                description: theirs(),
                picture_sha256: theirs(),
                ..Settings::default()
            }),
            GroupFact::JoinRequested(participation()),
            GroupFact::JoinRequestWithdrawn(participation()),
            GroupFact::Joined(participation()),
            GroupFact::Kept(participation()),
            GroupFact::Left(participation()),
            GroupFact::Suspended,
            GroupFact::Reinstated,
            GroupFact::Failed(Failure { asked: "group_delete".to_owned(), errors: vec![], request: None }),
            GroupFact::Other { named: "group_painted".to_owned() },
            GroupFact::Deleted { request: None },
        ];
        let moment = Moment { at: at(), received_at: None, odd_timestamp: None };
        let introduce = GroupCommand::Introduce { channel: CHANNEL, provider_group_id: "HBgL".to_owned() };
        let told = facts.into_iter().map(|fact| GroupCommand::Record { moment: moment.clone(), fact });
        std::iter::once(introduce).chain(told).collect()
    }

    /// What she writes there.
    pub(crate) fn written_in_a_group(&self) -> ConversationCommand {
        let content = MessageContent::Text { body: self.text.to_owned().into() };
        ConversationCommand::ReceiveMessage {
            contact: self.id(),
            channel: CHANNEL,
            group: Some(place().0),
            message: InboundMessage::new(self.wamid(20), at(), content),
        }
    }

    /// All of it happens.
    pub(super) async fn is_told_of_in_a_group(&self, log: &Log) {
        let (group, thread) = place();
        for (nth, command) in self.told_of_in_a_group().into_iter().enumerate() {
            let key = format!("{} in a group {nth}", self.contact);
            log.groups.execute(group, command, asked(&key, self.text)).await.unwrap();
        }
        let key = format!("{} writes in a group", self.contact);
        log.conversations.execute(thread, self.written_in_a_group(), asked(&key, self.text)).await.unwrap();
        let noted = ConversationCommand::AddNote { text: Note::parse("They read a lot").unwrap() };
        log.conversations
            .execute(thread, noted, asked(&format!("{} noted in a group", self.contact), ""))
            .await
            .unwrap();
    }
}
