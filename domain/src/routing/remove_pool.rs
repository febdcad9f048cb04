//! A pool is no more. What waits is another's, or waits on.

use jiff::Timestamp;

use super::{Routing, RoutingEvent};
use crate::PoolId;

pub(super) fn decide(routing: &Routing, id: PoolId, at: Timestamp) -> Option<RoutingEvent> {
    routing.staff.pools.contains_key(&id).then_some(RoutingEvent::PoolRemoved { pool: id, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::state::samples::{
        ADA, BEA, OTHER_POOL, POOL, SHOP, assigned, at, away, comes_to, members, pool, requested, terms,
    };
    use crate::routing::{RoutingOrder, Source};

    fn remove(pool: PoolId) -> RoutingOrder {
        RoutingOrder::RemovePool { pool }
    }

    #[test]
    fn a_pool_is_removed_once() {
        let removed = || RoutingEvent::PoolRemoved { pool: POOL, at: at(1) };
        comes_to(vec![pool(&[(ADA, 1)])], remove(POOL), 1, vec![removed()]);
        comes_to(vec![pool(&[(ADA, 1)]), removed()], remove(POOL), 2, vec![]);
        comes_to(vec![], remove(POOL), 2, vec![]);
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
        let (terms, members) = (terms("Shop", [Source::Channel(SHOP)]), members(&[(ADA, 1)]));
        let created = RoutingOrder::CreatePool { pool: POOL, terms: terms.clone(), members: members.clone() };
        comes_to(
            given,
            created,
            4,
            vec![RoutingEvent::PoolCreated { pool: POOL, terms, members, at: at(4) }, assigned(1, ADA, 500_000, 4)],
        );
    }
}
