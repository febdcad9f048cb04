//! A pool consists of other members, or by other weights. Who stays keeps her place in the round.

use jiff::Timestamp;

use super::create_pool::few_enough;
use super::{PoolMembers, Routing, RoutingEvent, RoutingRefusal};
use crate::PoolId;

pub(super) fn decide(
    routing: &Routing,
    id: PoolId,
    members: PoolMembers,
    at: Timestamp,
) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    let known = routing.staff.pools.get(&id).ok_or(RoutingRefusal::NoSuchPool)?;
    few_enough(&members)?;
    let is_so = known.members() == members;
    Ok((!is_so).then_some(RoutingEvent::PoolMembersSet { pool: id, members, at }))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::MemberId;
    use crate::routing::state::samples::{
        ADA, BEA, CARL, POOL, assigned, at, comes_to, is_refused, members, pool, request, requested,
    };
    use crate::routing::{MOST_MEMBERS, RoutingOrder, Weight};

    fn set(weights: &[(MemberId, u8)]) -> RoutingOrder {
        RoutingOrder::SetPoolMembers { pool: POOL, members: members(weights) }
    }

    fn was_set(weights: &[(MemberId, u8)], second: i64) -> RoutingEvent {
        RoutingEvent::PoolMembersSet { pool: POOL, members: members(weights), at: at(second) }
    }

    #[test]
    fn a_pool_consists_of_others() {
        for weights in [vec![(ADA, 2)], vec![(BEA, 1)], vec![(ADA, 1), (BEA, 1)], vec![]] {
            comes_to(vec![pool(&[(ADA, 1)])], set(&weights), 1, vec![was_set(&weights, 1)]);
        }
    }

    #[test]
    fn saying_so_again_changes_nothing() {
        comes_to(vec![pool(&[(ADA, 1), (BEA, 2)])], set(&[(BEA, 2), (ADA, 1)]), 1, vec![]);
    }

    #[test]
    fn whoever_is_new_takes_what_waits() {
        comes_to(
            vec![pool(&[]), requested(1, 1), requested(2, 2)],
            set(&[(ADA, 1)]),
            3,
            vec![was_set(&[(ADA, 1)], 3), assigned(1, ADA, 500_000, 3), assigned(2, ADA, 1_500_000, 3)],
        );
    }

    #[test]
    fn whoever_is_new_waits_for_her_next_turn() {
        let given = vec![
            pool(&[(ADA, 1), (BEA, 1)]),
            requested(1, 1),
            assigned(1, ADA, 500_000, 1),
            requested(2, 2),
            assigned(2, BEA, 500_000, 2),
            was_set(&[(ADA, 1), (BEA, 1), (CARL, 1)], 3),
        ];
        let asked = RoutingOrder::Ask { request: request(3) };
        comes_to(given, asked, 4, vec![requested(3, 4), assigned(3, ADA, 1_500_000, 4)]);
    }

    #[test]
    fn a_pool_has_only_so_many() {
        let ids = (1..).map(|nth| MemberId::from_uuid(Uuid::from_u128(nth)));
        let members = ids.take(MOST_MEMBERS + 1).map(|member| (member, Weight::ONE)).collect();
        let set = RoutingOrder::SetPoolMembers { pool: POOL, members };
        is_refused(vec![pool(&[])], set, 1, RoutingRefusal::TooManyMembers);
    }

    #[test]
    fn what_is_not_there_has_no_members() {
        is_refused(vec![], set(&[(ADA, 1)]), 1, RoutingRefusal::NoSuchPool);
    }
}
