//! A client's command has one outcome, and whoever asks again under its key is told that one.

use futures_util::future::join_all;
use leadflow_domain::channel::{ChannelCommand, ChannelRefusal};
use leadflow_domain::conversation::{ConversationCommand, ConversationRefusal, Priority};
use leadflow_domain::{Refusal, RefusalCode, StreamId};
use leadflow_event_store::{Done, ExecuteError, Receipt};

use crate::support::{
    Log, TENANT, arrives_at, asked, channel, connect, contact, context, conversation, introduce, receive,
};

const PHONE: &str = "+393331234567";

fn set(priority: Priority) -> ConversationCommand {
    ConversationCommand::SetPriority { priority }
}

async fn receipts(log: &Log) -> i64 {
    sqlx::query_scalar("select count(*) from receipts").fetch_one(&log.pool).await.unwrap()
}

#[tokio::test]
async fn what_was_appended_comes_back_from_any_process_whatever_happened_since() {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let first = log.conversations.execute(conversation(7), set(Priority::High), asked("k", "high")).await.unwrap();
    assert_eq!(first, Receipt { done: Done::Appended, position: 3, version: 3 });
    // By now the same command would be decided otherwise.
    log.conversations.execute(conversation(7), set(Priority::Low), asked("l", "low")).await.unwrap();
    for process in [&log, &log.of_another_process(), &Log::without_cache(log.pool.clone())] {
        let again = process.conversations.execute(conversation(7), set(Priority::High), asked("k", "high")).await;
        assert_eq!(again.unwrap(), Receipt { done: Done::Before, ..first });
    }
    assert_eq!((log.reader.head().await.unwrap(), receipts(&log).await), (4, 2));
}

#[tokio::test]
async fn what_changed_nothing_comes_back_although_it_would_change_something_now() {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let already_so = Receipt { done: Done::AlreadySo, position: 2, version: 2 };
    let ask = || log.conversations.execute(conversation(7), set(Priority::None), asked("k", "none"));
    assert_eq!(ask().await.unwrap(), already_so);
    log.conversations.execute(conversation(7), set(Priority::High), asked("h", "high")).await.unwrap();
    assert_eq!(ask().await.unwrap(), already_so);
    let elsewhere = log.of_another_process();
    let again = elsewhere.conversations.execute(conversation(7), set(Priority::None), asked("k", "none")).await;
    assert_eq!(again.unwrap(), already_so);
    assert_eq!(log.reader.head().await.unwrap(), 3);
}

#[tokio::test]
async fn what_was_refused_stays_refused_although_it_would_be_granted_now() {
    let log = Log::new().await;
    let refused = log.conversations.execute(conversation(7), ConversationCommand::Resolve, asked("k", "resolve")).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(ConversationRefusal::NotFound))), "{refused:?}");
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    for process in [&log, &log.of_another_process()] {
        let again =
            process.conversations.execute(conversation(7), ConversationCommand::Resolve, asked("k", "resolve")).await;
        let Err(ExecuteError::RefusedBefore(told)) = again else { panic!("{again:?}") };
        assert_eq!(told.code(), Some(RefusalCode::NotFound));
        assert_eq!(told.message(), ConversationRefusal::NotFound.to_string());
        assert_eq!(told.field(), ConversationRefusal::NotFound.field());
    }
}

#[tokio::test]
async fn a_fact_that_another_had_stays_the_other_s_for_this_key() {
    let log = Log::new().await;
    log.channels.execute(channel(1), connect("10"), context(TENANT, "first")).await.unwrap();
    let ask = |log: &Log| {
        let channels = log.channels.clone();
        async move { channels.execute(channel(2), connect("10"), asked("k", "connect")).await }
    };
    let winner = StreamId::from(channel(1));
    let first = ask(&log).await;
    assert!(matches!(first, Err(ExecuteError::Reserved { holder }) if holder == winner), "{first:?}");
    log.channels.execute(channel(1), ChannelCommand::Disconnect, context(TENANT, "free")).await.unwrap();
    for process in [&log, &log.of_another_process()] {
        let again = ask(process).await;
        assert!(matches!(again, Err(ExecuteError::Reserved { holder }) if holder == winner), "{again:?}");
    }
    // Under another key the number can be had.
    log.channels.execute(channel(2), connect("10"), asked("k2", "connect")).await.unwrap();
}

