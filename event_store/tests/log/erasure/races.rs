//! Nothing is written about a person after her erasure, whoever still has her key in memory.

use futures_util::future::{join, join_all};
use leadflow_domain::ContactId;
use leadflow_domain::contact::ContactCommand;
use leadflow_event_store::{Done, ExecuteError, PersonalValues, Receipt};
use sqlx::PgPool;

use super::person::{ADA, Person};
use super::recorded::{all, values};
use crate::support::{Log, TENANT, contact, context, conversation, introduce, receive};

/// Events that hold values of hers, by position.
async fn personal(log: &Log, person: u128) -> Vec<i64> {
    sqlx::query_scalar(
        "select position from events where metadata ->> 'subject' = $1 and payload::text like '%$sealed%'",
    )
    .bind(contact(person).to_string())
    .fetch_all(&log.pool)
    .await
    .unwrap()
}

async fn erased_at(pool: &PgPool, contact: ContactId) -> i64 {
    sqlx::query_scalar("select position from events where event_type = 'contact.erased' and aggregate_id = $1")
        .bind(contact.to_string())
        .fetch_one(pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_process_that_still_has_her_key_can_t_write_with_it() {
    let log = Log::new().await;
    let other = log.of_another_process();
    ADA.writes(&log).await;
    let thread = conversation(ADA.contact);
    other.conversations.execute(thread, ADA.receive(1), context(TENANT, "other")).await.unwrap();
    log.contacts.execute(ADA.id(), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    let head = log.reader.head().await.unwrap();
    for process in [&other, &log, &log.of_another_process(), &Log::without_cache(log.pool.clone())] {
        for key in ["one", "two"] {
            let told = process.conversations.execute(thread, ADA.receive(2), context(TENANT, key)).await;
            assert!(matches!(told, Err(ExecuteError::Erased)), "{told:?}");
        }
        // What was recorded before her erasure was recorded, and asking again says so.
        let before = process.conversations.execute(thread, ADA.receive(1), context(TENANT, "other")).await;
        assert!(matches!(before, Ok(Receipt { done: Done::Before, .. })), "{before:?}");
    }
    assert_eq!(log.reader.head().await.unwrap(), head);
}

#[tokio::test]
async fn whichever_comes_first_nothing_of_hers_stands_behind_her_erasure() {
    let log = Log::new().await;
    let other = log.of_another_process();
    let (mut told_in_time, mut told_too_late) = (0, 0);
    for round in 0..30_u128 {
        let phone = format!("+3933312{round:05}");
        let key = |what: &str| context(TENANT, &format!("{round} {what}"));
        log.contacts.execute(contact(round), introduce(&phone), key("introduce")).await.unwrap();
        // Both know the thread and have her key in memory.
        for (process, what) in [(&log, "first"), (&other, "second")] {
            process.conversations.execute(conversation(round), receive(round, what), key(what)).await.unwrap();
        }
        let writing = join_all((0..6).map(|number| {
            let process = if number % 2 == 0 { &log } else { &other };
            let what = format!("racing {number}");
            let thread = conversation(round + if number < 3 { 0 } else { 1_000 });
            process.conversations.execute(thread, receive(round, &what), key(&what))
        }));
        let eraser = if round % 2 == 0 { &other } else { &log };
        let erasing = eraser.contacts.execute(contact(round), ContactCommand::Erase, key("erase"));
        // Which of them is asked first differs from round to round.
        let (written, erased) =
            if round % 3 == 0 { join(writing, erasing).await } else { flip(join(erasing, writing).await) };
        erased.unwrap();
        let erased_at = erased_at(&log.pool, contact(round)).await;
        let mut acknowledged = 0;
        for told in written {
            match told {
                Ok(receipt) => {
                    assert!(receipt.position < erased_at, "round {round}: {receipt:?} is behind {erased_at}");
                    acknowledged += 1;
                }
                Err(ExecuteError::Erased) => told_too_late += 1,
                Err(error) => panic!("round {round}: {error}"),
            }
        }
        told_in_time += acknowledged;
        let personal = personal(&log, round).await;
        assert_eq!(personal.len(), 3 + acknowledged, "what was acknowledged, and nothing else, is there");
        assert!(personal.iter().all(|position| *position < erased_at), "round {round}: {personal:?}, {erased_at}");
    }
    assert!(told_in_time > 0 && told_too_late > 0, "both come first at times: {told_in_time}, {told_too_late}");
    let read = all(&log.reader, PersonalValues::Opened).await;
    for round in 0..30 {
        let person = Person { contact: round, ..ADA };
        assert!(values(&read, person.id()).iter().all(Option::is_none), "round {round}");
    }
}

fn flip<A, B>((a, b): (A, B)) -> (B, A) {
    (b, a)
}
