//! Two processes and what each believes: a batch that is decided on what another process has overtaken.

use futures_util::future::join;
use leadflow_domain::StreamId;
use leadflow_domain::channel::{ChannelCommand, ChannelRefusal};
use leadflow_domain::conversation::{ConversationCommand, Priority};
use leadflow_event_store::{Done, ExecuteError, Receipt, verify};

use crate::gate::{Gate, begin};
use crate::support::{Log, OTHER_TENANT, TENANT, arrives_at, asked, channel, connect, context, conversation, receive};

fn set(priority: Priority) -> ConversationCommand {
    ConversationCommand::SetPriority { priority }
}

fn appended(position: i64, version: i64) -> Receipt {
    Receipt { done: Done::Appended, position, version }
}

async fn types(log: &Log, number: u128) -> Vec<String> {
    let events = log.reader.stream("conversation", conversation(number).into(), 0, i64::MAX).await.unwrap();
    events.into_iter().map(|event| event.event_type).collect()
}

/// Two processes that both know the conversation as it stands after its first message.
async fn two() -> (Log, Log) {
    let log = Log::new().await;
    let other = log.of_another_process();
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    // Not changing anything, it learns where the conversation stands.
    let known = other.conversations.execute(conversation(7), set(Priority::None), context(TENANT, "known")).await;
    assert_eq!(known.unwrap().done, Done::AlreadySo);
    (log, other)
}

#[tokio::test]
async fn a_batch_on_an_overtaken_version_is_decided_again_as_a_whole() {
    let (log, other) = two().await;
    other.conversations.execute(conversation(7), set(Priority::High), context(TENANT, "high")).await.unwrap();
    // One event each, as the other process: the second command's version is there already, and is not this batch's.
    let resolve =
        log.conversations.submit(conversation(7).into(), ConversationCommand::Resolve, context(TENANT, "resolve"));
    let message = log.conversations.submit(conversation(7).into(), receive(7, "b"), context(TENANT, "b"));
    let (resolved, received) = join(resolve, message).await;
    assert_eq!((resolved.unwrap(), received.unwrap()), (appended(4, 4), appended(6, 6)));
    let expected = ["opened", "message_received", "priority_set", "resolved", "reopened", "message_received"];
    assert_eq!(types(&log, 7).await, expected.map(|name| format!("conversation.{name}")));
}

#[tokio::test]
async fn what_was_already_so_here_is_asked_of_the_log() {
    let (log, other) = two().await;
    other.conversations.execute(conversation(7), set(Priority::High), context(TENANT, "high")).await.unwrap();
    // Here it has none, as far as is known.
    let told = log.conversations.execute(conversation(7), set(Priority::None), context(TENANT, "none")).await;
    assert_eq!(told.unwrap(), appended(4, 4));
    // And there it has a high one.
    let told = other.conversations.execute(conversation(7), set(Priority::High), asked("again", "high")).await;
    assert_eq!(told.unwrap(), appended(5, 5));
}

#[tokio::test]
async fn what_was_forbidden_here_is_asked_of_the_log() {
    // No refusal depends on a version above 0 but this one: a channel keeps its number.
    let log = Log::new().await;
    let other = log.of_another_process();
    log.channels.execute(channel(1), connect("10"), context(TENANT, "c")).await.unwrap();
    let refused = log.channels.execute(channel(1), connect("11"), asked("k", "11")).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(ChannelRefusal::AnotherNumber))), "{refused:?}");
    other.channels.execute(channel(1), ChannelCommand::Disconnect, context(TENANT, "d")).await.unwrap();
    let refused = log.channels.execute(channel(1), connect("11"), asked("l", "11")).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(ChannelRefusal::AnotherNumber))), "{refused:?}");
    let versions: Vec<i64> =
        sqlx::query_scalar("select version from receipts order by recorded_at").fetch_all(&log.pool).await.unwrap();
    assert_eq!(versions, [1, 2], "the second one was decided on what the other process did");
}

