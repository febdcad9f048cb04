//! One holder at a time: whoever was taken over can't move the checkpoint, nor leave rows behind.

use std::collections::HashSet;

use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::{Advance, Checkpoint, CheckpointState, Claim, Lease};
use sqlx::{Executor, PgConnection, PgPool};
use uuid::Uuid;

use crate::expected;
use crate::fold::apply;
use crate::history::write;
use crate::process::{Process, held_up};
use crate::support::{Log, soon};

fn checkpoint(pool: &PgPool, holder: u128) -> Checkpoint {
    Checkpoint::new(pool.clone(), inbox::DEFINITION.consumer(), Uuid::from_u128(holder))
}

/// What [`Checkpoint::advance`] would be without its fence.
async fn advance_unfenced(tx: &mut PgConnection, lease: Lease, to: i64) -> bool {
    let moved = sqlx::query("update checkpoints set position = $3 where consumer = $1 and position = $2")
        .bind(inbox::DEFINITION.consumer())
        .bind(lease.position)
        .bind(to)
        .execute(tx)
        .await
        .unwrap();
    moved.rows_affected() == 1
}

#[tokio::test]
async fn who_was_taken_over_moves_nothing() {
    for claim in [Claim::ByForce, Claim::IfFree] {
        let log = Log::new().await;
        write(&log, 0, "a", 0).await;
        let (events, head) = (log.events().await, log.head().await);
        let (a, b) = (checkpoint(&log.pool, 1), checkpoint(&log.pool, 2));
        let of_a = a.lease(Claim::IfFree).await.unwrap().unwrap();
        assert_eq!(b.lease(Claim::IfFree).await.unwrap(), None, "a lease that holds is nobody else's");
        assert!(a.renew(of_a).await.unwrap(), "its holder renews it");
        if claim != Claim::ByForce {
            sqlx::query("update checkpoints set lease_until = clock_timestamp() - interval '1 second'")
                .execute(&log.owner)
                .await
                .unwrap();
        }
        let of_b = b.lease(claim).await.unwrap().unwrap();
        assert_eq!(of_b, Lease { epoch: of_a.epoch + 1, ..of_a });

        let to_the_head = Advance { to: head, applied: head, caught_up: true };
        let mut tx = log.pool.begin().await.unwrap();
        apply(&InboxProjector, &mut tx, &events).await.unwrap();
        assert!(!a.advance(&mut tx, of_a, to_the_head).await.unwrap());
        // The negative control: without the epoch, the same page of the same holder would have counted.
        assert!(advance_unfenced(&mut tx, of_a, head).await);
        tx.rollback().await.unwrap();

        // Nor does the old holder's last word reach the new one's row.
        assert!(!a.fail(of_a, "said too late").await.unwrap());
        assert!(!a.renew(of_a).await.unwrap());
        a.release().await.unwrap();
        assert_eq!(a.lease(Claim::IfFree).await.unwrap(), None, "the lease is still the new holder's");
        let status = log.status(a.consumer()).await;
        assert_eq!((status.position, status.state, status.error), (0, CheckpointState::Building, None));
        assert_eq!(log.inbox().await, expected::inbox(&[]));

        let mut tx = log.pool.begin().await.unwrap();
        apply(&InboxProjector, &mut tx, &events).await.unwrap();
        assert!(b.advance(&mut tx, of_b, to_the_head).await.unwrap(), "the new holder moves it");
        tx.commit().await.unwrap();
        assert_eq!(log.inbox().await, expected::inbox(&events));
    }
}

#[tokio::test]
async fn a_process_that_was_paused_leaves_no_rows_behind() {
    let log = Log::new().await;
    for (who, key) in [(0, "a"), (1, "b"), (0, "c")] {
        write(&log, who, key, 0).await;
    }
    let (projector, mut gate) = held_up();
    let paused = Process::start(&log, 2, |runtime| runtime.project(projector));
    gate.arrival().await;

    // Of two that live, it is the one that should have it.
    let next = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    // It tells of its lease before its first page.
    soon(next.progress.of(&inbox::DEFINITION).unwrap().changed()).await.unwrap();
    gate.open();
    next.reaches(inbox::DEFINITION, log.head().await).await;
    paused.stop().await;
    next.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
    let epoch: i64 = sqlx::query_scalar("select epoch from checkpoints where consumer = $1")
        .bind(inbox::DEFINITION.consumer())
        .fetch_one(&log.pool)
        .await
        .unwrap();
    assert_eq!(epoch, 2, "the first never came back to it");
}

#[tokio::test]
async fn who_should_not_have_it_leaves_a_page_that_takes_longer_than_a_lease_alone() {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    let (projector, mut gate) = held_up();
    let slow = Process::beside_others(&log, 1, false, |runtime| runtime.project(projector));
    gate.arrival().await;
    log.owner.execute("update checkpoints set lease_until = clock_timestamp() - interval '1 second'").await.unwrap();
    let other = Process::beside_others(&log, 2, false, |runtime| runtime.project(InboxProjector));
    // It has looked at what there is to do, as often as it has said that it lives.
    let seen = "select seen_at::text from followers where process = $1";
    let mut signs = HashSet::new();
    soon(async {
        while signs.len() < 3 {
            signs.extend(
                sqlx::query_scalar::<_, String>(seen)
                    .bind(Uuid::from_u128(2))
                    .fetch_optional(&log.owner)
                    .await
                    .unwrap(),
            );
            tokio::task::yield_now().await;
        }
    })
    .await;
    gate.open();
    slow.reaches(inbox::DEFINITION, log.head().await).await;
    let epoch: i64 = sqlx::query_scalar("select epoch from checkpoints where consumer = $1")
        .bind(inbox::DEFINITION.consumer())
        .fetch_one(&log.pool)
        .await
        .unwrap();
    assert_eq!(epoch, 1, "nobody else had it");
    other.stop().await;
    slow.stop().await;
}

#[tokio::test]
async fn what_a_process_that_froze_holds_locked_is_free_again() {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    // Nobody opens the gate: as far as the database can see, the process is there and says nothing.
    let (projector, mut gate) = held_up();
    let frozen = Process::start(&log, 2, |runtime| runtime.project(projector));
    gate.arrival().await;
    let next = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    next.reaches(inbox::DEFINITION, log.head().await).await;
    next.stop().await;
    gate.open();
    frozen.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
}
