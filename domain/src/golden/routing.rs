//! How a business shares out its work.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::{CHANNEL, Sample, sample, schedule};
use crate::routing::{
    AssignedBy, CampaignKey, Capacity, Leave, PoolMembers, PoolName, PoolTerms, Request, RoutingEvent, Source, Turn,
    Weight, WorkItem,
};
use crate::{ConversationId, LeadId, MemberId, PoolId, SourceId, TeamId};

const POOL: PoolId = PoolId::from_uuid(Uuid::from_u128(20));
const ADA: MemberId = MemberId::from_uuid(Uuid::from_u128(6));
const BEA: MemberId = MemberId::from_uuid(Uuid::from_u128(7));
const TEAM: TeamId = TeamId::from_uuid(Uuid::from_u128(8));
const SOURCE: SourceId = SourceId::from_uuid(Uuid::from_u128(77));
pub(super) const CONVERSATION: WorkItem = WorkItem::Conversation(ConversationId::from_uuid(Uuid::from_u128(3)));
pub(super) const LEAD: WorkItem = WorkItem::Lead(LeadId::from_uuid(Uuid::from_u128(4)));

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_763_712_000 + second).unwrap()
}

fn terms(name: &str) -> PoolTerms {
    let name = PoolName::parse(name).unwrap();
    PoolTerms { name, serves: BTreeSet::from([Source::Everything]), keeps_last_agent: true, hours: None }
}

fn members(weights: [u8; 2]) -> PoolMembers {
    [ADA, BEA].into_iter().zip(weights.map(|weight| Weight::try_from(weight).unwrap())).collect()
}

pub(super) fn pool_created() -> RoutingEvent {
    RoutingEvent::PoolCreated { pool: POOL, terms: terms("Sales"), members: members([5, 2]), at: at(0) }
}

pub(super) fn pool_changed() -> RoutingEvent {
    let campaign = CampaignKey::parse("23851").unwrap();
    let serves = BTreeSet::from([Source::Team(TEAM), Source::Campaign(campaign), Source::Channel(CHANNEL)]);
    let terms = PoolTerms { serves, keeps_last_agent: false, hours: Some(schedule()), ..terms("Shop") };
    RoutingEvent::PoolChanged { pool: POOL, terms, at: at(1) }
}

pub(super) fn pool_members_set() -> RoutingEvent {
    RoutingEvent::PoolMembersSet { pool: POOL, members: members([1, 100]), at: at(2) }
}

pub(super) fn pool_removed() -> RoutingEvent {
    RoutingEvent::PoolRemoved { pool: POOL, at: at(3) }
}

pub(super) fn capacity_set() -> RoutingEvent {
    RoutingEvent::CapacitySet { member: ADA, capacity: Capacity::try_from(12).ok(), at: at(4) }
}

pub(super) fn working_hours_set() -> RoutingEvent {
    RoutingEvent::WorkingHoursSet { member: ADA, hours: Some(schedule()), at: at(5) }
}

pub(super) fn went_away(until: Option<i64>) -> RoutingEvent {
    RoutingEvent::WentAway { member: ADA, until: until.map(at), at: at(6) }
}

pub(super) fn came_back() -> RoutingEvent {
    RoutingEvent::CameBack { member: ADA, at: at(7) }
}

fn leave() -> Leave {
    Leave::new(at(86_400), at(172_800)).unwrap()
}

pub(super) fn leave_planned() -> RoutingEvent {
    RoutingEvent::LeavePlanned { member: ADA, leave: leave(), at: at(8) }
}

pub(super) fn leave_cancelled() -> RoutingEvent {
    RoutingEvent::LeaveCancelled { member: ADA, leave: leave(), at: at(9) }
}

pub(super) fn member_left() -> RoutingEvent {
    RoutingEvent::MemberLeft { member: ADA, at: at(10) }
}

/// For a conversation with all that it may depend on, or a lead with nothing of it.
pub(super) fn requested(work: WorkItem) -> RoutingEvent {
    let request = match work {
        WorkItem::Conversation(_) => Request {
            work,
            team: Some(TEAM),
            campaign: CampaignKey::parse("23851").ok(),
            channel: Some(CHANNEL),
            last_agent: Some(BEA),
            ..Request::of(work)
        },
        WorkItem::Lead(_) => Request::of(work),
    };
    RoutingEvent::Requested { request, at: at(11) }
}

/// For a conversation that takes the place of its customer's lead, which came from a place of its own.
pub(super) fn requested_instead() -> RoutingEvent {
    let request = Request { lead_source: Some(SOURCE), instead_of: Some(LEAD), ..Request::of(CONVERSATION) };
    RoutingEvent::Requested { request, at: at(11) }
}

pub(super) fn pool_of_a_place() -> RoutingEvent {
    let terms = PoolTerms { serves: BTreeSet::from([Source::LeadSource(SOURCE)]), ..terms("Forms") };
    RoutingEvent::PoolChanged { pool: POOL, terms, at: at(1) }
}

pub(super) fn assigned(work: WorkItem) -> RoutingEvent {
    let turn: Turn = serde_json::from_value(1_250_000.into()).unwrap();
    let (member, by) = match work {
        WorkItem::Conversation(_) => (BEA, AssignedBy::LastAgent),
        WorkItem::Lead(_) => (ADA, AssignedBy::Turn(turn)),
    };
    RoutingEvent::Assigned { work, pool: POOL, member, by, at: at(12) }
}

pub(super) fn handed() -> RoutingEvent {
    RoutingEvent::Handed { work: LEAD, member: BEA, at: at(13) }
}

pub(super) fn released() -> RoutingEvent {
    RoutingEvent::Released { work: LEAD, at: at(14) }
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let form = |form, event| Sample { form: Some(form), ..sample(event) };
    vec![
        sample(pool_created()),
        sample(pool_changed()),
        form("of_a_place", pool_of_a_place()),
        sample(pool_members_set()),
        sample(pool_removed()),
        sample(capacity_set()),
        form("without_end", RoutingEvent::CapacitySet { member: ADA, capacity: None, at: at(4) }),
        sample(working_hours_set()),
        form("always", RoutingEvent::WorkingHoursSet { member: ADA, hours: None, at: at(5) }),
        sample(went_away(Some(3600))),
        form("until_back", went_away(None)),
        sample(came_back()),
        sample(leave_planned()),
        sample(leave_cancelled()),
        sample(member_left()),
        sample(requested(CONVERSATION)),
        form("lead", requested(LEAD)),
        form("instead_of_a_lead", requested_instead()),
        sample(assigned(LEAD)),
        form("to_last_agent", assigned(CONVERSATION)),
        sample(handed()),
        sample(released()),
    ]
}
