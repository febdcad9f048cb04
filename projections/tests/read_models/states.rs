//! Building until it has caught up once, live ever after.

use leadflow_projections::CheckpointState::{Building, Live};
use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::leads::{self, LeadsProjector};

use crate::history::{play_long, write};
use crate::process::{Process, held_up};
use crate::support::{Log, PAGE, soon};

#[tokio::test]
async fn a_read_model_of_an_empty_log_is_live() {
    let log = Log::new().await;
    for definition in [inbox::DEFINITION, leads::DEFINITION] {
        assert_eq!(log.status(&definition.consumer()).await.state, Building);
    }
    let process = Process::start(&log, 1, |runtime| {
        runtime.project(InboxProjector);
        runtime.project(LeadsProjector);
    });
    for definition in [inbox::DEFINITION, leads::DEFINITION] {
        let mut progress = process.progress.of(&definition).unwrap();
        // It tells twice: of its lease, and of its first move, to where it is. Either may be missed.
        while log.status(&definition.consumer()).await.state == Building {
            soon(progress.changed()).await.unwrap();
        }
        let status = log.status(&definition.consumer()).await;
        assert_eq!((status.state, status.position, status.head, status.error), (Live, 0, 0, None));
    }
    process.stop().await;
}

#[tokio::test]
async fn it_is_building_until_it_has_caught_up_and_then_stays_live() {
    let log = Log::new().await;
    play_long(&log).await;
    let head = log.head().await;
    let standing = async || {
        let status = log.status(&inbox::DEFINITION.consumer()).await;
        (status.state, status.position, status.head)
    };
    let (projector, mut gate) = held_up();
    let process = Process::start(&log, 1, |runtime| runtime.project(projector));
    for page in 1..=3 {
        gate.arrival().await;
        assert_eq!(standing().await, (Building, (page - 1) * PAGE, head));
        gate.open();
    }
    process.reaches(inbox::DEFINITION, head).await;
    assert_eq!(standing().await, (Live, head, head));

    write(&log, 0, "one more", 0).await;
    gate.arrival().await;
    assert_eq!(standing().await, (Live, head, head + 1), "behind again, but never half-built again");
    gate.open();
    process.reaches(inbox::DEFINITION, head + 1).await;
    process.stop().await;
}
