//! Who sends too fast is seen, and refused if that is asked for.

use super::*;

fn to(at: usize) -> Value {
    let mut said = text("a");
    said["to"] = json!(format!("+1650555{at:04}"));
    said
}

/// The clock stands still, so that whatever is sent is sent within one second.
fn settings(enforces_pace: bool) -> Settings {
    Settings {
        windows_open_for_all: true,
        enforces_pace,
        messages_per_second: 5,
        clock_stands: true,
        ..Settings::default()
    }
}

#[tokio::test]
async fn a_number_sends_so_many_within_a_second() {
    let bed = Bed::with(settings(true)).await;
    bed.simulator.customer_writes(NUMBER, ADA, "Ada", "What comes counts, too").await.unwrap();
    for at in 0..4 {
        bed.sent(&to(at)).await;
    }
    let other = BusinessNumber { phone_number_id: "7".to_owned(), ..number() };
    bed.simulator.reaches(TOKEN, other, "Another");
    assert_eq!(code(&bed.sends(&to(4)).await), (400, 130_429));
    let elsewhere = bed.client.post(bed.at("7/messages")).bearer_auth(TOKEN).json(&to(4));
    assert_eq!(answered(elsewhere).await.0, 200);
    bed.simulator.moves_clock(1);
    bed.sent(&to(4)).await;
    assert_eq!(bed.simulator.accepted().len(), 6);
}

#[tokio::test]
async fn a_recipient_is_written_to_45_times_at_once() {
    let bed = Bed::with(Settings { messages_per_second: 1_000, ..settings(true) }).await;
    for _ in 0..45 {
        bed.sent(&text("a")).await;
    }
    assert_eq!(code(&bed.sends(&text("a")).await), (400, 131_056));
    bed.sent(&to(1)).await;
    bed.simulator.moves_clock(6);
    bed.sent(&text("a")).await;
    assert_eq!(code(&bed.sends(&text("a")).await), (400, 131_056));
    assert_eq!(bed.simulator.seen(|seen| seen.too_fast_for_pair().len()), 2);
}

#[tokio::test]
async fn where_pace_is_not_enforced_it_is_seen() {
    let bed = Bed::with(settings(false)).await;
    for _ in 0..60 {
        bed.sent(&text("a")).await;
    }
    let (most, pairs) = bed.simulator.seen(|seen| (seen.most_in_a_second(NUMBER), seen.too_fast_for_pair().to_vec()));
    assert!((2..=60).contains(&most), "{most}");
    assert_eq!(pairs, vec![(NUMBER.to_owned(), ADA.to_owned()); 15]);
    assert_eq!(bed.simulator.accepted().len(), 60);
}
