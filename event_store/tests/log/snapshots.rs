//! A long stream loads from its snapshot, which nobody may miss and nobody needs.

use std::time::Duration;

use cqrs_es::Aggregate;
use futures_util::future::join_all;
use leadflow_domain::Decide;
use leadflow_domain::Event;
use leadflow_domain::conversation::{Conversation, ConversationCommand, Priority};
use leadflow_event_store::{Done, LogReader, ReadError};
use sqlx::{Executor, PgPool};

use crate::support::{Log, TENANT, context, conversation, receive};

async fn stream(log: &Log, number: u128, messages: std::ops::Range<u32>) {
    let results = join_all(messages.map(|message| {
        let key = format!("{number}/{message}");
        log.conversations.execute(conversation(number), receive(number, &key), context(TENANT, &key))
    }))
    .await;
    for result in results {
        result.unwrap();
    }
}

/// Fails a test that would wait for a snapshot that never comes.
const FOREVER: Duration = Duration::from_secs(30);

/// The version that the stream's snapshot stands at, once it is `at_least`.
async fn snapshot(pool: &PgPool, number: u128, at_least: i64) -> i64 {
    let written = async {
        loop {
            let version: Option<i64> = sqlx::query_scalar("select max(version) from snapshots where aggregate_id = $1")
                .bind(conversation(number).to_string())
                .fetch_one(pool)
                .await
                .unwrap();
            if let Some(version) = version.filter(|version| *version >= at_least) {
                return version;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(FOREVER, written).await.expect("the snapshot is written")
}

/// The state by all its events, one after the other.
async fn folded(reader: &LogReader, number: u128) -> (Conversation, i64) {
    let mut state = Conversation::default();
    let events = reader.stream("conversation", conversation(number).into(), 0, i64::MAX).await.unwrap();
    let version = i64::try_from(events.len()).unwrap();
    for event in events {
        let Event::Conversation(event) = event.read().unwrap().event else { panic!("an event of a conversation") };
        state.apply(event);
    }
    (state, version)
}

async fn loaded(log: &Log, number: u128) -> (Conversation, i64, i64) {
    let loaded = log.of_another_process().reader.load::<Conversation>(conversation(number).into()).await.unwrap();
    assert_eq!(loaded.tenant, Some(TENANT));
    (loaded.state, loaded.version, loaded.snapshot_version)
}

/// As its owner, beside its triggers.
async fn damage(owner: &PgPool, sql: &str) {
    let sql = format!("alter table events disable trigger all; {sql}; alter table events enable trigger all");
    owner.execute(sql.as_str()).await.unwrap();
}

#[tokio::test]
async fn a_stream_of_a_thousand_events_loads_from_its_last_few() {
    let (log, owner) = Log::with_owner().await;
    for batch in 0..7 {
        stream(&log, 7, batch * 150..(batch + 1) * 150).await;
        let priority = if batch % 2 == 0 { Priority::High } else { Priority::Low };
        let set = ConversationCommand::SetPriority { priority };
        log.conversations.execute(conversation(7), set, context(TENANT, &batch.to_string())).await.unwrap();
    }
    let version = snapshot(&log.pool, 7, 1_000).await;
    let (state, head) = folded(&log.reader, 7).await;
    assert_eq!(head, 7 * 151 + 1);
    assert!(head - version < 100, "{version} of {head}");
    assert_eq!(loaded(&log, 7).await, (state.clone(), head, version));
    let last = log.reader.stream("conversation", conversation(7).into(), 0, i64::MAX).await.unwrap().pop().unwrap();
    let load = async || log.of_another_process().reader.load::<Conversation>(conversation(7).into()).await;
    let whole = load().await.unwrap();
    assert_eq!((whole.position, whole.event), (last.position, last.id));

    // Whether older events are read shows in whether it matters that they can't be.
    damage(&owner, &format!("update events set payload = '{{}}' where sequence <= {version}")).await;
    assert_eq!(loaded(&log, 7).await, (state.clone(), head, version));
    let cold = log.of_another_process();
    let told =
        cold.conversations.execute(conversation(7), ConversationCommand::MarkRead, context(TENANT, "read")).await;
    assert_eq!(told.unwrap().version, head + 1);
    owner.execute("truncate snapshots").await.unwrap();
    let unread = load().await.unwrap_err();
    assert!(matches!(unread, ReadError::Unreadable(_)), "{unread}");
    assert_eq!(
        unread.to_string(),
        "event 1, conversation.opened, can't be read: its payload is damaged: see \"When verify fails\" in docs/OPERATIONS.md"
    );
}

#[tokio::test]
async fn without_snapshots_everything_is_as_before() {
    let (log, owner) = Log::with_owner().await;
    stream(&log, 7, 0..120).await;
    let version = snapshot(&log.pool, 7, 90).await;
    let before = loaded(&log, 7).await;
    // The application may delete what is disposable; truncating is its owner's.
    let refused = log.pool.execute("truncate snapshots").await.unwrap_err().to_string();
    assert!(refused.contains("permission denied"), "{refused}");
    log.pool.execute("delete from snapshots").await.unwrap();
    assert_eq!(loaded(&log, 7).await, (before.0, before.1, 0));
    owner.execute("truncate snapshots").await.unwrap();
    let cold = log.of_another_process();
    stream(&cold, 7, 120..121).await;
    assert_eq!(snapshot(&log.pool, 7, version).await, 122, "the next to load it all leaves another");
}

#[tokio::test]
async fn a_snapshot_of_another_form_is_passed_over() {
    let (log, owner) = Log::with_owner().await;
    stream(&log, 7, 0..120).await;
    snapshot(&log.pool, 7, 90).await;
    let (state, head) = folded(&log.reader, 7).await;
    let newer = Conversation::STATE_VERSION + 1;
    for other in [0, newer] {
        let sql = format!("update snapshots set state_version = {other}, state = '{{\"of\": \"another form\"}}'");
        owner.execute(sql.as_str()).await.unwrap();
        assert_eq!(loaded(&log, 7).await, (state.clone(), head, 0), "version {other}");
    }
    // A newer program's stays; it will be needed again. An older one's is taken anew.
    let cold = log.of_another_process();
    stream(&cold, 7, 120..121).await;
    stream(&cold, 8, 0..100).await;
    snapshot(&log.pool, 8, 70).await;
    let of = |number: u128| conversation(number).to_string();
    let kept: i32 = sqlx::query_scalar("select state_version from snapshots where aggregate_id = $1")
        .bind(of(7))
        .fetch_one(&log.pool)
        .await
        .unwrap();
    assert_eq!(u32::try_from(kept).unwrap(), newer);
    owner.execute("update snapshots set state_version = 0").await.unwrap();
    let cold = log.of_another_process();
    stream(&cold, 7, 121..122).await;
    assert_eq!(snapshot(&log.pool, 7, 123).await, 123);
}

#[tokio::test]
async fn the_next_snapshot_takes_the_place_of_those_before_it() {
    let log = Log::new().await;
    // Each loads the stream anew, as one process after the other would.
    for message in 0..40 {
        let cold = log.of_another_process();
        stream(&cold, 7, message..message + 1).await;
        if message % 8 == 7 {
            snapshot(&log.pool, 7, i64::from(message) - 3).await;
        }
    }
    // Another process wrote its own beside them.
    let beside = "insert into snapshots (aggregate_type, aggregate_id, state_version, version, tenant_id, position, event_id, state) \
                  select aggregate_type, aggregate_id, state_version, version - 1, tenant_id, position, event_id, state \
                  from snapshots order by version desc limit 1";
    log.pool.execute(beside).await.unwrap();
    stream(&log.of_another_process(), 7, 40..80).await;
    let last = snapshot(&log.pool, 7, 70).await;
    let left: Vec<i64> = sqlx::query_scalar("select version from snapshots").fetch_all(&log.pool).await.unwrap();
    assert_eq!(left, [last]);
}

#[tokio::test]
async fn a_damaged_snapshot_is_passed_over() {
    let (log, owner) = Log::with_owner().await;
    stream(&log, 7, 0..120).await;
    snapshot(&log.pool, 7, 90).await;
    let sound = log.of_another_process().reader.load::<Conversation>(conversation(7).into()).await.unwrap();
    owner.execute("update snapshots set state = '{\"thread\": 7}'").await.unwrap();
    let cold = log.of_another_process();
    let loaded = cold.reader.load::<Conversation>(conversation(7).into()).await.unwrap();
    assert_eq!((loaded.state, loaded.version, loaded.snapshot_version), (sound.state, sound.version, 0));
    let read = cold.conversations.execute(conversation(7), ConversationCommand::MarkRead, context(TENANT, "read"));
    assert_eq!(read.await.unwrap().done, Done::Appended);
}

#[tokio::test]
async fn an_older_snapshot_never_takes_a_newer_one_s_place() {
    let (log, owner) = Log::with_owner().await;
    stream(&log, 7, 0..20).await;
    // Another process was far ahead, if only for a moment.
    sqlx::query(
        "insert into snapshots (aggregate_type, aggregate_id, tenant_id, state_version, version, position, event_id, \
         state) select aggregate_type, aggregate_id, tenant_id, $1, 10000, position, event_id, '{}' from events \
         where position = 1",
    )
    .bind(i32::try_from(Conversation::STATE_VERSION).unwrap())
    .execute(&owner)
    .await
    .unwrap();
    stream(&log, 7, 20..120).await;
    // Snapshots are written in the order they were asked for: when this one is there, the other's turn has been.
    stream(&log, 8, 0..120).await;
    snapshot(&log.pool, 8, 90).await;
    assert_eq!(snapshot(&log.pool, 7, 0).await, 10_000);
}

#[tokio::test]
async fn a_snapshot_holds_what_was_so_and_nothing_that_was_decided_in_vain() {
    let log = Log::new().await;
    let other = log.of_another_process();
    stream(&log, 7, 0..30).await;
    // Both are at version 31 with the same thing to say; what one of them decided did not come to pass.
    let known = other.conversations.execute(conversation(7), ConversationCommand::MarkRead, context(TENANT, "known"));
    known.await.unwrap();
    let one = log.conversations.submit(
        conversation(7).into(),
        ConversationCommand::SetPriority { priority: Priority::High },
        context(TENANT, "high"),
    );
    let two = other.conversations.submit(
        conversation(7).into(),
        ConversationCommand::SetPriority { priority: Priority::Low },
        context(TENANT, "low"),
    );
    let (one, two) = futures_util::future::join(one, two).await;
    let versions = [one.unwrap().version, two.unwrap().version];
    assert!(versions == [33, 34] || versions == [34, 33], "{versions:?}");
    // Both go on from what they take for so, until one of them takes a snapshot.
    stream(&log, 7, 30..40).await;
    stream(&other, 7, 40..50).await;
    snapshot(&log.pool, 7, 35).await;
    let (version, stored): (i64, serde_json::Value) =
        sqlx::query_as("select version, state from snapshots order by version desc limit 1")
            .fetch_one(&log.pool)
            .await
            .unwrap();
    let events = log.reader.stream("conversation", conversation(7).into(), 0, i64::MAX).await.unwrap();
    let mut state = Conversation::default();
    for event in events.into_iter().take(usize::try_from(version).unwrap()) {
        let Event::Conversation(event) = event.read().unwrap().event else { panic!("an event of a conversation") };
        state.apply(event);
    }
    assert_eq!(stored, serde_json::to_value(&state).unwrap(), "at version {version}");
}
