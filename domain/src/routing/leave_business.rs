//! A member is not of the business any more, and so of none of its pools.

use jiff::Timestamp;

use super::{Routing, RoutingEvent};
use crate::MemberId;

pub(super) fn decide(routing: &Routing, member: MemberId, at: Timestamp) -> Option<RoutingEvent> {
    let holds_something = || routing.held.values().any(|held| held.member == member);
    let is_known = routing.staff.is_known(member) || holds_something();
    is_known.then_some(RoutingEvent::MemberLeft { member, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::RoutingOrder;
    use crate::routing::state::samples::{
        ADA, BEA, assigned, at, away, comes_to, pool, request, requested, state, work,
    };

    fn left(second: i64) -> RoutingEvent {
        RoutingEvent::MemberLeft { member: ADA, at: at(second) }
    }

    #[test]
    fn whoever_is_known_leaves_once() {
        let leave = || RoutingOrder::LeaveBusiness { member: ADA };
        for given in [vec![pool(&[(ADA, 1)])], vec![away(ADA, 0)]] {
            comes_to(given.clone(), leave(), 1, vec![left(1)]);
            comes_to([given, vec![left(1)]].concat(), leave(), 2, vec![]);
        }
        comes_to(vec![pool(&[(BEA, 1)])], leave(), 1, vec![]);
    }

    #[test]
    fn nothing_is_given_to_her_any_more() {
        let given = vec![pool(&[(ADA, 5), (BEA, 1)]), left(1)];
        let ask = RoutingOrder::Ask { request: request(1) };
        comes_to(given, ask, 2, vec![requested(1, 2), assigned(1, BEA, 500_000, 2)]);
    }

    #[test]
    fn what_she_saw_to_can_be_asked_for_again() {
        let given = vec![pool(&[(ADA, 1)]), requested(1, 1), assigned(1, ADA, 500_000, 1), left(2)];
        assert_eq!(state(&given).agent(work(1)), None);
        comes_to(given, RoutingOrder::Ask { request: request(1) }, 3, vec![requested(1, 3)]);
    }
}
