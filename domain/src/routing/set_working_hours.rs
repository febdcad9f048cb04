//! When a member works: outside of these hours nothing is given to her.

use jiff::Timestamp;

use super::{Routing, RoutingEvent};
use crate::MemberId;
use crate::tenant::Schedule;

pub(super) fn decide(
    routing: &Routing,
    member: MemberId,
    hours: Option<Schedule>,
    at: Timestamp,
) -> Option<RoutingEvent> {
    let is_so = routing.staff.person(member).attendance.hours == hours;
    (!is_so).then_some(RoutingEvent::WorkingHoursSet { member, hours, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Zone;
    use crate::routing::RoutingOrder;
    use crate::routing::state::samples::{ADA, assigned, at, comes_to, pool, requested};
    use crate::tenant::Weekday;

    fn mondays(open: &str) -> Option<Schedule> {
        let week = [(Weekday::Monday, vec![open.parse().unwrap()])];
        Some(Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, []).unwrap())
    }

    fn set(hours: Option<Schedule>) -> RoutingOrder {
        RoutingOrder::SetWorkingHours { member: ADA, hours }
    }

    fn was_set(hours: Option<Schedule>, second: i64) -> RoutingEvent {
        RoutingEvent::WorkingHoursSet { member: ADA, hours, at: at(second) }
    }

    #[test]
    fn a_member_has_hours_or_none() {
        let (morning, afternoon) = (mondays("09:00-12:00"), mondays("13:00-18:00"));
        comes_to(vec![], set(morning.clone()), 1, vec![was_set(morning.clone(), 1)]);
        comes_to(vec![was_set(morning.clone(), 1)], set(morning.clone()), 2, vec![]);
        comes_to(vec![was_set(morning.clone(), 1)], set(afternoon.clone()), 2, vec![was_set(afternoon, 2)]);
        comes_to(vec![was_set(morning, 1)], set(None), 2, vec![was_set(None, 2)]);
        comes_to(vec![], set(None), 2, vec![]);
    }

    #[test]
    fn what_came_before_them_is_given_to_her_when_they_begin() {
        // The samples' clock begins at noon.
        let hour = 60 * 60;
        let given = || vec![pool(&[(ADA, 1)]), was_set(mondays("13:00-18:00"), 0), requested(1, 1)];
        comes_to(given(), RoutingOrder::AssignWaiting, hour - 1, vec![]);
        comes_to(given(), RoutingOrder::AssignWaiting, hour, vec![assigned(1, ADA, 500_000, hour)]);
    }
}
