//! Processes share the followers, and take over from one that dies.

use std::time::Duration;

use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::{Bell, all, project_all};
use sqlx::Executor;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::expected;
use crate::history::write;
use crate::process::{Mortal, Process};
use crate::support::{Log, soon};

/// Who works for each read model.
async fn holders(log: &Log) -> Vec<Option<Uuid>> {
    sqlx::query_scalar("select holder from checkpoints where consumer like 'projector/%' order by consumer")
        .fetch_all(&log.owner)
        .await
        .unwrap()
}

async fn held(log: &Log, by: impl Fn(usize, usize) -> bool) {
    soon(async {
        loop {
            let holders = holders(log).await;
            let of = |process| holders.iter().filter(|holder| **holder == Some(Uuid::from_u128(process))).count();
            if by(of(1), of(2)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn two_processes_share_the_read_models_and_one_takes_over_what_the_other_leaves() {
    let log = Log::new().await;
    let first = Process::beside_others(&log, 1, false, project_all);
    held(&log, |first, _| first == all().len()).await;
    let second = Process::beside_others(&log, 2, false, project_all);
    held(&log, |first, second| first + second == all().len() && first.abs_diff(second) <= 1).await;
    write(&log, 0, "a", 0).await;
    for definition in all() {
        soon(async {
            while log.status(&definition.consumer()).await.position < log.head().await {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    first.stop().await;
    held(&log, |first, second| first == 0 && second == all().len()).await;
    write(&log, 0, "b", 1).await;
    for definition in all() {
        second.reaches(definition, log.head().await).await;
    }
    second.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
}

#[tokio::test]
async fn processes_tell_each_other_that_they_have_appended() {
    let log = Log::new().await;
    let stop = CancellationToken::new();
    let (appends, appended) = watch::channel(0);
    let (here, mut head_here) = Bell::new(log.pool.clone(), appended, stop.clone());
    let (there, mut head_there) = Bell::new(log.pool.clone(), watch::channel(0).1, stop.clone());
    let bells = [tokio::spawn(here.run()), tokio::spawn(there.run())];
    // Until the other one listens, it is told in vain: that is what polling is for.
    let appending = async {
        for position in 1.. {
            appends.send_replace(position);
            tokio::task::yield_now().await;
        }
    };
    let heard = async {
        for head in [&mut head_here, &mut head_there] {
            head.wait_for(|position| *position > 0).await.unwrap();
        }
    };
    soon(async {
        tokio::select! {
            () = appending => {}
            () = heard => {}
        }
    })
    .await;
    stop.cancel();
    for bell in bells {
        soon(bell).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_killed_process_held_is_taken_over_once_its_lease_has_run_out() {
    let log = Log::new().await;
    write(&log, 0, "a", 0).await;
    let killed = Mortal::start(&log.options, 1, InboxProjector).await;
    held(&log, |first, _| first == 1).await;
    killed.kill();
    let next = Process::beside_others(&log, 2, false, |runtime| runtime.project(InboxProjector));
    // The database's clock comes to the end of the lease, without anybody waiting for it.
    let lease: Duration = soon(async {
        let left: f64 = sqlx::query_scalar(
            "select extract(epoch from lease_until - clock_timestamp())::float8 from checkpoints where consumer = $1",
        )
        .bind(inbox::DEFINITION.consumer())
        .fetch_one(&log.owner)
        .await
        .unwrap();
        Duration::from_secs_f64(left.max(0.0))
    })
    .await;
    assert!(lease <= Duration::from_secs(5), "{lease:?}: takes over within 12 s");
    log.owner
        .execute(
            "update checkpoints set lease_until = clock_timestamp() - interval '1 second' where holder is not null; \
             update followers set seen_at = seen_at - interval '5 seconds' where process = '00000000-0000-0000-0000-000000000001'",
        )
        .await
        .unwrap();
    held(&log, |_, second| second == 1).await;
    write(&log, 0, "b", 1).await;
    next.reaches(inbox::DEFINITION, log.head().await).await;
    next.stop().await;
    assert_eq!(log.inbox().await, expected::inbox(&log.events().await));
}
