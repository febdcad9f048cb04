//! What can't be dealt with stops its consumer, in the open and before the event; the rest goes on, and so does the
//! consumer once the cause is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::leads::{self, LeadsProjector};
use leadflow_projections::{
    Checkpoint, CheckpointState, Consumer, ConsumerStatus, Definition, Freshness, PageError, ProjectorProgress,
    wait_until,
};
use sqlx::{Executor, PgConnection};

use crate::expected;
use crate::history::{play, write};
use crate::process::Process;
use crate::support::{Log, soon};

/// Waits until the projector has stopped.
async fn stops(log: &Log, definition: Definition) -> ConsumerStatus {
    let none = ProjectorProgress::default();
    let waited = wait_until(&log.pool, &none, &definition, i64::MAX, Duration::MAX);
    assert_eq!(soon(waited).await.unwrap(), Freshness::Stopped);
    log.status(&definition.consumer()).await
}

/// Folds all there is and stops.
async fn catch_up(log: &Log, process: u128) {
    let process = Process::start(log, process, |runtime| runtime.project(InboxProjector));
    process.reaches(inbox::DEFINITION, log.head().await).await;
    process.stop().await;
}

/// A log of which the first part is folded, and the event at the returned position, in the second part, is a
/// customer's message.
async fn half_folded() -> (Log, i64) {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    write(&log, 1, "b", 1).await;
    catch_up(&log, 1).await;
    write(&log, 0, "c", 2).await;
    write(&log, 1, "d", 3).await;
    write(&log, 0, "e", 4).await;
    let poisoned = log.head().await - 1;
    (log, poisoned)
}

/// Replaces the event at `position` and keeps what it was.
async fn poison(log: &Log, position: i64, change: &str) {
    log.tamper(&format!(
        "create table kept as select * from events where position = {position}; \
         update events set {change} where position = {position}"
    ))
    .await;
}

async fn repair(log: &Log) {
    log.tamper(
        "update events e set aggregate_type = k.aggregate_type, event_type = k.event_type, payload = k.payload \
         from kept k where e.position = k.position",
    )
    .await;
}

const POISONS: [(&str, &str); 4] = [
    ("a stream of an unknown kind", "aggregate_type = 'campaign', event_type = 'campaign.begun'"),
    (
        "an unknown event",
        "event_type = 'conversation.praised', payload = '{\"conversation.praised\": {\"by\": \"SECRET\"}}'",
    ),
    ("a malformed payload", "payload = '{\"conversation.message_received\": {\"message\": \"SECRET\"}}'"),
    ("no event at all", "payload = '\"SECRET\"'"),
];

#[tokio::test]
async fn an_event_that_can_t_be_read_stops_the_projector_until_it_can() {
    for (what, change) in POISONS {
        let (log, poisoned) = half_folded().await;
        let events = log.events().await;
        poison(&log, poisoned, change).await;
        let process = Process::start(&log, 2, |runtime| runtime.project(InboxProjector));
        let status = stops(&log, inbox::DEFINITION).await;
        process.ends().await;

        let error = status.error.unwrap();
        assert!(error.contains(&format!("event {poisoned}")), "{what}: {error}");
        assert!(!error.contains("SECRET"), "{what}: {error}");
        assert!(status.position < poisoned, "{what}: {}", status.position);
        let before = &events[..usize::try_from(status.position).unwrap()];
        assert_eq!(log.inbox().await, expected::inbox(before), "{what}: nothing after its position is folded");

        // A restart meets the same event again.
        let process = Process::start(&log, 3, |runtime| runtime.project(InboxProjector));
        process.ends().await;
        let again = log.status(&inbox::DEFINITION.consumer()).await;
        assert_eq!((again.state, again.position), (CheckpointState::Stopped, status.position), "{what}");

        repair(&log).await;
        catch_up(&log, 4).await;
        let status = log.status(&inbox::DEFINITION.consumer()).await;
        assert_eq!((status.state, status.error, status.position), (CheckpointState::Live, None, status.head));
        assert_eq!(log.inbox().await, expected::inbox(&events), "{what}");
    }
}

/// `docs/OPERATIONS.md` sends the operator to the event right after the position.
#[tokio::test]
async fn it_stops_right_before_the_event() {
    let (log, poisoned) = half_folded().await;
    let events = log.events().await;
    poison(&log, poisoned, POISONS[0].1).await;
    let process = Process::start(&log, 2, |runtime| runtime.project(InboxProjector));
    let status = stops(&log, inbox::DEFINITION).await;
    process.ends().await;
    assert_eq!(status.position, poisoned - 1);
    let before = &events[..usize::try_from(poisoned - 1).unwrap()];
    assert_eq!(log.inbox().await, expected::inbox(before));
}

/// An event that can't be read may be anything: no follower can say that it is none of its business.
#[tokio::test]
async fn nobody_passes_an_event_that_can_t_be_read() {
    let (log, poisoned) = half_folded().await;
    poison(&log, poisoned, POISONS[2].1).await;
    let process = Process::start(&log, 2, |runtime| {
        runtime.project(InboxProjector);
        runtime.project(LeadsProjector);
    });
    stops(&log, inbox::DEFINITION).await;
    stops(&log, leads::DEFINITION).await;
    process.stop().await;
}

