//! Somebody of the business said who sees to a work item. That counts whether she has room or not: people decide. It takes
//! no turn.

use jiff::Timestamp;

use super::{Routing, RoutingEvent, WorkItem};
use crate::MemberId;

pub(super) fn decide(routing: &Routing, work: WorkItem, member: MemberId, at: Timestamp) -> Option<RoutingEvent> {
    // Of whom no pool consists, only what was routed is counted.
    let concerns_us = routing.knows(work) || routing.is_in_a_pool(member);
    let is_so = routing.agent(work) == Some(member);
    (concerns_us && !is_so).then_some(RoutingEvent::Handed { work, member, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::state::samples::{
        ADA, BEA, CARL, assigned, at, comes_to, pool, request, requested, state, work,
    };
    use crate::routing::{Capacity, RoutingOrder};

    fn hand(nth: u128, member: MemberId) -> RoutingOrder {
        RoutingOrder::Hand { work: work(nth), member }
    }

    fn handed(nth: u128, member: MemberId, second: i64) -> RoutingEvent {
        RoutingEvent::Handed { work: work(nth), member, at: at(second) }
    }

    fn one(member: MemberId) -> RoutingEvent {
        RoutingEvent::CapacitySet { member, capacity: Capacity::try_from(1).ok(), at: at(0) }
    }

    #[test]
    fn what_waits_or_is_somebody_s_is_handed_to_another() {
        let given = vec![pool(&[]), requested(1, 1)];
        comes_to(given, hand(1, CARL), 2, vec![handed(1, CARL, 2)]);
        let given = vec![pool(&[(ADA, 1)]), requested(1, 1), assigned(1, ADA, 500_000, 1)];
        comes_to(given, hand(1, CARL), 2, vec![handed(1, CARL, 2)]);
    }

    #[test]
    fn what_is_hers_already_stays_so() {
        let given = vec![pool(&[(ADA, 1)]), requested(1, 1), assigned(1, ADA, 500_000, 1)];
        comes_to(given, hand(1, ADA), 2, vec![]);
        comes_to(vec![pool(&[(ADA, 1)]), handed(2, ADA, 1)], hand(2, ADA), 2, vec![]);
    }

    #[test]
    fn what_was_never_routed_counts_for_whoever_is_in_a_pool() {
        let given = vec![pool(&[(ADA, 1)]), one(ADA)];
        comes_to(given.clone(), hand(7, ADA), 1, vec![handed(7, ADA, 1)]);
        let given = [given, vec![handed(7, ADA, 1)]].concat();
        comes_to(given, RoutingOrder::Ask { request: request(1) }, 2, vec![requested(1, 2)]);
        comes_to(vec![pool(&[(ADA, 1)])], hand(7, CARL), 1, vec![]);
        comes_to(vec![], hand(7, CARL), 1, vec![]);
    }

    #[test]
    fn whoever_it_is_taken_from_has_room() {
        let given = vec![pool(&[(ADA, 1)]), one(ADA), requested(1, 1), assigned(1, ADA, 500_000, 1), requested(2, 2)];
        comes_to(given, hand(1, BEA), 3, vec![handed(1, BEA, 3), assigned(2, ADA, 1_500_000, 3)]);
    }

    #[test]
    fn people_may_give_her_more_than_she_has_room_for() {
        let given = vec![pool(&[(ADA, 1)]), one(ADA), handed(1, ADA, 1), handed(2, ADA, 2), handed(3, ADA, 3)];
        assert_eq!(state(&given).staff.person(ADA).load, 3);
        comes_to(given, hand(4, ADA), 4, vec![handed(4, ADA, 4)]);
    }
}
