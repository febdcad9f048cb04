//! Routing: who of the business sees to what came in.
//!
//! One stream of a business holds all of it: its pools and whom they consist of, who is there and who is not, what waits and
//! what each has on her hands. So one append decides an assignment, and nobody gets more than her capacity over all pools.
//!
//! What was told, that something was asked for, that somebody went away, is one event of a command; what follows from it is one
//! `routing.assigned` for each thing that is given to somebody. The first kind alone makes the second:
//! [`explain`] makes a decision again from the events before it, [`backtest`] makes those of an interval by other weights
//! ([decision 18](../../../docs/adr/0018-routing.md)).

mod ask;
mod assign_waiting;
mod attendance;
mod backtest;
mod capacity;
mod change_pool;
mod choose;
mod come_back;
mod command;
mod create_pool;
mod event;
mod explain;
mod go_away;
mod hand;
mod leave;
mod leave_business;
mod pairs;
mod pass_on;
mod plan_leave;
mod pool;
mod refusal;
mod release;
mod remove_pool;
mod request;
mod rotation;
mod set_capacity;
mod set_pool_members;
mod set_working_hours;
mod staff;
mod standing;
mod state;

pub use attendance::Availability;
pub use backtest::{Backtest, Compared, Interval, Weights, backtest};
pub use capacity::{Capacity, NotACapacity};
pub use choose::{AssignedBy, Candidate, Choice};
pub use command::{RoutingCommand, RoutingOrder};
pub use event::RoutingEvent;
pub use explain::{Explanation, explain};
pub use leave::{BadLeave, Leave};
pub use pool::{CampaignKey, NotAWeight, PoolMembers, PoolName, PoolTerms, Source, Weight};
pub use refusal::RoutingRefusal;
pub use request::{Request, WorkItem};
pub use rotation::Turn;
pub use standing::{MemberStanding, PoolStanding};
pub use state::Routing;

/// Most pools of a business.
pub const MOST_POOLS: usize = 30;

/// Most members of a pool.
pub const MOST_MEMBERS: usize = 200;

/// Most leaves of a member that are not over.
pub const MOST_LEAVES: usize = 50;