#[tokio::test]
async fn what_one_read_model_can_t_fold_does_not_hold_up_another() {
    let log = Log::new().await;
    play(&log, 1, 40).await;
    let opened_twice = log.head().await + 1;
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
    write(&log, 9, "after it", 0).await;
    let start = |process| {
        Process::start(&log, process, |runtime| {
            runtime.project(InboxProjector);
            runtime.project(LeadsProjector);
        })
    };
    let process = start(1);
    let status = stops(&log, inbox::DEFINITION).await;
    assert!(status.position < opened_twice);
    let error = status.error.unwrap();
    assert!(error.contains("23505") && !error.contains("+39"), "{error}");
    process.reaches(leads::DEFINITION, log.head().await).await;
    // And goes on doing so.
    write(&log, 9, "later still", 1).await;
    process.reaches(leads::DEFINITION, log.head().await).await;
    process.stop().await;
    assert_eq!(log.status(&leads::DEFINITION.consumer()).await.state, CheckpointState::Live);

    log.tamper(&format!("delete from events where position = {opened_twice}")).await;
    let process = start(2);
    process.reaches(inbox::DEFINITION, log.head().await).await;
    process.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
}

/// A consumer of the test's. It leaves a row in a table of its own before it fails, so that it shows what stays.
struct Unsteady {
    act: fn() -> Result<(), PageError>,
    write: fn(u32) -> Result<(), PageError>,
    attempts: Arc<AtomicU32>,
}

const UNSTEADY: Definition = Definition { name: "unsteady", version: 1, tables: "" };

impl Consumer for Unsteady {
    fn consumer(&self) -> String {
        UNSTEADY.consumer()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, _events: &[RecordedEvent]) -> Result<(), PageError> {
        (self.act)()
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        for event in events {
            sqlx::query("insert into written (position) values ($1)").bind(event.position).execute(&mut *rows).await?;
        }
        (self.write)(self.attempts.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

impl Unsteady {
    fn new(act: fn() -> Result<(), PageError>, write: fn(u32) -> Result<(), PageError>) -> Self {
        Self { act, write, attempts: Arc::default() }
    }
}

async fn log_with_unsteady() -> Log {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    write(&log, 0, "b", 1).await;
    // No primary key: what is written twice shows.
    log.owner.execute("create table written (position bigint); grant all on written to public").await.unwrap();
    let mut connection = log.pool.acquire().await.unwrap();
    Checkpoint::register(&mut connection, &UNSTEADY.consumer(), 0, CheckpointState::Live).await.unwrap();
    drop(connection);
    log
}

async fn written(log: &Log) -> Vec<i64> {
    sqlx::query_scalar("select position from written order by position").fetch_all(&log.pool).await.unwrap()
}

#[tokio::test]
async fn a_consumer_that_panics_or_is_refused_stops_alone() {
    let refused = || Err(PageError::Refused("it may not".to_owned()));
    let failures = [
        (Unsteady::new(|| panic!("planted by the test"), |_| Ok(())), "it panicked"),
        (Unsteady::new(|| Ok(()), |_| panic!("planted by the test")), "it panicked"),
        (Unsteady::new(refused, |_| Ok(())), "it may not"),
    ];
    for (failing, error) in failures {
        let log = log_with_unsteady().await;
        let process = Process::start(&log, 1, |runtime| {
            runtime.follow(failing);
            runtime.project(InboxProjector);
        });
        let status = stops(&log, UNSTEADY).await;
        assert_eq!((status.position, status.error.unwrap()), (0, format!("event 1: {error}")));
        assert_eq!(written(&log).await, [0_i64; 0], "what it wrote went with it");
        process.reaches(inbox::DEFINITION, log.head().await).await;
        write(&log, 1, "c", 2).await;
        process.reaches(inbox::DEFINITION, log.head().await).await;
        process.stop().await;

        let steady = Process::start(&log, 2, |runtime| runtime.follow(Unsteady::new(|| Ok(()), |_| Ok(()))));
        steady.reaches(UNSTEADY, log.head().await).await;
        steady.stop().await;
        assert_eq!(written(&log).await, (1..=log.head().await).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_can_t_be_done_now_is_tried_again() {
    let log = log_with_unsteady().await;
    let at_the_second = |attempt| if attempt < 2 { Err(PageError::Later("not yet".to_owned())) } else { Ok(()) };
    let later = Unsteady::new(|| Ok(()), at_the_second);
    let attempts = Arc::clone(&later.attempts);
    let process = Process::start(&log, 1, |runtime| runtime.follow(later));
    process.reaches(UNSTEADY, log.head().await).await;
    process.stop().await;
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
    assert_eq!(written(&log).await, (1..=log.head().await).collect::<Vec<_>>(), "once each");
    let status = log.status(&UNSTEADY.consumer()).await;
    assert_eq!((status.state, status.error), (CheckpointState::Live, None));
}
