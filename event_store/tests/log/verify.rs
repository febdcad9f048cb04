//! `verify` is quiet about a sound log and finds what was planted.

use leadflow_event_store::{database, testing, verify};
use sqlx::Executor;

use crate::support::{Log, TENANT, context, conversation, receive};

#[tokio::test]
async fn a_sound_log_has_no_problems() {
    let log = Log::new().await;
    assert!(verify::verify(&log.pool).await.unwrap().ok, "an empty log is sound");
    for key in ["a", "b"] {
        log.conversations.execute(conversation(7), receive(7, key), context(TENANT, key)).await.unwrap();
    }
    let report = verify::verify(&log.pool).await.unwrap();
    assert!(report.ok && report.problems.is_empty(), "{report:?}");
    assert_eq!((report.events, report.commands, report.commits, report.streams), (3, 2, 2, 1));
}

#[tokio::test]
async fn each_kind_of_damage_is_found() {
    let sentence = [
        ("delete from events where position = 3", "positions 3 to 3 are missing"),
        ("delete from events where position = 3", "version 4 follows version 2"),
        (
            "update events set position = -position where position in (2, 3); \
          update events set position = 5 + position where position in (-2, -3)",
            "stands before the version it follows",
        ),
        ("update events set tenant_id = gen_random_uuid() where position = 2", "belongs to 2 tenants"),
        (
            "update events set recorded_at = recorded_at - interval '1 day' where position = 3",
            "position 3 was recorded",
        ),
    ];
    for (damage, finding) in sentence {
        let options = testing::database().await.connect_options();
        let owner = database::owner_pool(options);
        let log = Log::over(owner.clone());
        for key in ["a", "b", "c"] {
            log.conversations.execute(conversation(7), receive(7, key), context(TENANT, key)).await.unwrap();
        }
        owner
            .execute(
                format!(
                    "alter table events disable trigger all; \
                     alter table events drop constraint events_position_check; {damage}"
                )
                .as_str(),
            )
            .await
            .unwrap();
        let report = verify::verify(&owner).await.unwrap();
        assert!(!report.ok && report.problems.iter().any(|problem| problem.contains(finding)), "{damage}: {report:?}");
    }
}
