//! Many at once.

use std::collections::HashSet;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_are_accepted_and_told_of_each_once() {
    const SENDERS: usize = 40;
    const EACH: usize = 50;
    let delays = Delays::Within { sent: 0..=20, delivered: 0..=20, read: Some(0..=20), reviewed: 0..=0 };
    let gathers = Duration::from_millis(20);
    let bed = Bed::with(Settings { windows_open_for_all: true, delays, gathers, ..Settings::default() }).await;
    let bed = Arc::new(bed);
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let bed = Arc::clone(&bed);
            tokio::spawn(async move {
                for at in 0..EACH {
                    let mut said = text("a");
                    said["to"] = json!(format!("+1650{sender:03}{at:04}"));
                    said["biz_opaque_callback_data"] = json!(format!("{sender}/{at}"));
                    bed.sent(&said).await;
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    let all_told = |seen: &Seen| {
        seen.posts().iter().all(Post::is_taken) && seen.accepted().iter().all(|message| message.told.len() == 3)
    };
    bed.simulator.until(PATIENCE, all_told).await.unwrap();
    let (accepted, posts) = bed.simulator.seen(|seen| (seen.accepted().to_vec(), seen.posts().len()));
    assert_eq!(accepted.len(), SENDERS * EACH);
    assert_eq!(bed.simulator.seen(Seen::accepted_twice), []);
    assert!(accepted.is_sorted_by_key(|message| message.at));
    let told: Vec<(String, String)> = bed
        .business
        .takes(posts)
        .await
        .iter()
        .flat_map(|webhook| value(webhook)["statuses"].as_array().unwrap().clone())
        .map(|status| (status["id"].to_string(), status["status"].to_string()))
        .collect();
    let distinct: HashSet<_> = told.iter().collect();
    assert_eq!((told.len(), distinct.len()), (3 * SENDERS * EACH, 3 * SENDERS * EACH));
}
