//! A reader that asks for `position > checkpoint` never misses an event, whoever appends meanwhile. The negative control
//! is `laws::without_the_lock`.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join, join_all};
use leadflow_event_store::LogReader;

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
