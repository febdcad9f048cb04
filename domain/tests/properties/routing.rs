//! Histories of routing: what holds for every assignment, whatever happens in whatever order. What the decisions come to is
//! checked against a naive reading of the events.

mod histories;
mod observer;

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::routing::{
    AssignedBy, Capacity, Interval, PoolMembers, PoolName, PoolTerms, Request, Routing, RoutingCommand, RoutingEvent,
    RoutingOrder, Source, Turn, Weight, Weights, WorkItem, backtest, explain,
};
use leadflow_domain::{ConversationId, Decide, MemberId, PoolId};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use uuid::Uuid;

use crate::laws::{handle, laws, runner};
use histories::{commands, orders};
use observer::Observer;

const POOL: PoolId = PoolId::from_uuid(Uuid::from_u128(1));

#[test]
fn routing_keeps_the_laws() {
    laws::<Routing>(
        (orders(), crate::strategies::seconds()).prop_map(|(what, now)| RoutingCommand { what, now }),
        // Whoever was given what is passed on has it taken from her, if that is said again.
        |command| !matches!(command.what, RoutingOrder::PassOn { .. }),
        RoutingEvent::TYPES,
    );
}

/// What comes of `history`, and who was given what in it. What is refused comes to nothing.
fn live(history: Vec<RoutingCommand>) -> (Routing, Vec<RoutingEvent>) {
    let (mut routing, mut log) = (Routing::default(), Vec::new());
    for command in history {
        log.extend(handle(&mut routing, command).unwrap_or_default());
    }
    (routing, log)
}