#[tokio::test]
async fn a_key_is_for_one_request_whatever_became_of_it() {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    log.channels.execute(channel(1), connect("10"), context(TENANT, "first")).await.unwrap();
    log.conversations.execute(conversation(7), set(Priority::High), asked("appended", "1")).await.unwrap();
    log.conversations.execute(conversation(7), set(Priority::High), asked("unchanged", "1")).await.unwrap();
    log.channels.execute(channel(9), ChannelCommand::Disconnect, asked("refused", "1")).await.unwrap_err();
    log.channels.execute(channel(9), connect("10"), asked("reserved", "1")).await.unwrap_err();
    assert_eq!(receipts(&log).await, 4);
    let head = log.reader.head().await.unwrap();
    for process in [&log, &log.of_another_process()] {
        for key in ["appended", "unchanged", "refused", "reserved"] {
            let reused = process.conversations.execute(conversation(7), set(Priority::Low), asked(key, "2")).await;
            assert!(matches!(reused, Err(ExecuteError::KeyReused)), "{key}: {reused:?}");
        }
    }
    assert_eq!((log.reader.head().await.unwrap(), receipts(&log).await), (head, 4));
}

#[tokio::test]
async fn a_provider_s_fact_leaves_no_receipt_and_is_refused_anew_each_time() {
    let log = Log::new().await;
    let disconnect = || log.channels.execute(channel(1), ChannelCommand::Disconnect, context(TENANT, "d"));
    for _ in 0..2 {
        assert!(matches!(disconnect().await, Err(ExecuteError::Refused(ChannelRefusal::NotFound))));
    }
    log.channels.execute(channel(1), connect("10"), context(TENANT, "c")).await.unwrap();
    assert_eq!(disconnect().await.unwrap().done, Done::Appended, "what was refused is decided on what is so now");
    assert_eq!(receipts(&log).await, 0);
}

#[tokio::test]
async fn one_key_in_two_processes_at_once_has_one_effect() {
    let log = Log::new().await;
    let others = log.of_another_process();
    for round in 0..20_u128 {
        let key = format!("{round}");
        let results = join_all((0..6).map(|caller| {
            let log = if caller % 2 == 0 { &log } else { &others };
            log.conversations.execute(
                conversation(round),
                receive(round, "a"),
                context(TENANT, &key).with_receipt(leadflow_event_store::testing::keys().request_hash(&["receive"])),
            )
        }))
        .await;
        let receipts: Vec<Receipt> = results.into_iter().map(Result::unwrap).collect();
        assert_eq!(receipts.iter().filter(|receipt| receipt.done == Done::Appended).count(), 1, "{receipts:?}");
        assert!(
            receipts.iter().all(|receipt| (receipt.position, receipt.version) == (receipts[0].position, 2)),
            "{receipts:?}"
        );
    }
    assert_eq!(log.reader.head().await.unwrap(), 40);
    assert_eq!(receipts(&log).await, 20);
}

#[tokio::test]
async fn what_is_taken_for_granted_must_be_so_when_it_is_appended() {
    let log = Log::new().await;
    let ask = |key: &'static str, holder| {
        let context = context(TENANT, key).asserting(arrives_at("10", channel(holder)));
        log.conversations.execute(conversation(7), receive(7, key), context)
    };
    let not_held = async |key, holder, why| {
        let told = ask(key, holder).await;
        assert!(matches!(told, Err(ExecuteError::NotHeld)), "{why}: {told:?}");
    };
    not_held("a", 1, "nobody ever had the number").await;
    log.channels.execute(channel(1), connect("10"), context(TENANT, "1")).await.unwrap();
    ask("b", 1).await.unwrap();
    not_held("c", 2, "another channel has it").await;
    log.channels.execute(channel(1), ChannelCommand::Disconnect, context(TENANT, "2")).await.unwrap();
    not_held("d", 1, "it was given up").await;
    log.channels.execute(channel(2), connect("10"), context(TENANT, "3")).await.unwrap();
    not_held("e", 1, "it moved to another channel").await;
    ask("e", 2).await.unwrap();
}

