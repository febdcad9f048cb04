//! How much a member sees to at a time, over all pools.

use jiff::Timestamp;

use super::{Capacity, Routing, RoutingEvent};
use crate::MemberId;

pub(super) fn decide(
    routing: &Routing,
    member: MemberId,
    capacity: Option<Capacity>,
    at: Timestamp,
) -> Option<RoutingEvent> {
    let is_so = routing.staff.person(member).capacity == capacity;
    (!is_so).then_some(RoutingEvent::CapacitySet { member, capacity, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::RoutingOrder;
    use crate::routing::state::samples::{ADA, assigned, at, comes_to, pool, request, requested};

    fn capacity(number: u16) -> Option<Capacity> {
        Some(Capacity::try_from(number).unwrap())
    }

    fn set(capacity: Option<Capacity>) -> RoutingOrder {
        RoutingOrder::SetCapacity { member: ADA, capacity }
    }

    fn was_set(capacity: Option<Capacity>, second: i64) -> RoutingEvent {
        RoutingEvent::CapacitySet { member: ADA, capacity, at: at(second) }
    }

    #[test]
    fn a_member_has_a_capacity_or_none() {
        comes_to(vec![], set(capacity(3)), 1, vec![was_set(capacity(3), 1)]);
        comes_to(vec![was_set(capacity(3), 1)], set(capacity(4)), 2, vec![was_set(capacity(4), 2)]);
        comes_to(vec![was_set(capacity(3), 1)], set(None), 2, vec![was_set(None, 2)]);
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        comes_to(vec![was_set(capacity(3), 1)], set(capacity(3)), 2, vec![]);
        comes_to(vec![], set(None), 2, vec![]);
        comes_to(vec![was_set(capacity(3), 1), was_set(None, 2)], set(None), 3, vec![]);
    }

    #[test]
    fn who_has_as_much_as_that_is_given_nothing_more() {
        let given = vec![pool(&[(ADA, 1)]), was_set(capacity(1), 1), requested(1, 2), assigned(1, ADA, 500_000, 2)];
        comes_to(given, RoutingOrder::Ask { request: request(2) }, 3, vec![requested(2, 3)]);
    }

    #[test]
    fn more_room_is_used_at_once() {
        let given = vec![
            pool(&[(ADA, 1)]),
            was_set(capacity(1), 1),
            requested(1, 2),
            assigned(1, ADA, 500_000, 2),
            requested(2, 3),
            requested(3, 3),
        ];
        comes_to(given, set(capacity(2)), 4, vec![was_set(capacity(2), 4), assigned(2, ADA, 1_500_000, 4)]);
    }
}
