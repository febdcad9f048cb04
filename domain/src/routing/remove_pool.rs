//! A pool is no more. What waits is another's, or waits on.

use jiff::Timestamp;

use super::{Routing, RoutingEvent, RoutingRefusal};
use crate::PoolId;

pub(super) fn decide(routing: &Routing, id: PoolId, at: Timestamp) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    if routing.staff.was_removed(id) {
        return Ok(None);
    }
    match routing.staff.pools.get(&id) {
        Some(_) => Ok(Some(RoutingEvent::PoolRemoved { pool: id, at })),
        None => Err(RoutingRefusal::NoSuchPool),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::state::samples::{
        ADA, BEA, OTHER_POOL, POOL, SHOP, assigned, at, away, comes_to, is_refused, members, pool, requested, terms,
        work,
    };
    use crate::routing::{AssignedBy, RoutingOrder, Source, Turn};

    fn remove(pool: PoolId) -> RoutingOrder {
        RoutingOrder::RemovePool { pool }
    }

    #[test]
    fn a_pool_is_removed_once() {
        let removed = || RoutingEvent::PoolRemoved { pool: POOL, at: at(1) };
        comes_to(vec![pool(&[(ADA, 1)])], remove(POOL), 1, vec![removed()]);
        comes_to(vec![pool(&[(ADA, 1)]), removed()], remove(POOL), 2, vec![]);
        is_refused(vec![], remove(POOL), 2, RoutingRefusal::NoSuchPool);
    }

    #[test]
    fn what_waited_for_it_falls_to_the_one_for_everything_else() {
        let shop = RoutingEvent::PoolCreated {
            pool: OTHER_POOL,
            terms: terms("Shop", [Source::Channel(SHOP)]),
            members: members(&[(BEA, 1)]),
            at: at(0),
        };
        comes_to(
            vec![pool(&[(ADA, 1)]), shop, away(BEA, 1), requested(1, 2)],
            remove(OTHER_POOL),
            3,
            vec![RoutingEvent::PoolRemoved { pool: OTHER_POOL, at: at(3) }, assigned(1, ADA, 500_000, 3)],
        );
    }

    #[test]
    fn what_no_pool_serves_any_more_waits_for_one() {
        let removed = RoutingEvent::PoolRemoved { pool: POOL, at: at(3) };
        let given = vec![pool(&[]), requested(1, 1), removed];
        let by = AssignedBy::Turn(serde_json::from_value::<Turn>(500_000.into()).unwrap());
        let by_other = RoutingEvent::Assigned { work: work(1), pool: OTHER_POOL, member: ADA, by, at: at(4) };
        let (terms, members) = (terms("Shop", [Source::Channel(SHOP)]), members(&[(ADA, 1)]));
        let created = RoutingOrder::CreatePool { pool: OTHER_POOL, terms: terms.clone(), members: members.clone() };
        comes_to(
            given,
            created,
            4,
            vec![RoutingEvent::PoolCreated { pool: OTHER_POOL, terms, members, at: at(4) }, by_other],
        );
    }
}
