use serde::{Deserialize, Serialize};

use super::{GroupCommand, GroupEvent, GroupRefusal, introduce, record};
use crate::{ChannelId, DataSubject, Decide, GroupId, ReservationChange, StreamId, aggregate};

/// What a group's decisions need to know: whether it was heard of, and where.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub(super) channel: Option<ChannelId>,
}

aggregate::aggregate!(Group, "group", GroupCommand, GroupEvent, GroupRefusal);

impl Group {
    fn evolve(&mut self, event: GroupEvent) {
        match event {
            GroupEvent::Introduced { channel, .. } => self.channel = Some(channel),
            // Told in any order: nothing that is recorded next hangs on it.
            GroupEvent::Created { .. }
            | GroupEvent::Deleted { .. }
            | GroupEvent::ParticipantJoined { .. }
            | GroupEvent::ParticipantLeft { .. }
            | GroupEvent::JoinRequested { .. }
            | GroupEvent::JoinRequestWithdrawn { .. }
            | GroupEvent::ParticipantKept { .. }
            | GroupEvent::Described { .. }
            | GroupEvent::Suspended { .. }
            | GroupEvent::Reinstated { .. }
            | GroupEvent::RequestFailed { .. }
            | GroupEvent::Remarked { .. } => {}
        }
    }
}

impl Decide for Group {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: GroupCommand) -> Result<Vec<GroupEvent>, GroupRefusal> {
        match command {
            GroupCommand::Introduce { channel, provider_group_id } => {
                introduce::decide(self, channel, provider_group_id)
            }
            GroupCommand::Record { moment, fact } => record::decide(self, moment, fact),
        }
    }

    /// Its id is derived from the provider's: nothing is to be reserved.
    fn reservations(_: StreamId, _: &GroupEvent) -> Vec<ReservationChange> {
        vec![]
    }

    fn data_subject(stream: StreamId, event: &GroupEvent) -> DataSubject {
        match event {
            GroupEvent::Introduced { .. } | GroupEvent::Created { .. } | GroupEvent::Described { .. } => {
                DataSubject::Holds(GroupId::from_uuid(stream.as_uuid()).into())
            }
            GroupEvent::ParticipantJoined { participation, .. }
            | GroupEvent::ParticipantLeft { participation, .. }
            | GroupEvent::JoinRequested { participation, .. }
            | GroupEvent::JoinRequestWithdrawn { participation, .. }
            | GroupEvent::ParticipantKept { participation, .. } => DataSubject::Holds(participation.contact.into()),
            GroupEvent::Deleted { .. }
            | GroupEvent::Suspended { .. }
            | GroupEvent::Reinstated { .. }
            | GroupEvent::RequestFailed { .. }
            | GroupEvent::Remarked { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use crate::conversation::ProviderError;
    use crate::group::{Creation, Failure, GroupEvent, GroupFact, Moment, Participation, Settings, UnchangedSetting};
    use crate::{ChannelId, ContactId, GroupId};

    pub(crate) const GROUP: GroupId = GroupId::from_uuid(Uuid::from_u128(5));
    pub(crate) const CONTACT: ContactId = ContactId::from_uuid(Uuid::from_u128(1));
    pub(crate) const CHANNEL: ChannelId = ChannelId::from_uuid(Uuid::from_u128(2));

    pub(crate) fn introduced() -> GroupEvent {
        GroupEvent::Introduced { channel: CHANNEL, provider_group_id: "HBgL".to_owned().into() }
    }

    pub(crate) fn moment() -> Moment {
        let at = Timestamp::from_second(1_763_712_180).unwrap();
        Moment { at, received_at: Some(at), odd_timestamp: None }
    }

    fn participation(reason: &str, errors: Vec<ProviderError>) -> Participation {
        let request = Some("request 7".to_owned());
        Participation { contact: CONTACT, reason: Some(reason.to_owned().into()), request, errors }
    }

    /// Each fact, and the event it becomes.
    pub(crate) fn facts() -> Vec<(GroupFact, GroupEvent)> {
        let (moment, request) = (moment(), Some("request 7".to_owned()));
        let errors = || {
            vec![ProviderError {
                code: "100".to_owned(),
                title: Some("Invalid".to_owned()),
                details: Some("It is too long.".to_owned()),
            }]
        };
        let creation = Creation {
            subject: Some("Blue things".to_owned().into()),
            invite_link: Some("https://chat.example/blue".to_owned().into()),
            join_approval: Some("auto_approve".to_owned()),
            request: request.clone(),
        };
        let settings = Settings {
            subject: Some("Red things".to_owned().into()),
            description: Some("All that is red".to_owned().into()),
            picture_sha256: Some("47DEQpj8HBSa".to_owned().into()),
            unchanged: vec![UnchangedSetting { setting: "profile_picture".to_owned(), errors: errors() }],
            request: request.clone(),
        };
        let failure = Failure { asked: "group_delete".to_owned(), errors: errors(), request: request.clone() };
        let joined = participation("invite_link", vec![]);
        let left = participation("business", vec![]);
        let asking = participation("admin_approval", vec![]);
        let kept = participation("business", errors());
        let named = "group_painted_blue".to_owned();
        vec![
            (GroupFact::Created(creation.clone()), GroupEvent::Created { moment: moment.clone(), creation }),
            (
                GroupFact::Joined(joined.clone()),
                GroupEvent::ParticipantJoined { moment: moment.clone(), participation: joined },
            ),
            (
                GroupFact::Left(left.clone()),
                GroupEvent::ParticipantLeft { moment: moment.clone(), participation: left },
            ),
            (
                GroupFact::JoinRequested(asking.clone()),
                GroupEvent::JoinRequested { moment: moment.clone(), participation: asking.clone() },
            ),
            (
                GroupFact::JoinRequestWithdrawn(asking.clone()),
                GroupEvent::JoinRequestWithdrawn { moment: moment.clone(), participation: asking },
            ),
            (
                GroupFact::Kept(kept.clone()),
                GroupEvent::ParticipantKept { moment: moment.clone(), participation: kept },
            ),
            (GroupFact::Described(settings.clone()), GroupEvent::Described { moment: moment.clone(), settings }),
            (GroupFact::Suspended, GroupEvent::Suspended { moment: moment.clone() }),
            (GroupFact::Reinstated, GroupEvent::Reinstated { moment: moment.clone() }),
            (GroupFact::Failed(failure.clone()), GroupEvent::RequestFailed { moment: moment.clone(), failure }),
            (GroupFact::Deleted { request: request.clone() }, GroupEvent::Deleted { moment: moment.clone(), request }),
            (GroupFact::Other { named: named.clone() }, GroupEvent::Remarked { moment, named }),
        ]
    }
}