fn check(what: &str, law: impl Fn(Vec<RoutingCommand>)) {
    let (mut runner, seed) = runner();
    let verdict = runner.run(&commands(), |history| {
        law(history);
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{what}, with {seed:?}: {failure}");
    }
}

#[test]
fn nobody_is_given_what_she_can_t_take_and_nobody_is_passed_over_in_the_queue() {
    check("each assignment is one that the rules allow", |history| {
        let (mut routing, mut observer) = (Routing::default(), Observer::default());
        for command in history {
            let again =
                if let RoutingOrder::Ask { request } = &command.what { observer.knows(request.work) } else { false };
            for event in handle(&mut routing, command).unwrap_or_default() {
                assert!(
                    !(again && matches!(event, RoutingEvent::Requested { .. })),
                    "asking again is no event: {event:?}"
                );
                observer.sees(&event);
            }
            observer.finds_nothing_left_to_do(&routing);
        }
    });
}

#[test]
fn the_same_history_gives_the_same_assignments() {
    check("the same commands come to the same", |history| assert_eq!(live(history.clone()), live(history)));
}

#[test]
fn a_thousand_explanations_say_what_was_decided() {
    let explained = std::cell::Cell::new(0);
    check("each assignment is explained by the events before it", |history| {
        let (_, log) = live(history);
        let given = |work| {
            log.iter().filter(move |event| matches!(event, RoutingEvent::Assigned { work: w, .. } if *w == work))
        };
        for work in observer::all_work(&log) {
            let explanations = explain(log.clone(), work);
            assert_eq!(explanations.len(), given(work).count(), "{work:?} in {log:#?}");
            for (explanation, event) in explanations.iter().zip(given(work)) {
                let RoutingEvent::Assigned { pool, member, by, at, .. } = event else { continue };
                assert_eq!(explanation.choice.chosen, Some((*member, *by)), "{work:?} in {log:#?}");
                assert_eq!((explanation.choice.pool, explanation.choice.at), (*pool, *at));
                assert!(explanation.holds());
                explained.set(explained.get() + 1);
            }
        }
    });
    assert!(explained.get() >= 1_000, "{} assignments", explained.get());
}

#[test]
fn a_backtest_with_the_weights_of_the_time_comes_to_what_was() {
    let compared = std::cell::Cell::new(0);
    check("what is tried without other weights is what was", |history| {
        let (_, log) = live(history);
        let moments: Vec<Timestamp> = log.iter().map(RoutingEvent::at).collect();
        let cuts = [moments.len() / 3, moments.len() / 2, moments.len()];
        let moment = |nth: usize| moments.get(nth).copied().unwrap_or(Timestamp::MAX);
        for (from, until) in [(0, cuts[2]), (cuts[0], cuts[2]), (cuts[0], cuts[1])] {
            let interval = Interval { from: moment(from), until: moment(until) };
            for one in backtest(log.clone(), interval, &Weights::new()).compared {
                assert_eq!(one.actual, one.simulated, "{:?} of {interval:?} in {log:#?}", one.work);
                compared.set(compared.get() + usize::from(one.actual.is_some()));
            }
        }
    });
    assert!(compared.get() >= 1_000, "{} assignments", compared.get());
}

fn member(nth: usize) -> MemberId {
    MemberId::from_uuid(Uuid::from_u128(nth as u128 + 1))
}

fn weights(weights: &[u8]) -> PoolMembers {
    let weight = |(nth, weight): (usize, &u8)| (member(nth), Weight::try_from(*weight).unwrap());
    weights.iter().enumerate().map(weight).collect()
}

/// A pool that is asked for one thing after the other, and by whom else it is told something.
struct Desk {
    routing: Routing,
    log: Vec<RoutingEvent>,
    asked: u128,
    now: Timestamp,
}

impl Desk {
    fn of(members: &[u8]) -> Self {
        let now = Timestamp::from_second(1_763_712_000).unwrap();
        let mut desk = Self { routing: Routing::default(), log: Vec::new(), asked: 0, now };
        let terms = PoolTerms {
            name: PoolName::parse("Sales").unwrap(),
            serves: [Source::Everything].into(),
            keeps_last_agent: true,
            hours: None,
        };
        desk.is_told(RoutingOrder::CreatePool { pool: POOL, terms, members: weights(members) });
        desk
    }

    fn is_told(&mut self, what: RoutingOrder) -> Vec<RoutingEvent> {
        self.now += SignedDuration::from_secs(1);
        let events = handle(&mut self.routing, RoutingCommand { what, now: self.now }).unwrap();
        self.log.extend(events.clone());
        events
    }

    /// How many of the next `count` each is given.
    fn shares(&mut self, count: u32) -> BTreeMap<MemberId, u32> {
        let mut shares = BTreeMap::new();
        for _ in 0..count {
            self.asked += 1;
            let work = WorkItem::Conversation(ConversationId::from_uuid(Uuid::from_u128(self.asked)));
            let request = Request::of(work);
            self.is_told(RoutingOrder::Ask { request });
            if let Some(agent) = self.routing.agent(work) {
                *shares.entry(agent).or_default() += 1;
            }
        }
        shares
    }

    /// It goes on from what is stored of it.
    fn restarts(&mut self) {
        let mut routing = Routing::default();
        for event in &self.log {
            routing.apply(serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        assert_eq!(routing, self.routing);
        self.routing = serde_json::from_str(&serde_json::to_string(&routing).unwrap()).unwrap();
    }
}

fn exactly(members: &[u8], times: u32) -> BTreeMap<MemberId, u32> {
    weights(members).into_iter().map(|(member, weight)| (member, times * u32::from(weight.number()))).collect()
}

#[test]
fn eighty_leads_over_5_2_1_are_50_20_10_wherever_it_restarts() {
    for restart in 0..=80 {
        let mut desk = Desk::of(&[5, 2, 1]);
        let mut shares = desk.shares(restart);
        desk.restarts();
        for (member, more) in desk.shares(80 - restart) {
            *shares.entry(member).or_default() += more;
        }
        assert_eq!(shares, exactly(&[5, 2, 1], 10), "restarted after {restart}");
    }
}

#[test]
fn after_whatever_happened_any_whole_round_gives_each_present_her_weight() {
    let (mut runner, seed) = runner();
    let members = vec(1..=12_u8, 1..6);
    let before = vec((0..6_usize, any::<bool>(), 0..15_u32), 0..10);
    let verdict = runner.run(&(members, before, 0..30_u32, 1..4_u32), |(members, before, skipped, rounds)| {
        let mut desk = Desk::of(&members);
        for (nth, goes, asked) in before {
            let member = member(nth % members.len());
            desk.is_told(match goes {
                true => RoutingOrder::GoAway { member, until: None },
                false => RoutingOrder::ComeBack { member },
            });
            desk.shares(asked);
        }
        // Who is there at last: the last one always, so that somebody is.
        desk.is_told(RoutingOrder::ComeBack { member: member(members.len() - 1) });
        let is_there = |desk: &Desk, nth: usize| {
            desk.routing
                .decide(RoutingCommand { what: RoutingOrder::ComeBack { member: member(nth) }, now: desk.now })
                .unwrap()
                .is_empty()
        };
        let present: BTreeMap<MemberId, u32> = (0..members.len())
            .filter(|nth| is_there(&desk, *nth))
            .map(|nth| (member(nth), rounds * u32::from(members[nth])))
            .collect();
        desk.shares(skipped);
        let shares = desk.shares(present.values().sum());
        assert_eq!(shares, present, "of {members:?}");
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
}

#[test]
fn who_comes_back_catches_up_with_nothing() {
    let mut desk = Desk::of(&[5, 2, 1]);
    assert_eq!(desk.shares(80), exactly(&[5, 2, 1], 10));
    desk.is_told(RoutingOrder::GoAway { member: member(0), until: None });
    assert_eq!(desk.shares(30), BTreeMap::from([(member(1), 20), (member(2), 10)]));
    desk.is_told(RoutingOrder::ComeBack { member: member(0) });
    assert_eq!(desk.shares(8), exactly(&[5, 2, 1], 1));
    assert_eq!(desk.shares(72), exactly(&[5, 2, 1], 9));
}

#[test]
fn a_backtest_with_today_s_weights_comes_to_what_was_and_with_others_to_others() {
    let mut desk = Desk::of(&[5, 2, 1]);
    desk.shares(80);
    let interval = Interval { from: Timestamp::MIN, until: Timestamp::MAX };
    let shares = |tried: &[u8]| {
        let weights = Weights::from([(POOL, weights(tried))]);
        backtest(desk.log.clone(), interval, &weights).shares()
    };
    let both = |was: [u32; 3], tried: [u32; 3]| (0..3).map(|nth| (member(nth), (was[nth], tried[nth]))).collect();
    assert_eq!(shares(&[5, 2, 1]), both([50, 20, 10], [50, 20, 10]));
    assert_eq!(shares(&[1, 1, 2]), both([50, 20, 10], [20, 20, 40]));
}

/// Ada and Bea, one of whom has room for one, and two things that wait for them.
fn two_wait() -> (Observer, [WorkItem; 2]) {
    let mut desk = Desk::of(&[1, 1]);
    for nth in 0..2 {
        desk.is_told(RoutingOrder::SetCapacity { member: member(nth), capacity: Capacity::try_from(1).ok() });
        desk.is_told(RoutingOrder::GoAway { member: member(nth), until: None });
    }
    desk.shares(2);
    desk.log.push(RoutingEvent::CameBack { member: member(0), at: desk.now });
    let mut observer = Observer::default();
    desk.log.iter().for_each(|event| observer.sees(event));
    (observer, [1, 2].map(|nth| WorkItem::Conversation(ConversationId::from_uuid(Uuid::from_u128(nth)))))
}

fn given(work: WorkItem, to: usize) -> RoutingEvent {
    let by = AssignedBy::Turn(Turn::default());
    let at = Timestamp::from_second(1_763_712_100).unwrap();
    RoutingEvent::Assigned { work, pool: POOL, member: member(to), by, at }
}

#[test]
#[should_panic(expected = "first come, first served")]
fn the_observer_sees_who_is_passed_over_in_the_queue() {
    let (mut observer, [_, second]) = two_wait();
    observer.sees(&given(second, 0));
}

#[test]
#[should_panic(expected = "can't take it")]
fn the_observer_sees_who_was_not_there() {
    let (mut observer, [first, _]) = two_wait();
    observer.sees(&given(first, 1));
}

#[test]
#[should_panic(expected = "can't take it")]
fn the_observer_sees_who_had_no_room() {
    let (mut observer, [first, second]) = two_wait();
    observer.sees(&given(first, 0));
    observer.sees(&given(second, 0));
}
