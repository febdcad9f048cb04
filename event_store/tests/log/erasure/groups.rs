//! What is told of a person in a group is hers, and what the group is called is not.

use jiff::Timestamp;
use leadflow_domain::conversation::{ConversationCommand, Counterpart, InboundMessage, MessageContent};
use leadflow_domain::group::{Creation, GroupCommand, GroupFact, Moment, Participation, Settings};
use leadflow_domain::{GroupId, IdentifierHash};

use super::Person;
use crate::support::{CHANNEL, Log, asked};

fn group() -> GroupId {
    GroupId::known_to_provider(CHANNEL, &IdentifierHash::from_hex("hash of a group".to_owned()))
}

impl Person {
    /// Everything that is told of her in a group, and of the group itself; she writes there, too.
    pub(super) async fn is_told_of_in_a_group(&self, log: &Log) {
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
        ];
        let at = Timestamp::from_second(1_763_712_000).unwrap();
        let moment = || Moment { at, received_at: None, odd_timestamp: None };
        let introduce = GroupCommand::Introduce { channel: CHANNEL, provider_group_id: "HBgL".to_owned() };
        let told = facts.into_iter().map(|fact| GroupCommand::Record { moment: moment(), fact });
        for (nth, command) in std::iter::once(introduce).chain(told).enumerate() {
            let key = format!("{} in a group {nth}", self.contact);
            log.groups.execute(group(), command, asked(&key, self.text)).await.unwrap();
        }
        let content = MessageContent::Text { body: self.text.to_owned().into() };
        let written = ConversationCommand::ReceiveMessage {
            contact: self.id(),
            channel: CHANNEL,
            group: Some(group()),
            message: InboundMessage::new(self.wamid(20), at, content),
        };
        let thread = Counterpart::Group(group()).conversation(CHANNEL);
        let key = format!("{} writes in a group", self.contact);
        log.conversations.execute(thread, written, asked(&key, self.text)).await.unwrap();
    }
}
