//! A member is not there, as she or somebody for her says: nothing more is given to her.

use jiff::Timestamp;

use super::attendance::Away;
use super::{Routing, RoutingEvent, RoutingRefusal};
use crate::MemberId;

pub(super) fn decide(
    routing: &Routing,
    member: MemberId,
    until: Option<Timestamp>,
    at: Timestamp,
) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    if until.is_some_and(|until| until <= at) {
        return Err(RoutingRefusal::NotInTheFuture);
    }
    let is_so = routing.staff.person(member).attendance.away(at) == Some(Away { until });
    Ok((!is_so).then_some(RoutingEvent::WentAway { member, until, at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::RoutingOrder;
    use crate::routing::state::samples::{ADA, BEA, assigned, at, comes_to, is_refused, pool, request, requested};

    fn go(until: Option<i64>) -> RoutingOrder {
        RoutingOrder::GoAway { member: ADA, until: until.map(at) }
    }

    fn went(until: Option<i64>, second: i64) -> RoutingEvent {
        RoutingEvent::WentAway { member: ADA, until: until.map(at), at: at(second) }
    }

    #[test]
    fn a_member_goes_away_for_a_time_or_until_she_is_back() {
        for until in [None, Some(60)] {
            comes_to(vec![], go(until), 1, vec![went(until, 1)]);
            comes_to(vec![went(Some(30), 1)], go(until), 2, vec![went(until, 2)]);
            comes_to(vec![went(until, 1)], go(until), 2, vec![]);
        }
        comes_to(vec![went(Some(60), 1)], go(None), 60, vec![went(None, 60)]);
    }

    #[test]
    fn until_a_time_that_has_come_nobody_is_away() {
        for until in [9, 10] {
            is_refused(vec![], go(Some(until)), 10, RoutingRefusal::NotInTheFuture);
        }
    }

    #[test]
    fn who_is_away_is_given_nothing() {
        let ask = |nth| RoutingOrder::Ask { request: request(nth) };
        let given = || vec![pool(&[(ADA, 1), (BEA, 1)]), went(Some(60), 1)];
        comes_to(given(), ask(1), 59, vec![requested(1, 59), assigned(1, BEA, 500_000, 59)]);
        comes_to(given(), ask(1), 60, vec![requested(1, 60), assigned(1, ADA, 500_000, 60)]);
    }

    #[test]
    fn a_clock_that_is_behind_stands_where_the_last_one_stood() {
        comes_to(vec![went(Some(60), 30)], go(None), 10, vec![went(None, 30)]);
        is_refused(vec![went(Some(60), 30)], go(Some(20)), 10, RoutingRefusal::NotInTheFuture);
    }
}
