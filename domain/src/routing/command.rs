use jiff::Timestamp;

use super::{Capacity, Leave, PoolMembers, PoolTerms, Request, WorkItem};
use crate::tenant::Schedule;
use crate::{MemberId, PoolId};

/// What can be asked of a business's routing, each at a time. Whatever it is, what waits and can be given to somebody then is.
#[derive(Debug, Clone)]
pub struct RoutingCommand {
    /// What.
    pub what: RoutingOrder,
    /// When. A clock that is behind what the stream knows is taken to stand there.
    pub now: Timestamp,
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum RoutingOrder {
    /// What comes from some sources is to be shared out among some members.
    CreatePool {
        /// Its id.
        pool: PoolId,
        /// What it is.
        terms: PoolTerms,
        /// Whom it consists of.
        members: PoolMembers,
    },
    /// A pool has other terms.
    ChangePool {
        /// Which.
        pool: PoolId,
        /// Its terms from now on.
        terms: PoolTerms,
    },
    /// A pool consists of other members, or by other weights.
    SetPoolMembers {
        /// Which.
        pool: PoolId,
        /// Whom it consists of from now on.
        members: PoolMembers,
    },
    /// A pool is no more.
    RemovePool {
        /// Which.
        pool: PoolId,
    },
    /// How much a member sees to at a time.
    SetCapacity {
        /// Who.
        member: MemberId,
        /// How much; without, there is no end to it.
        capacity: Option<Capacity>,
    },
    /// When a member works.
    SetWorkingHours {
        /// Who.
        member: MemberId,
        /// When; without, always.
        hours: Option<Schedule>,
    },
    /// A member is not there.
    GoAway {
        /// Who.
        member: MemberId,
        /// Until when; without, until she is back.
        until: Option<Timestamp>,
    },
    /// A member who was away is back.
    ComeBack {
        /// Who.
        member: MemberId,
    },
    /// A member will not be there for some time.
    PlanLeave {
        /// Who.
        member: MemberId,
        /// From when until when.
        leave: Leave,
    },
    /// A leave is not to be, or is over now.
    CancelLeave {
        /// Whose.
        member: MemberId,
        /// Which.
        leave: Leave,
    },
    /// A member is not of the business any more.
    LeaveBusiness {
        /// Who.
        member: MemberId,
    },
    /// Somebody is wanted for a work item.
    Ask {
        /// For what, and on what it depends who.
        request: Request,
    },
    /// Somebody else is wanted for a work item than whoever sees to it, or than was asked before.
    PassOn {
        /// For what, and on what it depends who.
        request: Request,
    },
    /// Somebody of the business said who sees to a work item.
    Hand {
        /// What.
        work: WorkItem,
        /// Who.
        member: MemberId,
    },
    /// Nobody needs to see to a work item any more.
    Release {
        /// What.
        work: WorkItem,
    },
    /// Time has passed: whoever is there by now may take what waits.
    AssignWaiting,
}
