//! Who sees to what comes in: pools, who of them is there, why somebody was given something, and what other weights would have
//! come to. All of it is read from the routing's own stream of the log, and so is never older than what was done.

mod ask_explanation;
mod backtest;
mod change_pool;
mod create_pool;
mod explanation;
mod input;
mod leaves;
mod members;
mod mutate;
mod presence;
mod queries;
mod remove_pool;
mod set_pool_members;
#[cfg(test)]
mod tests;
mod types;

pub(super) use ask_explanation::ExplanationQueries;
pub(super) use backtest::BacktestQueries;
pub(super) use change_pool::ChangeRoutingPool;
pub(super) use create_pool::CreateRoutingPool;
pub(super) use leaves::{CancelMemberLeave, PlanMemberLeave};
pub(super) use members::{SetMemberCapacity, SetMemberWorkingHours};
pub(super) use presence::{SetMemberAway, SetMemberBack};
pub(super) use queries::RoutingQueries;
pub(super) use remove_pool::RemoveRoutingPool;
pub(super) use set_pool_members::SetRoutingPoolMembers;
