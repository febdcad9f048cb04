//! A flood: limits bite, whoever is honest passes, and nothing grows with what is refused. Of how long anything takes nothing is said
//! here: `leadflow bench walk-in` measures that.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use futures_util::future::join_all;

use super::bed::{Bed, NORA, SOURCE, encoded, rates};

/// Networks that send as fast as they can, and how often.
const FLOODING: usize = 20;
const TIMES: usize = 60;

/// What the limit lets a network send.
const EACH: usize = 5;

/// Visitors, each from a network of her own, who send one form.
const HONEST: usize = 40;

/// What all share, where it is used up.
const IN_ALL: usize = 30;

#[tokio::test]
async fn limits_bite_and_whoever_is_honest_passes() {
    let bed = Bed::limited(rates(&format!("{EACH}/24h"), "10000/24h")).await;
    let slug = super::bed::slug();
    // Whose form it is, this process knows.
    assert_eq!(bed.show().await.status, StatusCode::OK);
    // Each of them has a stamp that is good, and changes what it says: the worst that can come.
    let mut sent = Vec::new();
    for nth in 0..FLOODING {
        let stamp = bed.stamp_of(&slug, 1, 60, nth as u128).await;
        for time in 0..TIMES {
            let answer = format!("Cheap watches {time}");
            let mut fields = NORA;
            fields[3] = ("question-1", &answer);
            sent.push((false, format!("203.0.113.{nth}"), encoded(&stamp, &fields)));
        }
    }
    for nth in 0..HONEST {
        let stamp = bed.stamp_of(&slug, 1, 60, 1_000 + nth as u128).await;
        let phone = format!("98200 1{nth:04}");
        let mut fields = NORA;
        fields[1] = ("phone", &phone);
        fields[2] = ("email", "");
        // They come among the others, not before them.
        let at = (nth + 1) * sent.len() / (HONEST + 1);
        sent.insert(at, (true, format!("198.51.100.{nth}"), encoded(&stamp, &fields)));
    }
    let answers = join_all(
        sent.into_iter()
            .map(async |(is_honest, address, body)| (is_honest, bed.send_body(&address, body).await.status)),
    )
    .await;
    let mut counts: BTreeMap<(bool, StatusCode), usize> = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer).or_default() += 1;
    }
    let refused = FLOODING * (TIMES - EACH);
    assert_eq!(
        counts,
        BTreeMap::from([
            ((true, StatusCode::SEE_OTHER), HONEST),
            ((false, StatusCode::SEE_OTHER), FLOODING * EACH),
            ((false, StatusCode::TOO_MANY_REQUESTS), refused),
        ])
    );
    assert_eq!(bed.stored().await, i64::try_from(HONEST + FLOODING * EACH).unwrap());

    // Of what was refused there is a number, in one row, and nothing else anywhere.
    assert_eq!(bed.refused().await, [("too_often", i64::try_from(refused).unwrap())]);
    let rows: i64 = sqlx::query_scalar("select count(*) from walk_in_refusals where source_id = $1")
        .bind(SOURCE.as_uuid())
        .fetch_one(&bed.owner)
        .await
        .unwrap();
    assert_eq!(rows, 1);

    // And whoever was honest is a lead.
    bed.translate().await;
    let leads: i64 = sqlx::query_scalar("select count(*) from events where event_type = 'lead.captured'")
        .fetch_one(&bed.owner)
        .await
        .unwrap();
    assert_eq!(leads, i64::try_from(HONEST + 1).unwrap(), "the flood says it is one person, however often");
}

#[tokio::test]
async fn where_many_networks_use_up_what_all_share_whoever_is_honest_passes_all_the_same() {
    let bed = Bed::limited(rates("1000/24h", &format!("{IN_ALL}/24h"))).await;
    let send = async |network: String, nonce: u128| {
        let stamp = bed.stamp_of(&super::bed::slug(), 1, 60, nonce).await;
        bed.send_body(&network, encoded(&stamp, &NORA)).await.status == StatusCode::SEE_OTHER
    };
    let mut taken = 0;
    for time in 0..10 {
        for nth in 0..FLOODING {
            let nonce = (1_000 * time + nth) as u128;
            taken += usize::from(send(format!("203.0.113.{nth}"), nonce).await);
        }
    }
    assert_eq!(taken, IN_ALL + 2 * FLOODING, "what all share, and two of each network's");
    for nth in 0..HONEST {
        assert!(send(format!("198.51.100.{nth}"), 1_000_000 + nth as u128).await, "{nth}");
    }
}
