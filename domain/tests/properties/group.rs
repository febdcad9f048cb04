//! Histories of groups.

use leadflow_domain::group::{
    Creation, Failure, Group, GroupCommand, GroupEvent, GroupFact, Moment, Participation, Settings,
};
use leadflow_domain::{ChannelId, ContactId};
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use crate::laws::laws;
use crate::strategies::{personal, seconds, uuid};

fn group_fact() -> impl Strategy<Value = GroupFact> {
    let text = || proptest::option::of(personal(any::<String>()));
    let participation = (uuid(), text()).prop_map(|(contact, reason)| Participation {
        contact: ContactId::from_uuid(contact),
        reason,
        request: None,
        errors: vec![],
    });
    let creation = text().prop_map(|subject| Creation { subject, ..Creation::default() });
    let settings =
        (text(), text()).prop_map(|(subject, description)| Settings { subject, description, ..Settings::default() });
    prop_oneof![
        creation.prop_map(GroupFact::Created),
        Just(GroupFact::Deleted { request: None }),
        (participation, 0..5_u8).prop_map(|(participation, what)| match what {
            0 => GroupFact::Joined(participation),
            1 => GroupFact::Left(participation),
            2 => GroupFact::JoinRequested(participation),
            3 => GroupFact::JoinRequestWithdrawn(participation),
            _ => GroupFact::Kept(participation),
        }),
        settings.prop_map(GroupFact::Described),
        Just(GroupFact::Suspended),
        Just(GroupFact::Reinstated),
        any::<String>().prop_map(|asked| GroupFact::Failed(Failure { asked, errors: vec![], request: None })),
        any::<String>().prop_map(|named| GroupFact::Other { named }),
    ]
}

#[test]
fn a_group_keeps_the_laws() {
    let introduce = (uuid(), any::<String>()).prop_map(|(channel, provider_group_id)| GroupCommand::Introduce {
        channel: ChannelId::from_uuid(channel),
        provider_group_id,
    });
    let record = (seconds(), group_fact()).prop_map(|(at, fact)| GroupCommand::Record {
        moment: Moment { at, received_at: None, odd_timestamp: None },
        fact,
    });
    // The same fact twice is the same command twice, and the log's command ids see to that.
    let settles = |command: &GroupCommand| match command {
        GroupCommand::Introduce { .. } => true,
        GroupCommand::Record { .. } => false,
    };
    laws::<Group>(prop_oneof![1 => introduce, 4 => record], settles, GroupEvent::TYPES);
}
