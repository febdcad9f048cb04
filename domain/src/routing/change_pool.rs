//! A pool is called otherwise, serves other sources, or has other hours.

use jiff::Timestamp;

use super::create_pool::fits;
use super::{PoolTerms, Routing, RoutingEvent, RoutingRefusal};
use crate::PoolId;

pub(super) fn decide(
    routing: &Routing,
    id: PoolId,
    terms: PoolTerms,
    at: Timestamp,
) -> Result<Option<RoutingEvent>, RoutingRefusal> {
    let known = routing.staff.pools.get(&id).ok_or(RoutingRefusal::NoSuchPool)?;
    if known.terms == terms {
        return Ok(None);
    }
    fits(routing, id, &terms)?;
    Ok(Some(RoutingEvent::PoolChanged { pool: id, terms, at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Zone;
    use crate::routing::state::samples::{
        ADA, OTHER_POOL, POOL, SHOP, TEAM, assigned, at, comes_to, is_refused, members, pool, requested, terms,
    };
    use crate::routing::{RoutingOrder, Source};
    use crate::tenant::{Schedule, Weekday};

    fn change(terms: PoolTerms) -> RoutingOrder {
        RoutingOrder::ChangePool { pool: POOL, terms }
    }

    fn changed(terms: PoolTerms, second: i64) -> RoutingEvent {
        RoutingEvent::PoolChanged { pool: POOL, terms, at: at(second) }
    }

    /// Open from noon to one on Mondays in Rome.
    fn with_hours(opens: &str) -> PoolTerms {
        let week = [(Weekday::Monday, vec![opens.parse().unwrap()])];
        let hours = Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, []).unwrap();
        PoolTerms { hours: Some(hours), ..terms("Sales", [Source::Everything]) }
    }

    #[test]
    fn a_pool_has_other_terms() {
        for terms in [terms("Sellers", [Source::Channel(SHOP)]), terms("SALES", [Source::Everything])] {
            comes_to(vec![pool(&[(ADA, 1)])], change(terms.clone()), 1, vec![changed(terms, 1)]);
        }
    }

    #[test]
    fn its_own_terms_change_nothing() {
        comes_to(vec![pool(&[(ADA, 1)])], change(terms("Sales", [Source::Everything])), 1, vec![]);
    }

    #[test]
    fn what_waits_goes_out_once_it_is_open() {
        let given = vec![pool(&[(ADA, 1)]), changed(with_hours("13:00-14:00"), 1), requested(1, 2)];
        comes_to(
            given,
            change(with_hours("12:00-14:00")),
            3,
            vec![changed(with_hours("12:00-14:00"), 3), assigned(1, ADA, 500_000, 3)],
        );
    }

    #[test]
    fn it_can_t_be_in_another_s_way() {
        let other = RoutingEvent::PoolCreated {
            pool: OTHER_POOL,
            terms: terms("Shop", [Source::Team(TEAM)]),
            members: members(&[]),
            at: at(0),
        };
        let given = || vec![pool(&[]), other.clone()];
        is_refused(given(), change(terms("shop", [])), 1, RoutingRefusal::NameTaken);
        is_refused(given(), change(terms("Sales", [Source::Team(TEAM)])), 1, RoutingRefusal::SourceTaken);
    }

    #[test]
    fn what_is_not_there_can_t_be_changed() {
        is_refused(vec![], change(terms("Sales", [])), 1, RoutingRefusal::NoSuchPool);
    }
}
