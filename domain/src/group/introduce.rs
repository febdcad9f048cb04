//! A group is heard of for the first time. Its id is derived from the provider's, so whoever hears of it introduces the
//! same one.

use super::{Group, GroupEvent, GroupRefusal};
use crate::ChannelId;

pub(super) fn decide(
    group: &Group,
    channel: ChannelId,
    provider_group_id: String,
) -> Result<Vec<GroupEvent>, GroupRefusal> {
    match group.channel {
        None => Ok(vec![GroupEvent::Introduced { channel, provider_group_id: provider_group_id.into() }]),
        Some(known) if known == channel => Ok(vec![]),
        Some(_) => Err(GroupRefusal::AnotherChannel),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::group::state::samples::{CHANNEL, GROUP, introduced};
    use crate::group::{Group, GroupCommand, GroupRefusal};
    use crate::{ChannelId, DataSubject, Decide, StreamId};

    fn introduce(channel: ChannelId) -> GroupCommand {
        GroupCommand::Introduce { channel, provider_group_id: "HBgL".to_owned() }
    }

    #[test]
    fn what_nobody_heard_of_is_introduced_once() {
        TestFramework::<Group>::with(())
            .given_no_previous_events()
            .when(introduce(CHANNEL))
            .then_expect_events(vec![introduced()]);
        TestFramework::<Group>::with(()).given(vec![introduced()]).when(introduce(CHANNEL)).then_expect_events(vec![]);
    }

    #[test]
    fn another_channel_s_group_is_refused() {
        TestFramework::<Group>::with(())
            .given(vec![introduced()])
            .when(introduce(ChannelId::from_uuid(Uuid::from_u128(9))))
            .then_expect_error(GroupRefusal::AnotherChannel);
    }

    #[test]
    fn what_it_is_known_by_is_its_own() {
        assert_eq!(Group::data_subject(StreamId::from(GROUP), &introduced()), DataSubject::Holds(GROUP.into()));
    }
}
