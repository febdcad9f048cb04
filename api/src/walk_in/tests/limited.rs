//! How often a form is taken: from one network, and in all; by all processes together.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use super::bed::{Answer, Bed, NORA, asked, encoded, rates, slug, take};
use super::html::{checked, fields};

fn seconds(answer: &Answer) -> u64 {
    answer.header("retry-after").parse().unwrap()
}

#[tokio::test]
async fn a_network_sends_so_many_and_others_are_not_held_by_it() {
    let bed = Bed::limited(rates("3/24h", "1000/24h")).await;
    let body = encoded(&bed.stamp(60).await, &NORA);
    let another = bed.another_process(rates("3/24h", "1000/24h"));
    let through_another = || asked("198.51.100.7").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    for _ in 0..2 {
        assert_eq!(bed.send_body("198.51.100.7", body.clone()).await.status, StatusCode::SEE_OTHER);
    }
    let answer = take(&another, &slug().to_string(), through_another().body(Body::from(body.clone())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    for _ in 0..5 {
        let refused = bed.send_body("198.51.100.7", body.clone()).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!((1..=8 * 3_600).contains(&seconds(&refused)));
        checked(&refused.page);
    }
    let answer = take(&another, &slug().to_string(), through_another().body(Body::from(body.clone())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "all processes count together");
    assert_eq!(bed.send_body("198.51.100.8", body).await.status, StatusCode::SEE_OTHER);
    assert_eq!(bed.refused().await, [("too_often", 5)]);
}

#[tokio::test]
async fn a_form_takes_so_many_in_all_and_says_so_with_what_was_written() {
    let bed = Bed::limited(rates("1000/24h", "2/24h")).await;
    let body = encoded(&bed.stamp(60).await, &NORA);
    for address in ["198.51.100.1", "198.51.100.2"] {
        assert_eq!(bed.send_body(address, body.clone()).await.status, StatusCode::SEE_OTHER);
    }
    // One of them is out of what is kept for first ones, too.
    for address in ["198.51.100.2", "198.51.100.2"] {
        assert_eq!(bed.send_body(address, body.clone()).await.status, StatusCode::SEE_OTHER);
    }
    let refused = bed.send_body("198.51.100.2", body).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(seconds(&refused) > 0);
    assert_eq!(fields(&refused.page)["name"].get("value"), "Nora Winter");
    assert_eq!((bed.stored().await, bed.refused().await), (4, vec![("too_many", 1)]));
}

#[tokio::test]
async fn what_would_not_be_taken_uses_nothing_of_what_all_share() {
    let bed = Bed::limited(rates("1000/24h", "1/24h")).await;
    for stamp in [bed.stamp(0).await, bed.stamp(100_000).await, "made up".to_owned()] {
        assert_eq!(bed.send_stamped(&stamp, &NORA).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(bed.send(&[("name", "Nora")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bed.send(&[&NORA[..], &[("website", "x")]].concat()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bed.send(&NORA).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn looking_at_forms_is_limited_too() {
    let usual = rates("1000/24h", "1000/24h");
    let bed = Bed::limited(crate::limits::Rates { walk_in_page: "2/24h".parse().unwrap(), ..usual }).await;
    assert_eq!(bed.show().await.status, StatusCode::OK);
    assert_eq!(bed.thanks().await.status, StatusCode::OK);
    for answer in [bed.show().await, bed.thanks().await] {
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        checked(&answer.page);
    }
    assert_eq!(bed.send(&NORA).await.status, StatusCode::SEE_OTHER, "who has it before her may send it");
}
