//! What comes from some sources is shared out among some members.

use jiff::Timestamp;

use super::{MOST_MEMBERS, MOST_POOLS, PoolMembers, PoolTerms, Routing, RoutingEvent, RoutingRefusal};
use crate::PoolId;

pub(super) fn decide(
    routing: &Routing,
    id: PoolId,
    terms: PoolTerms,
    members: PoolMembers,
    at: Timestamp,
) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    if let Some(known) = routing.staff.pools.get(&id) {
        let is_the_same = known.terms == terms && known.members() == members;
        return if is_the_same { Ok(None) } else { Err(RoutingRefusal::CreatedOtherwise) };
    }
    if routing.staff.was_removed(id) {
        return Err(RoutingRefusal::CreatedOtherwise);
    }
    if routing.staff.pools.len() >= MOST_POOLS {
        return Err(RoutingRefusal::TooManyPools);
    }
    fits(routing, id, &terms)?;
    few_enough(&members)?;
    Ok(Some(RoutingEvent::PoolCreated { pool: id, terms, members, at }))
}

/// That no other pool is called the same, or gets what this one is to get.
pub(super) fn fits(routing: &Routing, id: PoolId, terms: &PoolTerms) -> Result<(), RoutingRefusal> {
    let others = || routing.staff.pools.iter().filter(|(other, _)| **other != id).map(|(_, pool)| pool);
    if others().any(|other| other.is_called(&terms.name)) {
        return Err(RoutingRefusal::NameTaken);
    }
    let shares_a_source = others().any(|other| !other.terms.serves.is_disjoint(&terms.serves));
    if shares_a_source { Err(RoutingRefusal::SourceTaken) } else { Ok(()) }
}

pub(super) fn few_enough(members: &PoolMembers) -> Result<(), RoutingRefusal> {
    if members.len() > MOST_MEMBERS { Err(RoutingRefusal::TooManyMembers) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::MemberId;
    use crate::routing::state::samples::{
        ADA, BEA, OTHER_POOL, POOL, SHOP, TEAM, at, comes_to, is_refused, members, pool, terms,
    };
    use crate::routing::{RoutingOrder, Source, Weight};

    fn create(pool: PoolId, terms: PoolTerms, members: PoolMembers) -> RoutingOrder {
        RoutingOrder::CreatePool { pool, terms, members }
    }

    #[test]
    fn a_pool_is_created() {
        let (terms, members) = (terms("Shop", [Source::Channel(SHOP)]), members(&[(ADA, 5), (BEA, 2)]));
        let created =
            RoutingEvent::PoolCreated { pool: OTHER_POOL, terms: terms.clone(), members: members.clone(), at: at(1) };
        comes_to(vec![pool(&[])], create(OTHER_POOL, terms, members), 1, vec![created]);
    }

    #[test]
    fn creating_it_again_changes_nothing() {
        let again = create(POOL, terms("Sales", [Source::Everything]), members(&[(ADA, 1)]));
        comes_to(vec![pool(&[(ADA, 1)])], again, 1, vec![]);
    }

    #[test]
    fn an_id_keeps_its_pool() {
        for weights in [vec![], vec![(ADA, 2)], vec![(BEA, 1)]] {
            let otherwise = create(POOL, terms("Sales", [Source::Everything]), members(&weights));
            is_refused(vec![pool(&[(ADA, 1)])], otherwise, 1, RoutingRefusal::CreatedOtherwise);
        }
        let again = create(POOL, terms("Sales", [Source::Everything]), members(&[(ADA, 1)]));
        let removed = RoutingEvent::PoolRemoved { pool: POOL, at: at(1) };
        is_refused(vec![pool(&[(ADA, 1)]), removed], again, 2, RoutingRefusal::CreatedOtherwise);
    }

    #[test]
    fn pools_differ_in_name_and_sources() {
        let namesake = create(OTHER_POOL, terms("SALES", [Source::Team(TEAM)]), members(&[]));
        is_refused(vec![pool(&[])], namesake, 1, RoutingRefusal::NameTaken);
        let rival = create(OTHER_POOL, terms("Others", [Source::Team(TEAM), Source::Everything]), members(&[]));
        is_refused(vec![pool(&[])], rival, 1, RoutingRefusal::SourceTaken);
    }

    #[test]
    fn there_are_only_so_many_of_so_many() {
        let many = |count: usize| -> PoolMembers {
            let ids = (1..).map(|nth| MemberId::from_uuid(Uuid::from_u128(nth)));
            ids.take(count).map(|member| (member, Weight::ONE)).collect()
        };
        let create = |members| create(OTHER_POOL, terms("Shop", []), members);
        is_refused(vec![], create(many(MOST_MEMBERS + 1)), 1, RoutingRefusal::TooManyMembers);
        let pools = (0..MOST_POOLS).map(|nth| RoutingEvent::PoolCreated {
            pool: PoolId::from_uuid(Uuid::from_u128(500 + nth as u128)),
            terms: terms(&format!("Pool {nth}"), []),
            members: members(&[]),
            at: at(0),
        });
        let mut given: Vec<RoutingEvent> = pools.collect();
        is_refused(given.clone(), create(many(1)), 1, RoutingRefusal::TooManyPools);
        given.pop();
        let created = RoutingEvent::PoolCreated {
            pool: OTHER_POOL,
            terms: terms("Shop", []),
            members: many(MOST_MEMBERS),
            at: at(1),
        };
        comes_to(given, create(many(MOST_MEMBERS)), 1, vec![created]);
    }
}
