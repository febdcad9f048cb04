//! Time has passed, or something has changed: whoever is there takes what waits, the first that came first.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::choose::choose;
use super::staff::Staff;
use super::{Request, RoutingEvent};

/// Who gets what of what waits.
///
/// All that falls to one pool has the same candidates, so once nobody takes the first of it, nobody takes any.
pub(super) fn assignments<'a>(
    mut staff: Staff,
    waiting: impl Iterator<Item = &'a Request>,
    at: Timestamp,
) -> Vec<RoutingEvent> {
    let (mut events, mut stuck) = (Vec::new(), BTreeSet::new());
    for request in waiting {
        if stuck.len() == staff.pools.len() {
            break;
        }
        match staff.pool_for(request) {
            Some((pool, _)) if !stuck.contains(&pool) => {}
            Some(_) | None => continue,
        }
        let Some(choice) = choose(&staff, request, at) else { continue };
        match choice.chosen {
            Some((member, by)) => {
                staff.assigned(choice.pool, member, by);
                events.push(RoutingEvent::Assigned { work: request.work, pool: choice.pool, member, by, at });
            }
            None => drop(stuck.insert(choice.pool)),
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::state::samples::{
        ADA, BEA, OTHER_POOL, TEAM, assigned, at, away, comes_to, members, pool, request, requested, terms,
    };
    use crate::routing::{RoutingOrder, Source};

    #[test]
    fn time_alone_brings_back_who_was_away_until_then() {
        let away = RoutingEvent::WentAway { member: ADA, until: Some(at(60)), at: at(0) };
        let given = || vec![pool(&[(ADA, 1)]), away.clone(), requested(1, 1)];
        comes_to(given(), RoutingOrder::AssignWaiting, 59, vec![]);
        comes_to(given(), RoutingOrder::AssignWaiting, 60, vec![assigned(1, ADA, 500_000, 60)]);
    }

    #[test]
    fn where_nothing_waits_nothing_happens() {
        comes_to(vec![], RoutingOrder::AssignWaiting, 1, vec![]);
        comes_to(vec![pool(&[(ADA, 1)])], RoutingOrder::AssignWaiting, 1, vec![]);
    }

    #[test]
    fn what_nobody_takes_does_not_hold_up_another_pool() {
        let other = RoutingEvent::PoolCreated {
            pool: OTHER_POOL,
            terms: terms("Returns", [Source::Team(TEAM)]),
            members: members(&[(BEA, 1)]),
            at: at(0),
        };
        let first = Request { team: Some(TEAM), ..request(1) };
        let given = vec![
            pool(&[(ADA, 1)]),
            other,
            RoutingEvent::WentAway { member: ADA, until: Some(at(60)), at: at(0) },
            away(BEA, 0),
            RoutingEvent::Requested { request: first, at: at(1) },
            requested(2, 2),
        ];
        comes_to(given, RoutingOrder::AssignWaiting, 60, vec![assigned(2, ADA, 500_000, 60)]);
    }
}
