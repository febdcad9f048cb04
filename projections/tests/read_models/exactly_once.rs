//! Each event is folded exactly once, whenever the process ends and another goes on.

use leadflow_projections::inbox::{self, InboxProjector};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::expected;
use crate::fold::apply;
use crate::history::{play_long, write};
use crate::process::{Mortal, Process, held_up};
use crate::support::{Log, PAGE, soon};

async fn hold_checkpoint(log: &Log) -> Transaction<'_, Postgres> {
    let mut held = log.owner.begin().await.unwrap();
    sqlx::query("select from checkpoints where consumer = $1 for update")
        .bind(inbox::DEFINITION.consumer())
        .execute(&mut *held)
        .await
        .unwrap();
    held
}

async fn somebody_waits_for_a_lock(log: &Log) {
    let waits = "select exists (select from pg_stat_activity \
                 where datname = current_database() and wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&log.owner).await.unwrap() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn killed_between_rows_and_checkpoint_of_any_page() {
    let log = Log::new().await;
    play_long(&log).await;
    let (events, head) = (log.events().await, log.head().await);
    assert!(head > 2 * PAGE, "three pages");
    let consumer = inbox::DEFINITION.consumer();
    for page in 1..=3 {
        let (projector, mut gate) = held_up();
        let process = Mortal::start(&log.options, u128::try_from(page).unwrap(), projector).await;
        if page > 1 {
            // The page at which the process before was killed.
            assert_eq!(gate.arrival().await, (page - 1) * PAGE);
            gate.open();
        }
        assert_eq!(gate.arrival().await, head.min(page * PAGE));
        // It may go on from its rows, and gets no further than its checkpoint's row, which is held here.
        let held = hold_checkpoint(&log).await;
        gate.open();
        soon(somebody_waits_for_a_lock(&log)).await;
        process.kill();
        held.rollback().await.unwrap();
        let position = log.status(&consumer).await.position;
        assert_eq!(position, (page - 1) * PAGE);
        let folded = &events[..usize::try_from(position).unwrap()];
        assert_eq!(log.inbox().await, expected::inbox(folded), "after {position}");
    }
    let last = Process::start(&log, 4, |runtime| runtime.project(InboxProjector));
    last.reaches(inbox::DEFINITION, head).await;
    last.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&events));
}

#[tokio::test]
async fn told_to_stop_in_the_middle_of_a_page() {
    let log = Log::new().await;
    play_long(&log).await;
    let (projector, mut gate) = held_up();
    let first = Process::start(&log, 1, |runtime| runtime.project(projector));
    assert_eq!(gate.arrival().await, PAGE);
    first.tell_to_stop();
    gate.open();
    first.ends().await;
    assert_eq!(log.status(&inbox::DEFINITION.consumer()).await.position, PAGE, "the page was carried to its end");
    let holder: Option<Uuid> = sqlx::query_scalar("select holder from checkpoints where consumer = $1")
        .bind(inbox::DEFINITION.consumer())
        .fetch_one(&log.pool)
        .await
        .unwrap();
    assert_eq!(holder, None, "the next process need not wait for the lease to end");

    let next = Process::beside_others(&log, 2, false, |runtime| runtime.project(InboxProjector));
    next.reaches(inbox::DEFINITION, log.head().await).await;
    next.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
}

/// The negative control: with rows and checkpoint in transactions of their own, a crash between them repeats a page,
/// and it shows.
#[tokio::test]
async fn rows_without_their_checkpoint_would_be_folded_twice() {
    let log = Log::new().await;
    for (who, key) in [(0, "a"), (0, "b"), (1, "c")] {
        write(&log, who, key, 0).await;
    }
    let mut tx = log.pool.begin().await.unwrap();
    apply(&InboxProjector, &mut tx, &log.events().await).await.unwrap();
    tx.commit().await.unwrap();

    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    process.reaches(inbox::DEFINITION, log.head().await).await;
    process.stop().await;
    let status = log.status(&inbox::DEFINITION.consumer()).await;
    // The number and the contact may be told of twice; a thread that is there can't be opened again.
    assert!(status.parked > 0, "{status:?}");
}
