//! A member will not be there for some time, or will be after all.

use jiff::Timestamp;

use super::{Leave, MOST_LEAVES, Routing, RoutingEvent, RoutingRefusal};
use crate::MemberId;

pub(super) fn decide(
    routing: &Routing,
    member: MemberId,
    leave: Leave,
    at: Timestamp,
) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    if leave.until() <= at {
        return Err(RoutingRefusal::NotInTheFuture);
    }
    let attendance = &routing.staff.person(member).attendance;
    if attendance.leaves.contains(&leave) {
        return Ok(None);
    }
    if attendance.leaves_after(at) >= MOST_LEAVES {
        return Err(RoutingRefusal::TooManyLeaves);
    }
    Ok(Some(RoutingEvent::LeavePlanned { member, leave, at }))
}

/// Of what is over nothing can be taken back.
pub(super) fn cancel(routing: &Routing, member: MemberId, leave: Leave, at: Timestamp) -> Option<RoutingEvent> {
    let is_planned = at < leave.until() && routing.staff.person(member).attendance.leaves.contains(&leave);
    is_planned.then_some(RoutingEvent::LeaveCancelled { member, leave, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::RoutingOrder;
    use crate::routing::state::samples::{ADA, assigned, at, comes_to, is_refused, leave, pool, request, requested};

    fn plan(leave: Leave) -> RoutingOrder {
        RoutingOrder::PlanLeave { member: ADA, leave }
    }

    fn cancel(leave: Leave) -> RoutingOrder {
        RoutingOrder::CancelLeave { member: ADA, leave }
    }

    fn planned(leave: Leave, second: i64) -> RoutingEvent {
        RoutingEvent::LeavePlanned { member: ADA, leave, at: at(second) }
    }

    fn cancelled(leave: Leave, second: i64) -> RoutingEvent {
        RoutingEvent::LeaveCancelled { member: ADA, leave, at: at(second) }
    }

    #[test]
    fn a_leave_is_planned_and_cancelled_once() {
        comes_to(vec![], plan(leave(10, 20)), 1, vec![planned(leave(10, 20), 1)]);
        comes_to(vec![planned(leave(10, 20), 1)], plan(leave(10, 20)), 2, vec![]);
        comes_to(vec![planned(leave(10, 20), 1)], plan(leave(15, 30)), 2, vec![planned(leave(15, 30), 2)]);
        comes_to(vec![planned(leave(10, 20), 1)], cancel(leave(10, 20)), 12, vec![cancelled(leave(10, 20), 12)]);
        for given in [vec![], vec![planned(leave(10, 20), 1)], vec![planned(leave(5, 8), 1), cancelled(leave(5, 8), 2)]]
        {
            comes_to(given, cancel(leave(5, 8)), 3, vec![]);
        }
        comes_to(vec![planned(leave(10, 20), 1)], cancel(leave(10, 20)), 20, vec![]);
    }

    #[test]
    fn what_is_over_can_t_be_planned() {
        is_refused(vec![], plan(leave(1, 5)), 5, RoutingRefusal::NotInTheFuture);
    }

    #[test]
    fn she_has_only_so_many_before_her() {
        let most = i64::try_from(MOST_LEAVES).unwrap();
        let given = || (0..most).map(|nth| planned(leave(10 + nth, 100 + nth), 1)).collect();
        is_refused(given(), plan(leave(5, 9)), 2, RoutingRefusal::TooManyLeaves);
        let late = 10_000;
        comes_to(given(), plan(leave(late, late + 1)), 100, vec![planned(leave(late, late + 1), 100)]);
    }

    #[test]
    fn nothing_is_given_to_her_in_it() {
        let ask = || RoutingOrder::Ask { request: request(1) };
        let given = || vec![pool(&[(ADA, 1)]), planned(leave(10, 20), 1), planned(leave(15, 30), 2)];
        for (second, is_there) in [(9, true), (10, false), (20, false), (29, false), (30, true)] {
            let then = is_there.then(|| assigned(1, ADA, 500_000, second));
            comes_to(given(), ask(), second, [vec![requested(1, second)], then.into_iter().collect()].concat());
        }
    }

    #[test]
    fn who_is_there_after_all_takes_what_waits() {
        comes_to(
            vec![pool(&[(ADA, 1)]), planned(leave(10, 20), 1), requested(1, 12)],
            cancel(leave(10, 20)),
            13,
            vec![cancelled(leave(10, 20), 13), assigned(1, ADA, 500_000, 13)],
        );
    }
}