#[tokio::test]
async fn what_is_not_held_is_asked_again_with_the_same_key() {
    let log = Log::new().await;
    let ask = || {
        let context = asked("k", "receive").asserting(arrives_at("10", channel(1)));
        log.conversations.execute(conversation(7), receive(7, "a"), context)
    };
    assert!(matches!(ask().await, Err(ExecuteError::NotHeld)));
    log.channels.execute(channel(1), connect("10"), context(TENANT, "1")).await.unwrap();
    assert_eq!(ask().await.unwrap().done, Done::Appended);
    log.channels.execute(channel(1), ChannelCommand::Disconnect, context(TENANT, "2")).await.unwrap();
    assert_eq!(ask().await.unwrap().done, Done::Before, "its receipt outlives what it took for granted");
}

#[tokio::test]
async fn what_a_request_came_to_is_told_without_asking_it_again() {
    let log = Log::new().await;
    let resolve = || ConversationCommand::Resolve;
    assert!(log.conversations.before(&asked("k", "1")).await.is_none(), "not yet");
    log.conversations.execute(conversation(7), resolve(), asked("refused", "1")).await.unwrap_err();
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let first = log.conversations.execute(conversation(7), set(Priority::High), asked("k", "1")).await.unwrap();
    let same = log.conversations.execute(conversation(7), set(Priority::High), asked("same", "1")).await.unwrap();
    log.channels.execute(channel(1), connect("10"), context(TENANT, "1")).await.unwrap();
    log.channels.execute(channel(2), connect("10"), asked("reserved", "1")).await.unwrap_err();
    let head = log.reader.head().await.unwrap();
    for process in [&log, &log.of_another_process()] {
        let before = async |key| process.conversations.before(&asked(key, "1")).await.unwrap();
        assert_eq!(before("k").await.unwrap(), Receipt { done: Done::Before, ..first });
        assert_eq!(before("same").await.unwrap(), same);
        let refused = before("refused").await;
        assert!(
            matches!(&refused, Err(ExecuteError::RefusedBefore(told)) if told.code() == Some(RefusalCode::NotFound))
        );
        let reserved = before("reserved").await;
        assert!(matches!(reserved, Err(ExecuteError::Reserved { holder }) if holder == StreamId::from(channel(1))));
        let other = process.conversations.before(&asked("k", "2")).await;
        assert!(matches!(other, Some(Err(ExecuteError::KeyReused))), "{other:?}");
        // What leaves no receipt is not asked for.
        assert!(process.conversations.before(&context(TENANT, "a")).await.is_none());
    }
    assert_eq!(log.reader.head().await.unwrap(), head);
}

#[tokio::test]
async fn an_erased_person_s_command_keeps_its_receipt() {
    let log = Log::new().await;
    log.contacts.execute(contact(7), introduce(PHONE), context(TENANT, "i")).await.unwrap();
    let ask =
        |key: &'static str, request| log.conversations.execute(conversation(7), receive(7, key), asked(key, request));
    ask("before", "1").await.unwrap();
    log.contacts
        .execute(contact(7), leadflow_domain::contact::ContactCommand::Erase, context(TENANT, "e"))
        .await
        .unwrap();
    assert!(matches!(ask("after", "1").await, Err(ExecuteError::Erased)));
    assert_eq!(ask("before", "1").await.unwrap().done, Done::Before);
    for key in ["before", "after"] {
        let reused = ask(key, "2").await;
        assert!(matches!(reused, Err(ExecuteError::KeyReused)), "{key}: {reused:?}");
    }
    let again = ask("after", "1").await;
    let Err(ExecuteError::RefusedBefore(told)) = again else { panic!("{again:?}") };
    assert_eq!(told.code(), Some(RefusalCode::Erased));
}
