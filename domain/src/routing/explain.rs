//! Why somebody was given something: the decision made again, from the events before it alone.

use cqrs_es::Aggregate;

use super::{AssignedBy, Choice, Routing, RoutingEvent, WorkItem};
use crate::MemberId;

/// An assignment, and what the events before it come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What is decided from the events before it.
    pub choice: Choice,
    /// Who was given it, as the log tells.
    pub member: MemberId,
    /// By what, as the log tells.
    pub by: AssignedBy,
}

impl Explanation {
    /// Whether the rules of this program come to what was decided then.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.choice.chosen == Some((self.member, self.by))
    }
}

/// Each time that `work` was given to somebody by the rules, in the order of a business's `history`, which is its routing's
/// events from the first one on. What people said themselves has no other reason.
pub fn explain(history: impl IntoIterator<Item = RoutingEvent>, work: WorkItem) -> Vec<Explanation> {
    let mut routing = Routing::default();
    let mut explanations = Vec::new();
    for event in history {
        if let RoutingEvent::Assigned { work: given, pool: _, member, by, at } = &event
            && *given == work
        {
            let choice = routing.choice(work, *at);
            explanations.extend(choice.map(|choice| Explanation { choice, member: *member, by: *by }));
        }
        routing.apply(event);
    }
    explanations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::state::samples::{
        ADA, BEA, CARL, POOL, assigned, at, away, leave, pool, request, requested, work,
    };
    use crate::routing::{Availability, Capacity, Source};

    fn history() -> Vec<RoutingEvent> {
        vec![
            pool(&[(ADA, 5), (BEA, 2), (CARL, 1)]),
            RoutingEvent::CapacitySet { member: BEA, capacity: Capacity::try_from(1).ok(), at: at(1) },
            requested(1, 2),
            assigned(1, ADA, 100_000, 2),
            requested(2, 3),
            assigned(2, BEA, 250_000, 3),
            away(ADA, 4),
            requested(3, 5),
            assigned(3, CARL, 500_000, 5),
        ]
    }

    #[test]
    fn an_explanation_tells_who_there_was_and_how_each_stood() {
        let explanations = explain(history(), work(3));
        let [Explanation { choice, member, .. }] = &explanations[..] else { panic!("{explanations:?}") };
        assert_eq!((*member, explanations[0].holds()), (CARL, true));
        assert_eq!((choice.pool, &choice.source, choice.is_open), (POOL, &Source::Everything, true));
        assert_eq!((&choice.request, choice.at), (&request(3), at(5)));
        let stood: Vec<_> = choice
            .candidates
            .iter()
            .map(|one| {
                (one.member, one.weight.number(), one.availability, one.load, one.has_room(), one.due.millionths())
            })
            .collect();
        let there = Availability::Available;
        assert_eq!(
            stood,
            [
                (ADA, 5, Availability::Away { until: None }, 1, true, 300_000),
                (CARL, 1, there, 0, true, 500_000),
                (BEA, 2, there, 1, false, 750_000),
            ]
        );
    }

    #[test]
    fn what_was_given_twice_has_two_reasons() {
        let more = [
            RoutingEvent::Released { work: work(3), at: at(6) },
            RoutingEvent::LeavePlanned { member: CARL, leave: leave(6, 60), at: at(6) },
            RoutingEvent::Released { work: work(2), at: at(6) },
            requested(3, 7),
            assigned(3, BEA, 750_000, 7),
        ];
        let explanations = explain([history(), more.to_vec()].concat(), work(3));
        assert_eq!(explanations.iter().map(|one| one.member).collect::<Vec<_>>(), [CARL, BEA]);
        assert!(explanations.iter().all(Explanation::holds));
        let carl = explanations[1].choice.candidates.iter().find(|one| one.member == CARL).unwrap();
        assert_eq!(carl.availability, Availability::OnLeave { until: at(60) });
    }

    #[test]
    fn what_the_rules_do_not_come_to_does_not_hold() {
        let odd = [requested(4, 6), assigned(4, ADA, 300_000, 6)];
        let explanations = explain([history(), odd.to_vec()].concat(), work(4));
        assert_eq!(explanations.iter().map(Explanation::holds).collect::<Vec<_>>(), [false]);
    }

    #[test]
    fn what_nobody_was_given_has_no_reason() {
        assert_eq!(explain(history(), work(9)), []);
        let handed = RoutingEvent::Handed { work: work(9), member: ADA, at: at(9) };
        assert_eq!(explain([history(), vec![handed]].concat(), work(9)), []);
    }
}
