use jiff::Timestamp;

use super::{AssignedBy, Capacity, Leave, PoolMembers, PoolTerms, Request, WorkItem};
use crate::tenant::Schedule;
use crate::{MemberId, PoolId};

crate::event_type::events! {
    /// What happened to how a business shares out its work.
    pub enum RoutingEvent {
        /// What comes from some sources is shared out among some members from now on.
        "routing.pool_created", "1" => PoolCreated {
            /// Which pool.
            pool: PoolId,
            /// What it is.
            terms: PoolTerms,
            /// Whom it consists of.
            members: PoolMembers,
            /// When.
            at: Timestamp,
        },
        /// A pool has other terms; its members are the same.
        "routing.pool_changed", "1" => PoolChanged {
            /// Which.
            pool: PoolId,
            /// Its terms from now on.
            terms: PoolTerms,
            /// When.
            at: Timestamp,
        },
        /// A pool consists of these members, by these weights, and of nobody else.
        "routing.pool_members_set", "1" => PoolMembersSet {
            /// Which.
            pool: PoolId,
            /// Whom it consists of from now on.
            members: PoolMembers,
            /// When.
            at: Timestamp,
        },
        /// A pool is no more. What waited for it falls to the pool that serves it then, or waits for one.
        "routing.pool_removed", "1" => PoolRemoved {
            /// Which.
            pool: PoolId,
            /// When.
            at: Timestamp,
        },
        /// How much a member sees to at a time was said.
        "routing.capacity_set", "1" => CapacitySet {
            /// Whose.
            member: MemberId,
            /// How much; without, there is no end to it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            capacity: Option<Capacity>,
            /// When.
            at: Timestamp,
        },
        /// When a member works was said.
        "routing.working_hours_set", "1" => WorkingHoursSet {
            /// Who.
            member: MemberId,
            /// When she works; without, always.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            hours: Option<Schedule>,
            /// When that was said.
            at: Timestamp,
        },
        /// A member is not there.
        "routing.went_away", "1" => WentAway {
            /// Who.
            member: MemberId,
            /// Until when; without, until it is said that she is back.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            until: Option<Timestamp>,
            /// When.
            at: Timestamp,
        },
        /// A member who was away is back, before that was to be or without that it was said.
        "routing.came_back", "1" => CameBack {
            /// Who.
            member: MemberId,
            /// When.
            at: Timestamp,
        },
        /// A member will not be there for some time.
        "routing.leave_planned", "1" => LeavePlanned {
            /// Who.
            member: MemberId,
            /// From when until when.
            leave: Leave,
            /// When that was said.
            at: Timestamp,
        },
        /// A leave is not to be, or is over now.
        "routing.leave_cancelled", "1" => LeaveCancelled {
            /// Whose.
            member: MemberId,
            /// Which.
            leave: Leave,
            /// When that was said.
            at: Timestamp,
        },
        /// A member is of no pool any more, as she is not of the business. What she saw to is not counted any more.
        "routing.member_left", "1" => MemberLeft {
            /// Who.
            member: MemberId,
            /// When.
            at: Timestamp,
        },
        /// Somebody is wanted for a work item, instead of whoever saw to it: it waits from now on.
        "routing.requested", "1" => Requested {
            /// For what, and on what it depends who.
            request: Request,
            /// When.
            at: Timestamp,
        },
        /// Of what waits something is given to a member, by the rules.
        "routing.assigned", "1" => Assigned {
            /// What.
            work: WorkItem,
            /// By which pool.
            pool: PoolId,
            /// Who sees to it.
            member: MemberId,
            /// Why she.
            by: AssignedBy,
            /// When.
            at: Timestamp,
        },
        /// Somebody of the business said who sees to a work item.
        "routing.handed", "1" => Handed {
            /// What.
            work: WorkItem,
            /// Who sees to it.
            member: MemberId,
            /// When.
            at: Timestamp,
        },
        /// Nobody needs to see to a work item any more: it is settled, or nobody's.
        "routing.released", "1" => Released {
            /// What.
            work: WorkItem,
            /// When.
            at: Timestamp,
        },
    }
}

impl RoutingEvent {
    /// When it happened. Never before what stands before it in its stream.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::PoolCreated { at, .. }
            | Self::PoolChanged { at, .. }
            | Self::PoolMembersSet { at, .. }
            | Self::PoolRemoved { at, .. }
            | Self::CapacitySet { at, .. }
            | Self::WorkingHoursSet { at, .. }
            | Self::WentAway { at, .. }
            | Self::CameBack { at, .. }
            | Self::LeavePlanned { at, .. }
            | Self::LeaveCancelled { at, .. }
            | Self::MemberLeft { at, .. }
            | Self::Requested { at, .. }
            | Self::Assigned { at, .. }
            | Self::Handed { at, .. }
            | Self::Released { at, .. } => *at,
        }
    }
}
