//! What can't deal with events, whatever they are, is told of, parks what it must, and goes on once it can.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use leadflow_domain::contact::ContactEvent;
use leadflow_domain::{Event, StreamId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::{
    Checkpoint, CheckpointState, Consumer, Definition, Freshness, PageError, ProjectorProgress, retry, wait_until,
};
use sqlx::{Executor, PgConnection};
use tokio::sync::watch;

use crate::history::{play, write};
use crate::parking::{drains, is_complete, waiting};
use crate::process::Process;
use crate::support::{Log, TENANT, soon};

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
async fn a_consumer_that_panics_or_is_refused_at_everything_parks_everything() {
    let refused = || Err(PageError::Refused("it may not".to_owned()));
    let failures = [
        (Unsteady::new(|| panic!("planted by the test"), |_| Ok(())), "it panicked"),
        (Unsteady::new(|| Ok(()), |_| panic!("planted by the test")), "it panicked"),
        (Unsteady::new(refused, |_| Ok(())), "it may not"),
    ];
    for (failing, error) in failures {
        let log = log_with_unsteady().await;
        let head = log.head().await;
        let process = Process::start(&log, 1, |runtime| {
            runtime.follow(failing);
            runtime.project(InboxProjector);
        });
        process.reaches(UNSTEADY, head).await;
        process.reaches(inbox::DEFINITION, head).await;
        process.stop().await;
        assert_eq!(written(&log).await, [0_i64; 0], "what it wrote went with it");
        let found = waiting(&log, UNSTEADY).await;
        assert!(found.iter().all(|stream| stream.reason == error), "{found:?}");
        assert_eq!(found.iter().map(|stream| stream.events).sum::<i64>(), head);
        is_complete(&log, &UNSTEADY.consumer()).await;

        let steady = Process::start(&log, 2, |runtime| runtime.follow(Unsteady::new(|| Ok(()), |_| Ok(()))));
        drains(&log, UNSTEADY).await;
        steady.stop().await;
        assert_eq!(written(&log).await, (1..=head).collect::<Vec<_>>(), "once each");
    }
}

/// No event is to blame, so none is parked; it goes on by itself once somebody has mended it.
#[tokio::test]
async fn a_consumer_that_can_t_work_at_all_says_so_and_tries_again() {
    let log = log_with_unsteady().await;
    log.owner.execute("alter table written rename to elsewhere").await.unwrap();
    let process = Process::start(&log, 1, |runtime| {
        runtime.follow(Unsteady::new(|| Ok(()), |_| Ok(())));
        runtime.project(InboxProjector);
    });
    process.reaches(inbox::DEFINITION, log.head().await).await;
    let nowhere = ProjectorProgress::default();
    let waited = wait_until(&log.pool, &nowhere, &UNSTEADY, (Some(TENANT), log.head().await), Duration::MAX);
    assert_eq!(soon(waited).await.unwrap(), Freshness::Stopped);
    let status = log.status(&UNSTEADY.consumer()).await;
    assert_eq!((status.position, status.parked, status.state), (0, 0, CheckpointState::Stopped));
    assert!(status.error.unwrap().contains("42P01"));

    log.owner.execute("alter table elsewhere rename to written").await.unwrap();
    process.reaches(UNSTEADY, log.head().await).await;
    process.stop().await;
    let status = log.status(&UNSTEADY.consumer()).await;
    assert_eq!((status.state, status.error), (CheckpointState::Live, None));
    assert_eq!(written(&log).await, (1..=log.head().await).collect::<Vec<_>>());
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
    assert_eq!((status.state, status.error, status.parked), (CheckpointState::Live, None, 0));
}

#[tokio::test]
async fn what_acts_waits_while_it_is_paused_and_read_models_do_not() {
    let log = log_with_unsteady().await;
    let (pause, paused) = watch::channel(true);
    let process = Process::pausing(&log, paused, |runtime| {
        runtime.follow(Unsteady::new(|| Ok(()), |_| Ok(())));
        runtime.project(InboxProjector);
    });
    process.reaches(inbox::DEFINITION, log.head().await).await;
    assert_eq!(log.status(&UNSTEADY.consumer()).await.position, 0);

    pause.send_replace(false);
    let before = log.head().await;
    process.reaches(UNSTEADY, before).await;

    pause.send_replace(true);
    soon(async {
        let held = "select holder is not null from checkpoints where consumer = $1";
        while sqlx::query_scalar(held).bind(UNSTEADY.consumer()).fetch_one(&log.pool).await.unwrap() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    write(&log, 0, "a", 2).await;
    process.reaches(inbox::DEFINITION, log.head().await).await;
    assert_eq!(log.status(&UNSTEADY.consumer()).await.position, before);

    pause.send_replace(false);
    process.reaches(UNSTEADY, log.head().await).await;
    process.stop().await;
    assert_eq!(written(&log).await, (1..=log.head().await).collect::<Vec<_>>(), "once each");
}

/// The order in which a consumer sees the events of a stream that waited.
#[derive(Debug, Clone, Default)]
struct Witness {
    seen: Arc<Mutex<Vec<(StreamId, i64)>>>,
    is_mended: Arc<AtomicBool>,
}

impl Consumer for Witness {
    fn consumer(&self) -> String {
        UNSTEADY.consumer()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }

    async fn write(&self, _rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        if !self.is_mended.load(Ordering::SeqCst) && events.iter().any(|event| event.version % 5 == 2) {
            return Err(PageError::Refused("planted by the test".to_owned()));
        }
        self.seen.lock().unwrap().extend(events.iter().map(|event| (event.stream, event.version)));
        Ok(())
    }
}

#[tokio::test]
async fn each_stream_is_seen_whole_and_in_its_order() {
    let log = log_with_unsteady().await;
    play(&log, 5, 100).await;
    let witness = Witness::default();
    let process = Process::start(&log, 1, |runtime| runtime.follow(witness.clone()));
    process.reaches(UNSTEADY, log.head().await).await;
    assert!(log.status(&UNSTEADY.consumer()).await.parked > 10);
    witness.is_mended.store(true, Ordering::SeqCst);
    retry(&log.pool, &UNSTEADY.consumer(), None).await.unwrap();
    drains(&log, UNSTEADY).await;
    process.stop().await;
    let mut seen = witness.seen.lock().unwrap().clone();
    let events = log.events().await;
    // An erasure does not wait: where its stream does, it is seen at once, and again in its place.
    let is_erasure = |event: &&RecordedEvent| matches!(event.event, Event::Contact(ContactEvent::Erased { .. }));
    for erasure in events.iter().filter(is_erasure).map(|event| (event.stream, event.version)) {
        let places: Vec<usize> = (0..seen.len()).filter(|place| seen[*place] == erasure).collect();
        if let [first, _] = places.as_slice() {
            seen.remove(*first);
        }
    }
    // Stable: the order within a stream is the order in which it was seen.
    seen.sort_by_key(|(stream, _)| *stream);
    let mut written: Vec<(StreamId, i64)> = events.into_iter().map(|event| (event.stream, event.version)).collect();
    written.sort_by_key(|(stream, _)| *stream);
    assert_eq!(seen, written);
}
