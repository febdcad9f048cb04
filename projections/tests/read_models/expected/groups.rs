//! What should be known of groups.

use std::collections::BTreeSet;

use jiff::Timestamp;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::{ContactId, Event, Personal};
use leadflow_event_store::RecordedEvent;

use crate::rows::{Group, GroupParticipant};

fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(super) fn groups(events: &[RecordedEvent]) -> Vec<Group> {
    let mut groups: Vec<Group> = events
        .iter()
        .filter(|event| matches!(event.event, Event::Group(GroupEvent::Introduced { .. })))
        .map(|introduced| {
            let told = || {
                events.iter().filter(|event| event.stream == introduced.stream).filter_map(|event| match &event.event {
                    Event::Group(event) => Some(event),
                    _ => None,
                })
            };
            let latest = |pick: fn(&GroupEvent) -> Option<Timestamp>| told().filter_map(pick).map(micros).max();
            let called = told()
                .filter_map(|event| match event {
                    GroupEvent::Created { moment, creation } => Some((moment.at, creation.subject.as_ref()?)),
                    GroupEvent::Described { moment, settings } => Some((moment.at, settings.subject.as_ref()?)),
                    _ => None,
                })
                .filter_map(|(at, subject)| Some((micros(at), Personal::known(subject)?.clone())))
                .max();
            Group {
                group_id: introduced.stream.as_uuid(),
                tenant_id: introduced.tenant.as_uuid(),
                subject: called.as_ref().map(|(_, subject)| subject.clone()),
                subject_at: called.map(|(at, _)| at),
                deleted_at: latest(|event| match event {
                    GroupEvent::Deleted { moment, .. } => Some(moment.at),
                    _ => None,
                }),
                suspended_at: latest(|event| match event {
                    GroupEvent::Suspended { moment } => Some(moment.at),
                    _ => None,
                }),
                reinstated_at: latest(|event| match event {
                    GroupEvent::Reinstated { moment } => Some(moment.at),
                    _ => None,
                }),
            }
        })
        .collect();
    groups.sort();
    groups
}

pub(super) fn participants(events: &[RecordedEvent]) -> Vec<GroupParticipant> {
    let moved = |recorded: &RecordedEvent| match &recorded.event {
        Event::Group(GroupEvent::ParticipantJoined { moment, participation }) => {
            Some((participation.contact, Some(micros(moment.at)), None))
        }
        Event::Group(GroupEvent::ParticipantLeft { moment, participation }) => {
            Some((participation.contact, None, Some(micros(moment.at))))
        }
        _ => None,
    };
    let who: BTreeSet<_> = events
        .iter()
        .filter_map(|event| Some((event.stream, moved(event)?.0, event.tenant)))
        .collect::<BTreeSet<(_, ContactId, _)>>();
    let mut participants: Vec<GroupParticipant> = who
        .into_iter()
        .map(|(group, contact, tenant)| {
            let hers = || {
                events.iter().filter(|event| event.stream == group).filter_map(moved).filter(|told| told.0 == contact)
            };
            GroupParticipant {
                group_id: group.as_uuid(),
                contact_id: contact.as_uuid(),
                tenant_id: tenant.as_uuid(),
                joined_at: hers().filter_map(|(_, joined, _)| joined).max(),
                left_at: hers().filter_map(|(_, _, left)| left).max(),
            }
        })
        .collect();
    participants.sort();
    participants
}
