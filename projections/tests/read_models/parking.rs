//! What can't be dealt with is set aside with its stream, in the open; everybody else goes on, and it drains in order
//! once it can be dealt with.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use leadflow_domain::contact::ContactCommand;
use leadflow_domain::{Event, StreamId, TenantId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::generations::{Rebuild, Workshop};
use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::leads::{self, LeadsProjector};
use leadflow_projections::{
    CheckpointState, Definition, Freshness, PageError, ParkedStream, ProjectorProgress, all, count_parked, parked,
    parked_page, project_all, retry, wait_until,
};
use sqlx::{Executor, PgConnection};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::expected;
use crate::history::{play, write};
use crate::process::Process;
use crate::queries::walk;
use crate::support::{Log, OTHER_TENANT, context, operator, soon};

/// The streams that wait in a read model.
pub(crate) async fn waiting(log: &Log, definition: Definition) -> Vec<ParkedStream> {
    parked(&log.pool, &definition.consumer(), 1_000).await.unwrap()
}

/// Waits until nothing waits any more.
pub(crate) async fn drains(log: &Log, definition: Definition) {
    soon(async {
        while !waiting(log, definition).await.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn freshness(log: &Log, tenant: TenantId, position: i64) -> Freshness {
    let nowhere = ProjectorProgress::default();
    soon(wait_until(&log.pool, &nowhere, &inbox::DEFINITION, (Some(tenant), position), Duration::MAX)).await.unwrap()
}

/// `applied + parked = position`.
pub(crate) async fn is_complete(log: &Log, consumer: &str) {
    let status = log.status(consumer).await;
    assert!(status.is_complete(), "{status:?}");
}

fn positions_of(events: &[RecordedEvent], of: &RecordedEvent) -> Vec<i64> {
    let is_of =
        |event: &&RecordedEvent| (event.event.aggregate_type(), event.stream) == (of.event.aggregate_type(), of.stream);
    events.iter().filter(is_of).map(|event| event.position).collect()
}

/// Replaces the event at `position` and keeps what it was.
pub(crate) async fn poison(log: &Log, position: i64, change: &str) {
    log.tamper(&format!(
        "create table kept as select * from events where position = {position}; \
         update events set {change} where position = {position}"
    ))
    .await;
}

async fn repair(log: &Log) {
    log.tamper(
        "update events e set event_type = k.event_type, event_version = k.event_version, payload = k.payload \
         from kept k where e.position = k.position",
    )
    .await;
}

const POISONS: [(&str, &str); 4] = [
    ("a version of a newer program", "event_version = '99'"),
    (
        "an unknown event",
        "event_type = 'conversation.praised', payload = '{\"conversation.praised\": {\"by\": \"SECRET\"}}'",
    ),
    ("a malformed payload", "payload = '{\"conversation.message_received\": {\"message\": \"SECRET\"}}'"),
    ("no event at all", "payload = '\"SECRET\"'"),
];

#[tokio::test]
async fn an_event_that_can_t_be_read_parks_its_stream_and_nobody_else() {
    for (what, change) in POISONS {
        let log = Log::new().await;
        for (second, (who, key)) in (0..).zip([(0, "a"), (1, "b"), (0, "c"), (1, "d"), (0, "e"), (0, "f")]) {
            write(&log, who, key, second).await;
        }
        let events = log.events().await;
        let last = events.last().unwrap();
        let hers = positions_of(&events, last);
        let poisoned = hers[hers.len() - 3];
        poison(&log, poisoned, change).await;
        let process = Process::start(&log, 1, |runtime| {
            runtime.project(InboxProjector);
            runtime.project(LeadsProjector);
        });
        process.reaches(inbox::DEFINITION, last.position).await;
        process.reaches(leads::DEFINITION, last.position).await;

        for definition in [inbox::DEFINITION, leads::DEFINITION] {
            let found = waiting(&log, definition).await;
            let [stream] = found.as_slice() else { panic!("{what}: {found:?}") };
            assert_eq!((stream.stream, stream.position, stream.events), (last.stream, poisoned, 3), "{what}");
            assert!(!stream.reason.is_empty() && !stream.reason.contains("SECRET"), "{what}: {}", stream.reason);
            is_complete(&log, &definition.consumer()).await;
            let status = log.status(&definition.consumer()).await;
            assert_eq!((status.state, status.error), (CheckpointState::Live, None), "{what}");
        }
        let before: Vec<_> = events
            .iter()
            .filter(|event| event.position < poisoned || !hers.contains(&event.position))
            .cloned()
            .collect();
        assert_eq!(log.inbox().await, expected::inbox(&before), "{what}: her stream as of before it, all else whole");
        assert_eq!(freshness(&log, last.tenant, last.position).await, Freshness::Parked, "{what}");
        assert_eq!(
            freshness(&log, OTHER_TENANT, last.position).await,
            Freshness::Current,
            "{what}: it is nobody else's business"
        );
        assert_eq!(freshness(&log, last.tenant, poisoned - 1).await, Freshness::Current, "{what}");
        let shows = (Some(last.tenant), last.position);
        let wait = wait_until(&log.pool, &process.progress, &inbox::DEFINITION, shows, Duration::MAX);
        assert_eq!(soon(wait).await.unwrap(), Freshness::Parked, "{what}: in the process itself");

        // Trying it in vain is counted, and changes nothing else.
        assert_eq!(retry(&log.pool, &inbox::DEFINITION.consumer(), None).await.unwrap(), 1);
        soon(async {
            while waiting(&log, inbox::DEFINITION).await[0].attempts < 2 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(log.inbox().await, expected::inbox(&before), "{what}");

        // Others are dealt with meanwhile, and whatever else is hers waits.
        write(&log, 1, "g", 7).await;
        process.reaches(inbox::DEFINITION, log.head().await).await;
        assert_eq!(freshness(&log, last.tenant, log.head().await).await, Freshness::Current, "{what}");

        repair(&log).await;
        let kind = ("conversation", last.stream);
        assert_eq!(retry(&log.pool, &inbox::DEFINITION.consumer(), Some(kind)).await.unwrap(), 1);
        drains(&log, inbox::DEFINITION).await;
        process.stop().await;
        // The other one tries what waits when a process takes it up.
        let process = Process::start(&log, 2, |runtime| runtime.project(LeadsProjector));
        drains(&log, leads::DEFINITION).await;
        process.stop().await;
        for definition in [inbox::DEFINITION, leads::DEFINITION] {
            let status = log.status(&definition.consumer()).await;
            assert_eq!((status.applied, status.parked, status.position), (status.head, 0, status.head), "{what}");
        }
        assert_eq!(log.inbox().await, expected::inbox(&log.events().await), "{what}");
        assert_eq!(freshness(&log, last.tenant, last.position).await, Freshness::Current, "{what}");
    }
}

/// The inbox by a program that can't fold some streams, until it is mended.
#[derive(Debug, Clone)]
struct Hurt {
    streams: Arc<BTreeSet<StreamId>>,
    by_panic: bool,
    is_mended: Arc<AtomicBool>,
}

impl leadflow_projections::Projector for Hurt {
    fn definition(&self) -> Definition {
        inbox::DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Opened
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        InboxProjector.apply(rows, events).await?;
        let hurts = |event: &RecordedEvent| event.version > 1 && self.streams.contains(&event.stream);
        if !self.is_mended.load(Ordering::SeqCst) && events.iter().any(hurts) {
            assert!(!self.by_panic, "planted by the test");
            return Err(PageError::Refused("planted by the test".to_owned()));
        }
        Ok(())
    }
}

#[tokio::test]
async fn whatever_streams_wait_the_rows_are_right_once_they_have_drained() {
    for (seed, by_panic) in [(11, false), (12, true), (13, false)] {
        let log = Log::new().await;
        play(&log, seed, 120).await;
        let events = log.events().await;
        // A third of all streams, of every kind.
        let streams: BTreeSet<StreamId> =
            events.iter().map(|event| event.stream).filter(|stream| stream.as_uuid().as_u128() % 3 == 0).collect();
        let is_mended = Arc::new(AtomicBool::new(false));
        let hurt = Hurt { streams: Arc::new(streams), by_panic, is_mended: Arc::clone(&is_mended) };
        let process = Process::start(&log, 1, |runtime| runtime.project(hurt));
        process.reaches(inbox::DEFINITION, log.head().await).await;
        let found = waiting(&log, inbox::DEFINITION).await;
        assert!(found.len() > 3, "seed {seed}: {} streams wait", found.len());
        is_complete(&log, &inbox::DEFINITION.consumer()).await;

        is_mended.store(true, Ordering::SeqCst);
        retry(&log.pool, &inbox::DEFINITION.consumer(), None).await.unwrap();
        drains(&log, inbox::DEFINITION).await;
        process.stop().await;
        assert_eq!(log.inbox().await, expected::inbox(&events), "seed {seed}");
        let status = log.status(&inbox::DEFINITION.consumer()).await;
        assert_eq!((status.applied, status.parked), (status.head, 0), "seed {seed}");
    }
}

#[tokio::test]
async fn what_one_read_model_can_t_fold_does_not_park_in_another() {
    let log = Log::new().await;
    play(&log, 1, 40).await;
    log.owner
        .execute(
            "insert into events (position, tenant_id, aggregate_type, aggregate_id, sequence, event_type, \
                                 event_version, payload, metadata, event_id, command_id, recorded_at) \
             select (select max(position) + 1 from events), tenant_id, aggregate_type, aggregate_id, 1000, event_type, \
                    event_version, payload, metadata, event_id, gen_random_uuid(), \
                    (select max(recorded_at) + interval '1 microsecond' from events) \
             from events where event_type = 'conversation.opened' order by position limit 1",
        )
        .await
        .unwrap();
    let opened_twice = log.head().await;
    write(&log, 9, "after it", 0).await;
    let process = Process::start(&log, 1, |runtime| {
        runtime.project(InboxProjector);
        runtime.project(LeadsProjector);
    });
    process.reaches(inbox::DEFINITION, log.head().await).await;
    process.reaches(leads::DEFINITION, log.head().await).await;
    process.stop().await;
    let found = waiting(&log, inbox::DEFINITION).await;
    let [stream] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(stream.position, opened_twice);
    assert!(stream.reason.contains("23505") && !stream.reason.contains("+39"), "{}", stream.reason);
    assert_eq!(waiting(&log, leads::DEFINITION).await, []);
}

#[tokio::test]
async fn who_is_erased_while_her_stream_waits_is_forgotten_at_once() {
    let log = Log::new().await;
    play(&log, 3, 60).await;
    let events = log.events().await;
    let whose = |event: &RecordedEvent| matches!(event.event, Event::Contact(_)) && event.version == 2;
    let hers = events.iter().find(|event| whose(event)).expect("somebody of whom more is told");
    poison(&log, hers.position, "event_version = '99'").await;
    let process = Process::start(&log, 1, project_all);
    for model in all() {
        process.reaches(model, log.head().await).await;
        assert_eq!(waiting(&log, model).await.len(), 1, "{model:?}");
    }
    // The stream can't be read as it stands, so the erasure is decided once it can, and told while it waits here.
    repair(&log).await;
    log.contacts.execute(hers.stream, ContactCommand::Erase, context(hers.tenant, "erase her")).await.unwrap();
    for model in all() {
        process.reaches(model, log.head().await).await;
        assert_eq!(waiting(&log, model).await.len(), 1, "all else of hers waits: {model:?}");
    }
    let phone: Option<String> = sqlx::query_scalar("select phone from inbox_v17.contacts where contact_id = $1")
        .bind(hers.stream.as_uuid())
        .fetch_one(&log.owner)
        .await
        .unwrap();
    assert_eq!(phone, None);
    for model in all() {
        retry(&log.pool, &model.consumer(), None).await.unwrap();
        drains(&log, model).await;
    }
    process.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
}

#[tokio::test]
async fn what_waited_in_the_generation_before_does_not_wait_in_the_one_that_took_its_place() {
    let log = Log::new().await;
    for (second, key) in (0..).zip(["a", "b", "c"]) {
        write(&log, 0, key, second).await;
    }
    let events = log.events().await;
    let poisoned = *positions_of(&events, events.last().unwrap()).last().unwrap();
    poison(&log, poisoned, "event_version = '99'").await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    process.reaches(inbox::DEFINITION, log.head().await).await;
    assert_eq!(waiting(&log, inbox::DEFINITION).await.len(), 1);
    // Nobody writes meanwhile, so that nothing but the lease itself tells the process of a swap; and at the second its
    // epoch is what it was before.
    rebuilt_and_taken_up(&log).await;
    soon(async {
        // Whoever takes it up tries what waits there: in vain, as long as it can't be read.
        while attempts_where_it_is_read(&log).await != [2] {
            tokio::task::yield_now().await;
        }
    })
    .await;
    repair(&log).await;
    rebuilt_and_taken_up(&log).await;
    assert_eq!(attempts_where_it_is_read(&log).await, [0; 0]);

    write(&log, 0, "d", 3).await;
    process.reaches(inbox::DEFINITION, log.head().await).await;
    assert_eq!(attempts_where_it_is_read(&log).await, [0; 0]);
    process.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
}

/// How often each stream that waits in the inbox that is read was tried, whatever waits in the one before.
async fn attempts_where_it_is_read(log: &Log) -> Vec<i32> {
    let found = waiting(log, inbox::DEFINITION).await.into_iter();
    found.filter(|stream| stream.consumer == inbox::DEFINITION.consumer()).map(|stream| stream.attempts).collect()
}

/// Puts an inbox that is built anew in the place of the one that is read, whether they differ or not, and waits until somebody
/// works for it.
async fn rebuilt_and_taken_up(log: &Log) {
    let workshop = Workshop {
        owner: log.owner.clone(),
        pool: log.pool.clone(),
        reader: log.reader.clone(),
        process: Uuid::from_u128(100),
        stop: CancellationToken::new(),
    };
    let mut rebuild = Rebuild::begin(workshop, InboxProjector).await.unwrap();
    rebuild.catch_up(|_| {}).await.unwrap();
    rebuild.swap().await.unwrap();
    soon(async {
        while !is_held(log, &inbox::DEFINITION.consumer()).await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn is_held(log: &Log, consumer: &str) -> bool {
    sqlx::query_scalar("select holder is not null from checkpoints where consumer = $1")
        .bind(consumer)
        .fetch_one(&log.owner)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_damaged_key_parks_what_it_is_needed_for_and_stops_nobody() {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    write(&log, 1, "b", 1).await;
    log.tamper("update data_subjects set wrapped_key = substr(wrapped_key, 2) where subject_id = (select min(subject_id::text)::uuid from data_subjects)")
        .await;
    for _ in 0..2 {
        // Whoever takes it up tries what waits.
        let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
        process.reaches(inbox::DEFINITION, log.head().await).await;
        process.stop().await;
        assert!(!waiting(&log, inbox::DEFINITION).await.is_empty());
        let status = log.status(&inbox::DEFINITION.consumer()).await;
        assert_eq!((status.state, status.error, status.position), (CheckpointState::Live, None, log.head().await));
    }
}

#[tokio::test]
async fn what_waits_is_listed_page_by_page_from_both_ends() {
    let log = Log::new().await;
    // In each of two consumers five streams of three events; two began to wait at the same moment, and the same streams in both.
    log.owner
        .execute(
            "insert into parked_events (consumer, position, tenant_id, aggregate_type, stream_id, reason, parked_at) \
             select consumer, stream * 10 + event, lpad('1', 32, '0')::uuid, 'conversation', lpad(stream::text, 32, '0')::uuid, \
                    case when event = 1 then 'reason ' || stream end, \
                    timestamptz '2026-11-01' + stream / 2 * interval '1 s' + (event - 1) * interval '1 h' \
             from unnest(array['projector/inbox/17', 'reactor/capture_lead']) consumer, generate_series(1, 5) stream, \
                  generate_series(1, 3) event",
        )
        .await
        .unwrap();
    for (consumer, expected) in [(None, 10), (Some("projector/inbox/17"), 5), (Some("reactor/nobody"), 0)] {
        assert_eq!(count_parked(&log.pool, operator(), consumer).await.unwrap(), expected);
        for size in [1, 2, 3] {
            let page = async |page| parked_page(&log.pool, operator(), consumer, page).await.unwrap();
            let walked = walk(size, |(keyset, _)| *keyset, page).await;
            let mut listed: Vec<_> = walked.iter().map(|(_, row)| (row.consumer.as_str(), row.position)).collect();
            assert!(walked.is_sorted_by(|(_, one), (_, other)| one.parked_at >= other.parked_at), "{walked:?}");
            for (_, row) in &walked {
                assert_eq!((row.reason.clone(), row.events), (format!("reason {}", row.position / 10), 3));
            }
            let all = parked(&log.pool, consumer.unwrap_or_default(), 1_000).await.unwrap();
            let mut all: Vec<_> = all.iter().map(|row| (row.consumer.as_str(), row.position)).collect();
            listed.sort_unstable();
            all.sort_unstable();
            assert_eq!(listed, all);
        }
    }
    let status = log.status("projector/inbox/17").await;
    assert_eq!((status.parked, status.parked_streams), (15, 5));
}
