//! What other weights would have come to: the events of an interval once more, with the decisions made anew.
//!
//! Whatever was told stays as it was: what was asked for and by whom it was settled, who was there, what people handed to each
//! other. What waits is looked at whenever history did so: at each event.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use jiff::Timestamp;

use super::{PoolMembers, Routing, RoutingEvent, WorkItem};
use crate::{MemberId, PoolId};

/// Weights to try, of some members of some pools; all others are as they were at the time.
pub type Weights = BTreeMap<PoolId, PoolMembers>;

/// From a moment until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Its first moment.
    pub from: Timestamp,
    /// The first one after it.
    pub until: Timestamp,
}

/// What an interval came to, and what it would have come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backtest {
    /// Whatever waited when it began or was asked for in it, in that order.
    pub compared: Vec<Compared>,
}

/// One request, both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// What somebody was wanted for.
    pub work: WorkItem,
    /// Who was given it within the interval, by the rules.
    pub actual: Option<MemberId>,
    /// Who would have been.
    pub simulated: Option<MemberId>,
}

impl Backtest {
    /// How many requests each member was given, and how many she would have been.
    #[must_use]
    pub fn shares(&self) -> BTreeMap<MemberId, (u32, u32)> {
        let mut shares = BTreeMap::<MemberId, (u32, u32)>::new();
        for Compared { actual, simulated, .. } in &self.compared {
            if let Some(member) = actual {
                shares.entry(*member).or_default().0 += 1;
            }
            if let Some(member) = simulated {
                shares.entry(*member).or_default().1 += 1;
            }
        }
        shares
    }
}

/// Tries `weights` on an interval of a business's `history`, which is its routing's events from the first one on.
pub fn backtest(history: impl IntoIterator<Item = RoutingEvent>, interval: Interval, weights: &Weights) -> Backtest {
    let mut past = Routing::default();
    let mut events = history.into_iter().take_while(|event| event.at() < interval.until).peekable();
    while let Some(event) = events.next_if(|event| event.at() < interval.from) {
        past.apply(event);
    }
    let mut trial = Trial::new(past, weights);
    for event in events {
        trial.live_through(event);
    }
    trial.result
}

/// An interval as it is lived through with other weights.
struct Trial<'a> {
    routing: Routing,
    weights: &'a Weights,
    result: Backtest,
    /// Where in the result what was asked for last of each stands.
    places: BTreeMap<WorkItem, usize>,
}

impl<'a> Trial<'a> {
    fn new(routing: Routing, weights: &'a Weights) -> Self {
        let waiting: Vec<WorkItem> = routing.waiting.iter().map(|request| request.work).collect();
        let mut trial = Self { routing, weights, result: Backtest::default(), places: BTreeMap::new() };
        waiting.into_iter().for_each(|work| trial.asked_for(work));
        trial.reweigh();
        trial
    }

    fn live_through(&mut self, event: RoutingEvent) {
        let at = event.at();
        if let RoutingEvent::Assigned { work, member, .. } = event {
            if let Some(compared) = self.compared(work) {
                compared.actual = Some(member);
            }
        } else {
            if let RoutingEvent::Requested { request, .. } = &event {
                self.asked_for(request.work);
            }
            self.routing.apply(event);
            self.reweigh();
        }
        for assigned in self.routing.assignments(at) {
            if let RoutingEvent::Assigned { work, member, .. } = assigned
                && let Some(compared) = self.compared(work)
            {
                compared.simulated = Some(member);
            }
            self.routing.apply(assigned);
        }
    }

    fn asked_for(&mut self, work: WorkItem) {
        self.places.insert(work, self.result.compared.len());
        self.result.compared.push(Compared { work, actual: None, simulated: None });
    }

    fn compared(&mut self, work: WorkItem) -> Option<&mut Compared> {
        self.places.get(&work).and_then(|place| self.result.compared.get_mut(*place))
    }

    fn reweigh(&mut self) {
        for (pool, weights) in self.weights {
            self.routing.reweigh(*pool, weights);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decide;
    use crate::routing::RoutingOrder;
    use crate::routing::state::samples::{ADA, BEA, CARL, POOL, at, away, members, order, pool, request, work};

    /// What a business's routing comes to when it is asked for one thing a second.
    fn history(first: Vec<RoutingEvent>, requests: u128) -> Vec<RoutingEvent> {
        let mut routing = Routing::default();
        let mut history = Vec::new();
        for event in first {
            routing.apply(event.clone());
            history.push(event);
        }
        for (nth, second) in (1..=requests).zip(1..) {
            for event in routing.decide(order(RoutingOrder::Ask { request: request(nth) }, second)).unwrap() {
                routing.apply(event.clone());
                history.push(event);
            }
        }
        history
    }

    fn all() -> Interval {
        Interval { from: at(0), until: at(1000) }
    }

    fn weights(weights: &[(MemberId, u8)]) -> Weights {
        BTreeMap::from([(POOL, members(weights))])
    }

    #[test]
    fn other_weights_share_out_the_same_otherwise() {
        let history = history(vec![pool(&[(ADA, 5), (BEA, 2), (CARL, 1)])], 80);
        let shares = |weights| backtest(history.clone(), all(), &weights).shares();
        assert_eq!(shares(Weights::new()), [(ADA, (50, 50)), (BEA, (20, 20)), (CARL, (10, 10))].into());
        let even = weights(&[(ADA, 1), (BEA, 1)]);
        assert_eq!(shares(even), [(ADA, (50, 27)), (BEA, (20, 27)), (CARL, (10, 26))].into());
        // Of whom the pool does not consist, nothing is tried.
        let stranger = MemberId::from_uuid(uuid::Uuid::from_u128(9));
        assert_eq!(shares(weights(&[(stranger, 100)])), shares(Weights::new()));
    }

    #[test]
    fn only_the_interval_is_compared() {
        let history = history(vec![pool(&[(ADA, 1), (BEA, 1)])], 10);
        let interval = Interval { from: at(3), until: at(6) };
        let Backtest { compared } = backtest(history, interval, &weights(&[(ADA, 100)]));
        assert_eq!(compared.iter().map(|one| one.work).collect::<Vec<_>>(), [3, 4, 5].map(work));
        assert_eq!(compared.iter().map(|one| one.actual).collect::<Vec<_>>(), [ADA, BEA, ADA].map(Some));
        assert!(compared.iter().all(|one| one.simulated == Some(ADA)));
    }

    #[test]
    fn what_waited_before_is_part_of_it() {
        let mut history = history(vec![pool(&[(ADA, 1)]), away(ADA, 0)], 2);
        history.push(RoutingEvent::CameBack { member: ADA, at: at(10) });
        let interval = Interval { from: at(5), until: at(20) };
        let Backtest { compared } = backtest(history, interval, &Weights::new());
        // History here ends before what her coming back came to.
        assert_eq!(compared, [1, 2].map(|nth| Compared { work: work(nth), actual: None, simulated: Some(ADA) }));
    }

    #[test]
    fn weights_that_history_sets_do_not_undo_those_that_are_tried() {
        let mut history = history(vec![pool(&[(ADA, 1), (BEA, 1)])], 4);
        let set = RoutingEvent::PoolMembersSet { pool: POOL, members: members(&[(ADA, 1), (BEA, 50)]), at: at(0) };
        history.insert(1, set);
        let shares = backtest(history, all(), &weights(&[(ADA, 1), (BEA, 1)])).shares();
        assert_eq!(shares, [(ADA, (2, 2)), (BEA, (2, 2))].into());
    }
}
