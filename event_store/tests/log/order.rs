//! A reader that asks for `position > checkpoint` never misses an event, whoever appends meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join, join_all};
use leadflow_event_store::{LogReader, database, testing};
use sqlx::Executor;

use crate::support::{Log, TENANT, context, conversation, receive};

const WRITERS: u128 = 8;
const EACH: u32 = 25;

/// Follows the log by its checkpoint while `writing` goes on, and returns the positions it saw.
async fn follow(reader: &LogReader, written: &AtomicBool) -> Vec<i64> {
    let (mut checkpoint, mut seen) = (0, Vec::new());
    loop {
        let last_round = written.load(Ordering::SeqCst);
        let page = reader.after(checkpoint, 7).await.unwrap();
        for event in &page {
            checkpoint = event.position;
            seen.push(event.position);
        }
        if last_round && page.is_empty() {
            return seen;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_reader_sees_every_event_once_and_in_order() {
    let log = Log::new().await;
    let others = log.of_another_process();
    let written = AtomicBool::new(false);
    let writing = async {
        join_all((0..WRITERS).map(|writer| {
            let log = if writer % 2 == 0 { &log } else { &others };
            async move {
                for number in 0..EACH {
                    let key = format!("{writer}/{number}");
                    log.conversations
                        .execute(conversation(writer), receive(writer, &key), context(TENANT, &key))
                        .await
                        .unwrap();
                }
            }
        }))
        .await;
        written.store(true, Ordering::SeqCst);
    };
    let (seen, ()) = join(follow(&log.reader, &written), writing).await;
    let all = i64::try_from(WRITERS).unwrap() * (i64::from(EACH) + 1);
    assert_eq!(seen, (1..=all).collect::<Vec<_>>());
}

/// The negative control: with a plain sequence and no lock, the same reader misses what commits late.
#[tokio::test]
async fn without_the_lock_the_same_reader_misses_events() {
    let owner = database::owner_pool(testing::database().await.connect_options());
    owner.execute("create table unlocked (position bigint generated always as identity, name text)").await.unwrap();
    let mut slow = owner.begin().await.unwrap();
    slow.execute("insert into unlocked (name) values ('slow')").await.unwrap();
    owner.execute("insert into unlocked (name) values ('fast')").await.unwrap();
    let next = "select position from unlocked where position > $1 order by position";
    let mut seen: Vec<i64> = sqlx::query_scalar(next).bind(0_i64).fetch_all(&owner).await.unwrap();
    slow.commit().await.unwrap();
    let checkpoint = *seen.last().unwrap();
    seen.extend(sqlx::query_scalar::<_, i64>(next).bind(checkpoint).fetch_all(&owner).await.unwrap());
    assert_eq!(seen, [2], "position 1 was committed after the checkpoint had passed it");
}
