//! Nobody changes the log: not by grant, and not even as its owner.

use leadflow_event_store::{database, testing};
use sqlx::Executor;

use crate::support::{Log, TENANT, context, conversation, receive};

fn message(result: Result<impl Sized, sqlx::Error>) -> String {
    result.err().expect("the statement is refused").to_string()
}

#[tokio::test]
async fn the_application_s_role_writes_it_by_the_append_function_alone() {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let role: String = sqlx::query_scalar("select current_user").fetch_one(&log.pool).await.unwrap();
    assert_eq!(role, database::APP_ROLE);
    for statement in [
        "insert into events select position + 2, tenant_id, aggregate_type, aggregate_id, sequence + 2, event_type, \
         event_version, payload, metadata, event_id, null, recorded_at from events",
        "update events set payload = '{}'",
        "delete from events",
        "truncate events",
        "delete from reservations",
        "alter table events disable trigger all",
        "drop function append_events",
    ] {
        let refused = message(log.pool.execute(statement).await);
        assert!(refused.contains("permission denied") || refused.contains("must be owner"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn its_owner_is_stopped_by_the_triggers() {
    let options = testing::database().await.connect_options();
    let owner = database::owner_pool(options);
    for statement in ["update events set payload = '{}'", "delete from events", "truncate events"] {
        let refused = message(owner.execute(statement).await);
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn the_public_may_not_append() {
    let owner = database::owner_pool(testing::database().await.connect_options());
    let public: bool =
        sqlx::query_scalar("select has_function_privilege('public', 'append_events'::regproc::oid, 'execute')")
            .fetch_one(&owner)
            .await
            .unwrap();
    assert!(!public);
}
