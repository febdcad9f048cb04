//! People of the business, and with whom they work.

use leadflow_domain::member::MemberEvent;
use leadflow_domain::{Event, TeamId};
use leadflow_event_store::RecordedEvent;
use uuid::Uuid;

use crate::rows::Member;

/// Everybody who ever came, by her id.
pub(super) fn members(events: &[RecordedEvent]) -> Vec<Member> {
    let came = events.iter().filter(|recorded| {
        matches!(recorded.event, Event::Member(MemberEvent::Registered { .. } | MemberEvent::Joined { .. }))
    });
    let mut members: Vec<Member> = came
        .map(|recorded| Member {
            member_id: recorded.stream.as_uuid(),
            tenant_id: recorded.tenant.as_uuid(),
            team_id: team(events, recorded.stream.as_uuid()),
        })
        .collect();
    members.sort();
    members
}

/// The team that somebody was told last to be in.
pub(crate) fn team(events: &[RecordedEvent], member: Uuid) -> Option<Uuid> {
    let of_hers = events.iter().rev().filter(|recorded| recorded.stream.as_uuid() == member);
    let told = of_hers.filter_map(|recorded| match &recorded.event {
        Event::Member(MemberEvent::Joined { team, .. } | MemberEvent::TeamChanged { team }) => Some(*team),
        _ => None,
    });
    told.take(1).flatten().map(TeamId::as_uuid).next()
}
