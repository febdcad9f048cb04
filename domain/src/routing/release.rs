//! Nobody needs to see to a work item any more: whoever did has room, or it waits no longer.

use jiff::Timestamp;

use super::{Routing, RoutingEvent, WorkItem};

pub(super) fn decide(routing: &Routing, work: WorkItem, at: Timestamp) -> Option<RoutingEvent> {
    routing.knows(work).then_some(RoutingEvent::Released { work, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::state::samples::{ADA, POOL, assigned, at, away, comes_to, pool, requested, state, work};
    use crate::routing::{Capacity, Routing, RoutingOrder};

    fn release(nth: u128) -> RoutingOrder {
        RoutingOrder::Release { work: work(nth) }
    }

    fn released(nth: u128, second: i64) -> RoutingEvent {
        RoutingEvent::Released { work: work(nth), at: at(second) }
    }

    #[test]
    fn who_saw_to_it_takes_the_next_that_waits() {
        let one = RoutingEvent::CapacitySet { member: ADA, capacity: Capacity::try_from(1).ok(), at: at(0) };
        let given = vec![
            pool(&[(ADA, 1)]),
            one,
            requested(1, 1),
            assigned(1, ADA, 500_000, 1),
            requested(2, 2),
            requested(3, 3),
        ];
        comes_to(given, release(1), 4, vec![released(1, 4), assigned(2, ADA, 1_500_000, 4)]);
    }

    #[test]
    fn what_waits_waits_no_longer() {
        let given = vec![pool(&[(ADA, 1)]), away(ADA, 0), requested(1, 1), requested(2, 2), released(1, 3)];
        assert_eq!(state(&given).waiting(), 1);
        comes_to(
            given,
            RoutingOrder::ComeBack { member: ADA },
            4,
            vec![RoutingEvent::CameBack { member: ADA, at: at(4) }, assigned(2, ADA, 500_000, 4)],
        );
    }

    #[test]
    fn of_what_is_not_known_nothing_is_released() {
        comes_to(vec![], release(1), 1, vec![]);
        comes_to(vec![pool(&[]), requested(1, 1), released(1, 2)], release(1), 3, vec![]);
    }

    #[test]
    fn what_is_settled_leaves_nothing_behind() {
        let told = [requested(1, 1), assigned(1, ADA, 500_000, 1), released(1, 2)];
        let Routing { held, waiting, staff, .. } = state(&[&[pool(&[(ADA, 1)])], &told[..]].concat());
        assert!(held.is_empty() && waiting.is_empty() && staff.person(ADA).load == 0);
        assert!(!Routing::default().is_in_use() && state(&[pool(&[])]).is_in_use());
        let removed = RoutingEvent::PoolRemoved { pool: POOL, at: at(3) };
        let [asked, given, settled] = told;
        let without_a_pool = [pool(&[(ADA, 1)]), asked, given, removed];
        assert!(state(&without_a_pool).is_in_use(), "something is hers");
        assert!(!state(&[&without_a_pool[..], &[settled]].concat()).is_in_use());
    }
}
