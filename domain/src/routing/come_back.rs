//! A member who was away is back, and takes what waits. A leave of hers, or her working hours, are not changed by that.

use jiff::Timestamp;

use super::{Routing, RoutingEvent};
use crate::MemberId;

pub(super) fn decide(routing: &Routing, member: MemberId, at: Timestamp) -> Option<RoutingEvent> {
    let is_away = routing.staff.person(member).attendance.away(at).is_some();
    is_away.then_some(RoutingEvent::CameBack { member, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::RoutingOrder;
    use crate::routing::state::samples::{ADA, BEA, assigned, at, away, comes_to, leave, pool, requested};

    fn back() -> RoutingOrder {
        RoutingOrder::ComeBack { member: ADA }
    }

    fn came_back(second: i64) -> RoutingEvent {
        RoutingEvent::CameBack { member: ADA, at: at(second) }
    }

    #[test]
    fn who_was_away_takes_what_waits_the_first_that_came_first() {
        comes_to(
            vec![pool(&[(ADA, 1), (BEA, 1)]), away(ADA, 1), away(BEA, 1), requested(2, 2), requested(1, 3)],
            back(),
            4,
            vec![came_back(4), assigned(2, ADA, 500_000, 4), assigned(1, ADA, 1_500_000, 4)],
        );
    }

    #[test]
    fn who_is_there_can_t_come_back() {
        let timed = RoutingEvent::WentAway { member: ADA, until: Some(at(5)), at: at(1) };
        for given in [vec![], vec![away(ADA, 1), came_back(2)], vec![timed]] {
            comes_to(given, back(), 5, vec![]);
        }
    }

    #[test]
    fn who_has_a_leave_is_still_not_there() {
        let planned = RoutingEvent::LeavePlanned { member: ADA, leave: leave(0, 100), at: at(0) };
        let given = vec![pool(&[(ADA, 1)]), planned, away(ADA, 1), requested(1, 2)];
        comes_to(given, back(), 4, vec![came_back(4)]);
    }
}
