//! Waiting for a read model: no longer than asked, and no longer than it is of use.

use std::time::Duration;

use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::{Checkpoint, Claim, Freshness, ProjectorProgress, wait_until};
use sqlx::Executor;
use uuid::Uuid;

use crate::history::write;
use crate::process::Process;
use crate::support::{Log, TENANT, soon};

async fn freshness(log: &Log, progress: &ProjectorProgress, position: i64, patience: Duration) -> Freshness {
    soon(wait_until(&log.pool, progress, &inbox::DEFINITION, (Some(TENANT), position), patience)).await.unwrap()
}

#[tokio::test]
async fn it_is_current_once_the_position_is_folded_here_or_elsewhere() {
    let log = Log::new().await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    let elsewhere = ProjectorProgress::default();
    for key in ["a", "b"] {
        write(&log, 0, key, 0).await;
        let head = log.head().await;
        for progress in [&process.progress, &elsewhere] {
            assert_eq!(freshness(&log, progress, head, Duration::MAX).await, Freshness::Current);
            assert!(log.status(&inbox::DEFINITION.consumer()).await.position >= head);
        }
    }
    process.stop().await;
}

#[tokio::test]
async fn it_is_lagging_when_the_wait_ends_first() {
    let log = Log::new().await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    for progress in [&process.progress, &ProjectorProgress::default()] {
        let never = log.head().await + 1;
        assert_eq!(freshness(&log, progress, never, Duration::from_millis(30)).await, Freshness::Lagging);
    }
    process.stop().await;
}

#[tokio::test]
async fn it_is_stopped_at_once_whatever_the_patience() {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    let checkpoint = Checkpoint::new(log.pool.clone(), inbox::DEFINITION.consumer(), Uuid::from_u128(1));
    let lease = checkpoint.lease(Claim::IfFree).await.unwrap().unwrap();
    assert!(checkpoint.fail(lease, "planted by the test").await.unwrap());
    let nowhere = ProjectorProgress::default();
    assert_eq!(freshness(&log, &nowhere, log.head().await, Duration::MAX).await, Freshness::Stopped);
    assert_eq!(freshness(&log, &nowhere, 0, Duration::MAX).await, Freshness::Current, "what it has it shows");
}

#[tokio::test]
async fn who_waits_does_not_storm_the_database() {
    let log = Log::new().await;
    let process = Process::start(&log, 1, |runtime| runtime.project(InboxProjector));
    let progress = process.progress.clone();
    // Its projector is no more, as after a stop whose cause another process has dealt with.
    process.stop().await;
    // Counts how often the checkpoint is looked up.
    log.owner
        .execute(
            "create sequence looked_up; grant usage on sequence looked_up to public; \
             alter table checkpoints rename to the_checkpoints; \
             create view checkpoints as select * from the_checkpoints where nextval('looked_up') > 0; \
             grant select on checkpoints to public",
        )
        .await
        .unwrap();
    for progress in [progress, ProjectorProgress::default()] {
        let before: i64 = sqlx::query_scalar("select nextval('looked_up')").fetch_one(&log.owner).await.unwrap();
        assert_eq!(freshness(&log, &progress, 1, Duration::from_millis(200)).await, Freshness::Lagging);
        let after: i64 = sqlx::query_scalar("select nextval('looked_up')").fetch_one(&log.owner).await.unwrap();
        // At most after 0, 20, 60 and 140 ms; each look reads the rows of all consumers.
        let looks = (after - before - 1) / 2;
        assert!((1..=4).contains(&looks), "{looks} looks in 200 ms");
    }
}
