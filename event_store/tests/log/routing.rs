//! What is assigned by several processes at once is shared out as by one.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::Timestamp;
use leadflow_domain::routing::{
    Capacity, PoolName, PoolTerms, Request, Routing, RoutingCommand, RoutingEvent, RoutingOrder, Source, Weight,
    WorkItem, explain,
};
use leadflow_domain::{Event, LeadId, MemberId, PoolId, RoutingId};
use leadflow_event_store::{Executor, PersonalValues};
use uuid::Uuid;

use crate::support::{Log, TENANT, context};

/// Processes that serve one database.
const PROCESSES: usize = 4;

fn member(nth: u128) -> MemberId {
    MemberId::from_uuid(Uuid::from_u128(nth))
}

fn lead(nth: usize) -> WorkItem {
    WorkItem::Lead(LeadId::from_uuid(Uuid::from_u128(1000 + nth as u128)))
}

/// Processes over one log.
fn processes(log: &Log, count: usize) -> Vec<Executor<Routing>> {
    (0..count).map(|_| Executor::new(&log.of_another_process().store)).collect()
}

async fn tell(process: &Executor<Routing>, key: &str, what: RoutingOrder) {
    let command = RoutingCommand { what, now: Timestamp::from_second(1_763_712_000).unwrap() };
    process.execute(RoutingId::of(TENANT), command, context(TENANT, key)).await.unwrap();
}

async fn create_pool(process: &Executor<Routing>) {
    let name = PoolName::parse("Sales").unwrap();
    let terms = PoolTerms { name, serves: [Source::Everything].into(), keeps_last_agent: true, hours: None };
    let members = [(1, 5), (2, 2), (3, 1)].map(|(nth, weight)| (member(nth), Weight::try_from(weight).unwrap()));
    let pool = PoolId::from_uuid(Uuid::from_u128(9));
    tell(process, "pool", RoutingOrder::CreatePool { pool, terms, members: members.into() }).await;
}

/// Asks for each of `leads` by all processes, all at once.
async fn ask(processes: &[Executor<Routing>], leads: std::ops::Range<usize>) {
    let asked = leads.flat_map(|nth| processes.iter().enumerate().map(move |(number, process)| (nth, number, process)));
    join_all(asked.map(async |(nth, number, process)| {
        let request = Request::of(lead(nth));
        tell(process, &format!("ask {nth} by {number}"), RoutingOrder::Ask { request }).await;
    }))
    .await;
}

async fn history(log: &Log) -> Vec<RoutingEvent> {
    let raw = log.reader.stream("routing", RoutingId::of(TENANT).into(), 0, i64::MAX).await.unwrap();
    let events = log.reader.read(raw, PersonalValues::Opened).await.unwrap();
    let of_routing = |event| if let Event::Routing(event) = event { Some(event) } else { None };
    events.into_iter().filter_map(|recorded| of_routing(recorded.event)).collect()
}

fn shares(history: &[RoutingEvent]) -> BTreeMap<MemberId, usize> {
    let mut shares = BTreeMap::new();
    for event in history {
        if let RoutingEvent::Assigned { member, .. } = event {
            *shares.entry(*member).or_default() += 1;
        }
    }
    shares
}

#[tokio::test]
async fn eighty_leads_over_5_2_1_by_four_processes_are_50_20_10_each_assigned_once() {
    let log = Log::new().await;
    create_pool(&processes(&log, 1)[0]).await;
    ask(&processes(&log, PROCESSES), 0..40).await;
    // They end, and others begin.
    ask(&processes(&log, PROCESSES), 40..80).await;
    let history = history(&log).await;
    assert_eq!(shares(&history), [(member(1), 50), (member(2), 20), (member(3), 10)].into());
    for nth in 0..80 {
        let explanations = explain(history.clone(), lead(nth));
        assert!(explanations.len() == 1 && explanations[0].holds(), "{explanations:?}");
    }
}

#[tokio::test]
async fn nobody_is_given_more_than_she_has_room_for_by_four_processes() {
    let log = Log::new().await;
    let processes = processes(&log, PROCESSES);
    create_pool(&processes[0]).await;
    for (nth, capacity) in [(1, 3), (2, 2), (3, 1)] {
        let set = RoutingOrder::SetCapacity { member: member(nth), capacity: Capacity::try_from(capacity).ok() };
        tell(&processes[0], &format!("capacity {nth}"), set).await;
    }
    ask(&processes, 0..20).await;
    let history = history(&log).await;
    assert_eq!(shares(&history), [(member(1), 3), (member(2), 2), (member(3), 1)].into());
    let left = log.reader.load::<Routing>(RoutingId::of(TENANT).into()).await.unwrap().state;
    assert_eq!(left.waiting(), 14);
}