#[tokio::test]
async fn nothing_is_decided_on_a_command_whose_key_was_another_s() {
    let (log, other) = two().await;
    other.conversations.execute(conversation(7), set(Priority::Low), asked("k", "low")).await.unwrap();
    // Its event would have the id and the version of the other request's, and is not that event.
    let reused = log.conversations.submit(conversation(7).into(), set(Priority::High), asked("k", "high"));
    let mine = log.conversations.submit(conversation(7).into(), set(Priority::High), asked("mine", "high"));
    let (reused, mine) = join(reused, mine).await;
    assert!(matches!(reused, Err(ExecuteError::KeyReused)), "{reused:?}");
    assert_eq!(mine.unwrap(), appended(4, 4), "the conversation's priority was low");
}

#[tokio::test]
async fn whoever_goes_away_has_asked_all_the_same() {
    let (log, _) = two().await;
    let mut gate = Gate::close(&log.pool).await;
    let asked = || log.conversations.submit(conversation(7).into(), set(Priority::High), asked("k", "high"));
    drop(asked());
    gate.stopped(1).await;
    gate.open().await;
    assert_eq!(asked().await.unwrap(), Receipt { done: Done::Before, position: 3, version: 3 });
}

#[tokio::test]
async fn what_one_takes_for_granted_may_be_taken_in_the_same_group() {
    let log = Log::new().await;
    for number in [7, 8] {
        log.conversations
            .execute(conversation(number), receive(number, "a"), context(TENANT, &number.to_string()))
            .await
            .unwrap();
    }
    for (key, command) in [("c", connect("10")), ("d", ChannelCommand::Disconnect)] {
        log.channels.execute(channel(1), command, context(TENANT, key)).await.unwrap();
    }
    let asserting = |key: &str| context(TENANT, key).asserting(arrives_at("10", channel(1)));
    let mut gate = Gate::close(&log.pool).await;
    let (conversations, channels) = (log.conversations.clone(), log.channels.clone());
    let first =
        begin(conversations.clone().submit(conversation(8).into(), set(Priority::High), context(TENANT, "1"))).await;
    gate.stopped(1).await;
    // What waits now goes together: too early, the number's return, in time.
    let early = begin(conversations.submit(conversation(7).into(), receive(7, "early"), asserting("early"))).await;
    let back = begin(channels.submit(channel(1).into(), connect("10"), context(TENANT, "back"))).await;
    let later =
        begin(conversations.submit(conversation(9).into(), ConversationCommand::Resolve, asserting("later"))).await;
    gate.open().await;
    first.await.unwrap().unwrap();
    assert!(matches!(early.await.unwrap(), Err(ExecuteError::NotHeld)));
    assert_eq!(back.await.unwrap().unwrap().version, 3);
    assert!(matches!(later.await.unwrap(), Err(ExecuteError::Refused(_))), "what is held by then is taken for granted");
    assert!(verify::verify(&log.store, |_| ()).await.unwrap().ok);
}

#[tokio::test]
async fn one_tenant_s_key_never_serves_another_whoever_waits_beside() {
    let (log, owner) = Log::with_owner().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    log.conversations.execute(conversation(8), receive(8, "b"), context(TENANT, "b")).await.unwrap();
    // No rule of ours lets another tenant begin a thread with this tenant's contact. Should one ever:
    let theirs = StreamId::from(conversation(9));
    sqlx::query(
        "insert into events select 5, $1, aggregate_type, $2, 1, event_type, event_version, payload, metadata, \
         gen_random_uuid(), null, recorded_at from events where position = 1",
    )
    .bind(OTHER_TENANT.as_uuid())
    .bind(theirs.to_string())
    .execute(&owner)
    .await
    .unwrap();
    let of_theirs = |command, key| log.conversations.submit(theirs, command, context(OTHER_TENANT, key));
    assert_eq!(of_theirs(set(Priority::None), "known").await.unwrap().done, Done::AlreadySo);

    let mut gate = Gate::close(&log.pool).await;
    let first = log.conversations.submit(conversation(8).into(), set(Priority::High), context(TENANT, "1"));
    let first = begin(first).await;
    gate.stopped(1).await;
    let ours = begin(log.conversations.submit(conversation(7).into(), receive(7, "c"), context(TENANT, "c"))).await;
    let foreign = begin(of_theirs(receive(7, "d"), "d")).await;
    gate.open().await;
    first.await.unwrap().unwrap();
    ours.await.unwrap().unwrap();
    let foreign = foreign.await.unwrap();
    assert!(matches!(foreign, Err(ExecuteError::Unreadable(_))), "{foreign:?}");
}
