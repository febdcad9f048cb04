//! What one command meets: its receipt, a conflict, a reservation, another tenant.

use futures_util::future::join_all;
use leadflow_domain::contact::{HeldIdentifier, IdentifierKind};
use leadflow_domain::conversation::{ConversationCommand, ConversationRefusal};
use leadflow_domain::{IdentifierHash, StreamId};
use leadflow_event_store::{Done, ExecuteError, Owner, Receipt, reservation_owners, verify};

use crate::support::{Log, OTHER_TENANT, TENANT, contact, context, conversation, introduce, receive};

#[tokio::test]
async fn a_command_s_receipt_names_its_last_event() {
    let log = Log::new().await;
    let receipt = log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    assert_eq!(receipt, Receipt { done: Done::Appended, position: 2, version: 2 });
}

#[tokio::test]
async fn the_same_command_again_meets_its_receipt() {
    let log = Log::new().await;
    let receive_a = || log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a"));
    receive_a().await.unwrap();
    log.conversations.execute(conversation(8), receive(8, "b"), context(TENANT, "b")).await.unwrap();
    log.conversations.execute(conversation(7), receive(7, "c"), context(TENANT, "c")).await.unwrap();
    assert_eq!(receive_a().await.unwrap(), Receipt { done: Done::Before, position: 2, version: 2 });
    assert_eq!(log.reader.head().await.unwrap(), 5);
}

#[tokio::test]
async fn what_is_already_so_appends_nothing() {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    let read = |key| log.conversations.execute(conversation(7), ConversationCommand::MarkRead, context(TENANT, key));
    assert_eq!(read("r1").await.unwrap().position, 3);
    assert_eq!(read("r2").await.unwrap(), Receipt { done: Done::AlreadySo, position: 3, version: 3 });
}

#[tokio::test]
async fn a_refusal_appends_nothing() {
    let log = Log::new().await;
    let refused = log.conversations.execute(conversation(7), ConversationCommand::Resolve, context(TENANT, "a")).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(ConversationRefusal::NotFound))));
    assert_eq!(log.reader.head().await.unwrap(), 0);
}

#[tokio::test]
async fn another_tenant_s_stream_does_not_exist_whatever_would_be_decided() {
    let log = Log::new().await;
    log.conversations.execute(conversation(7), receive(7, "a"), context(TENANT, "a")).await.unwrap();
    for command in [receive(7, "b"), ConversationCommand::MarkRead, ConversationCommand::Resolve] {
        let foreign = log.conversations.execute(conversation(7), command, context(OTHER_TENANT, "x")).await;
        assert!(matches!(foreign, Err(ExecuteError::ForeignStream)), "{foreign:?}");
    }
    assert_eq!(log.reader.head().await.unwrap(), 2);
}

#[tokio::test]
async fn a_phone_is_one_contact_of_a_tenant_and_another_of_the_next() {
    let log = Log::new().await;
    let introduce_as =
        |number, tenant, key| log.contacts.execute(contact(number), introduce("+393331234567"), context(tenant, key));
    introduce_as(1, TENANT, "first").await.unwrap();
    let second = introduce_as(2, TENANT, "second").await;
    let winner = StreamId::from(contact(1));
    assert!(matches!(second, Err(ExecuteError::Reserved { holder }) if holder == winner), "{second:?}");
    introduce_as(3, OTHER_TENANT, "third").await.unwrap();

    let phone =
        |hash: &str| HeldIdentifier { kind: IdentifierKind::Phone, hash: IdentifierHash::from_hex(hash.to_owned()) };
    let reservation = phone("hash of +393331234567").reservation();
    let unknown = phone("hash of nobody").reservation();
    let owners = reservation_owners(&log.pool, &[(TENANT, unknown), (TENANT, reservation)]).await.unwrap();
    assert_eq!(owners, [None, Some(Owner { tenant: TENANT, stream: winner })]);
}

#[tokio::test]
async fn fifty_who_introduce_one_phone_at_once_have_one_winner() {
    let log = Log::new().await;
    let others = log.of_another_process();
    let results = join_all((0..50).map(|number: u128| {
        let log = if number.is_multiple_of(2) { &log } else { &others };
        log.contacts.execute(contact(number), introduce("+393331234567"), context(TENANT, &number.to_string()))
    }))
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().all(|result| matches!(result, Ok(_) | Err(ExecuteError::Reserved { .. }))));
    assert_eq!(log.reader.head().await.unwrap(), 1);
}

#[tokio::test]
async fn a_burst_on_one_stream_from_two_processes_loses_nothing() {
    let log = Log::new().await;
    let others = log.of_another_process();
    // Each message twice, once from either process, all at once.
    let results =
        join_all(
            (0..100).flat_map(|number: u32| {
                let key = format!("{}", number / 2);
                let log = if number.is_multiple_of(2) { &log } else { &others };
                Some(async move {
                    log.conversations.execute(conversation(7), receive(7, &key), context(TENANT, &key)).await
                })
            }),
        )
        .await;
    for result in results {
        result.unwrap();
    }
    let report = verify::verify(&log.store, |_| ()).await.unwrap();
    assert!(report.ok, "{report:?}");
    assert_eq!((report.events, report.commands), (51, 50));
    assert!(report.commits < 50, "a burst is a few groups: {report:?}");
}

#[tokio::test]
async fn what_the_database_can_t_store_fails_alone() {
    let log = Log::new().await;
    let results = join_all((0..20).map(|number: u32| {
        let mut context = context(TENANT, &number.to_string());
        if number == 7 {
            // PostgreSQL's jsonb refuses U+0000.
            context.correlation = "\u{0}".to_owned();
        }
        let log = &log;
        async move {
            let stream = u128::from(number);
            log.conversations.execute(conversation(stream), receive(stream, "a"), context).await
        }
    }))
    .await;
    for (number, result) in results.into_iter().enumerate() {
        match number {
            7 => assert!(matches!(result, Err(ExecuteError::Unstorable { .. })), "{result:?}"),
            _ => assert!(result.is_ok(), "{number}: {result:?}"),
        }
    }
    assert!(verify::verify(&log.store, |_| ()).await.unwrap().ok);
}
