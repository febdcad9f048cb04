//! Pools and people, as they stand.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::MemberId;
use leadflow_domain::routing::{
    Availability, Candidate, Leave, MOST_LEAVES, MOST_MEMBERS, MOST_POOLS, MemberStanding, PoolStanding, Source,
};

use crate::graphql::global_id::{Kind, encode};
use crate::graphql::tenant::BusinessHours;

/// Most sources of a pool that an answer is priced for.
const MOST_SOURCES: usize = 20;

/// How the business shares out what comes in.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Routing {
    /// The pools, in no particular order; 30 at most.
    #[graphql(complexity = "1 + MOST_POOLS * child_complexity")]
    pub(super) pools: Vec<RoutingPoolSummary>,
    /// How many conversations and leads wait for somebody.
    pub(super) waiting: i64,
}

/// A pool in the list of all; `routingPool` shows the whole of it.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct RoutingPoolSummary {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    name: String,
    /// Where what it gets comes from.
    #[graphql(complexity = "1 + MOST_SOURCES * child_complexity")]
    serves: Vec<RoutingSource>,
    /// How many members it has.
    member_count: i64,
    /// How many of them could take something now.
    free_count: i64,
}

/// Members among whom what comes from some sources is shared out by weight.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct RoutingPool {
    /// Its id, a uuid.
    id: ID,
    /// What it is called.
    name: String,
    /// Where what it gets comes from.
    #[graphql(complexity = "1 + MOST_SOURCES * child_complexity")]
    serves: Vec<RoutingSource>,
    /// Whether a customer comes back to who saw to her last, while that one is available.
    keeps_last_agent: bool,
    /// When it gives out what it gets; outside of these hours that waits. Null when it always does.
    hours: Option<BusinessHours>,
    /// Who is in it, whoever's turn is next first; 200 at most.
    #[graphql(complexity = "1 + MOST_MEMBERS * child_complexity")]
    members: Vec<RoutingPoolMember>,
}

/// Where something comes from.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct RoutingSource {
    /// What kind of source.
    kind: RoutingSourceKind,
    /// Which: a team's uuid, a campaign's key, a lead source's uuid, a channel's id; null for everything.
    id: Option<ID>,
}

/// Kinds of sources, the more particular first: of several pools the first of these gets it, but what a team is asked for goes to the pool
/// of this team alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum RoutingSourceKind {
    /// What a team is asked for. No other pool gets that.
    Team,
    /// A campaign of a provider's.
    Campaign,
    /// A page, a form or any other place that leads come from.
    LeadSource,
    /// A channel of the business.
    Channel,
    /// Whatever no other pool gets.
    Everything,
}

/// A member of a pool, as she stands.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct RoutingPoolMember {
    /// Her id, a uuid.
    member_id: ID,
    /// How much of what the pool gets falls to her, beside the others' weights.
    weight: i32,
    /// Whether she is there.
    availability: MemberAvailability,
    /// Until when she is not, if that is known.
    unavailable_until: Option<Timestamp>,
    /// How many conversations and leads she sees to, as far as routing counts them.
    load: i64,
    /// How many she may be given over all pools; null when there is no end to it.
    capacity: Option<i32>,
}

/// A member, as routing knows her.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct RoutingMember {
    /// Her id, a uuid.
    member_id: ID,
    /// Whether she is there.
    availability: MemberAvailability,
    /// Until when she is not, if that is known.
    unavailable_until: Option<Timestamp>,
    /// How many conversations and leads she sees to, as far as routing counts them.
    load: i64,
    /// How many she may be given over all pools; null when there is no end to it.
    capacity: Option<i32>,
    /// When she works; null when that was not said, and so always.
    working_hours: Option<BusinessHours>,
    /// Her leaves that are not over, the first first; 50 at most.
    #[graphql(complexity = "1 + MOST_LEAVES * child_complexity")]
    leaves: Vec<MemberLeave>,
}

/// A time in which a member is not there.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub(in crate::graphql) struct MemberLeave {
    /// When it begins.
    from: Timestamp,
    /// When it is over.
    until: Timestamp,
}

/// Whether a member is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum MemberAvailability {
    /// She is.
    Available,
    /// It was said that she is not.
    Away,
    /// She has a leave.
    OnLeave,
    /// These are not her working hours.
    OffHours,
}

/// Whether she is there, and until when she is not.
pub(super) fn availability(of: Availability) -> (MemberAvailability, Option<Timestamp>) {
    match of {
        Availability::Available => (MemberAvailability::Available, None),
        Availability::Away { until } => (MemberAvailability::Away, until),
        Availability::OnLeave { until } => (MemberAvailability::OnLeave, Some(until)),
        Availability::OffHours => (MemberAvailability::OffHours, None),
    }
}

impl From<&Source> for RoutingSource {
    fn from(source: &Source) -> Self {
        match source {
            Source::Team(team) => Self { kind: RoutingSourceKind::Team, id: Some((*team).into()) },
            Source::Campaign(key) => Self { kind: RoutingSourceKind::Campaign, id: Some(key.as_str().into()) },
            Source::LeadSource(source) => Self { kind: RoutingSourceKind::LeadSource, id: Some((*source).into()) },
            Source::Channel(channel) => {
                Self { kind: RoutingSourceKind::Channel, id: Some(encode(Kind::Channel, channel.as_uuid())) }
            }
            Source::Everything => Self { kind: RoutingSourceKind::Everything, id: None },
        }
    }
}

impl From<&Candidate> for RoutingPoolMember {
    fn from(candidate: &Candidate) -> Self {
        let (availability, unavailable_until) = availability(candidate.availability);
        Self {
            member_id: candidate.member.into(),
            weight: candidate.weight.number().into(),
            availability,
            unavailable_until,
            load: candidate.load.into(),
            capacity: candidate.capacity.map(|capacity| capacity.number().into()),
        }
    }
}

impl From<PoolStanding<'_>> for RoutingPoolSummary {
    fn from(PoolStanding { id, terms, members }: PoolStanding<'_>) -> Self {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            id: id.into(),
            name: terms.name.as_str().to_owned(),
            serves: terms.serves.iter().map(RoutingSource::from).collect(),
            member_count: count(members.len()),
            free_count: count(members.iter().filter(|member| member.is_free()).count()),
        }
    }
}

impl From<PoolStanding<'_>> for RoutingPool {
    fn from(PoolStanding { id, terms, members }: PoolStanding<'_>) -> Self {
        Self {
            id: id.into(),
            name: terms.name.as_str().to_owned(),
            serves: terms.serves.iter().map(RoutingSource::from).collect(),
            keeps_last_agent: terms.keeps_last_agent,
            hours: terms.hours.as_ref().map(BusinessHours::from),
            members: members.iter().map(RoutingPoolMember::from).collect(),
        }
    }
}

impl RoutingMember {
    pub(super) fn of(member: MemberId, standing: &MemberStanding<'_>) -> Self {
        let (availability, unavailable_until) = availability(standing.availability);
        Self {
            member_id: member.into(),
            availability,
            unavailable_until,
            load: standing.load.into(),
            capacity: standing.capacity.map(|capacity| capacity.number().into()),
            working_hours: standing.hours.map(BusinessHours::from),
            leaves: standing.leaves.iter().copied().map(Into::into).collect(),
        }
    }
}

impl From<Leave> for MemberLeave {
    fn from(leave: Leave) -> Self {
        Self { from: leave.from(), until: leave.until() }
    }
}
