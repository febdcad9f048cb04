//! What can't be finished is tried again, later and later, and holds up nobody.

use super::*;
use crate::webhooks::translator::{claimed, mark_unfinished};

async fn fail(bed: &Bed, delivery: i64) {
    let mut tx = bed.pool.begin().await.unwrap();
    mark_unfinished(&mut tx, &[(delivery, "out of order".to_owned())]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn fall_due(bed: &Bed) {
    sqlx::query("update webhook_deliveries set due_at = clock_timestamp() where due_at is not null")
        .execute(&bed.pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_pause_grows_and_in_the_end_it_is_parked_whole() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let delivery = bed.deliver(texts(&[text(ADA, "a")])).await;
    for attempt in 1..=20 {
        fail(&bed, delivery).await;
        let pause = bed.column(delivery, "extract(epoch from due_at - clock_timestamp())").await.unwrap();
        let (pause, whole) = (pause.parse::<f64>().unwrap(), f64::min(2_f64.powi(attempt - 1), 900.0));
        assert!((whole / 2.0 - 1.0..=whole).contains(&pause), "attempt {attempt}: {pause}");
        assert_eq!(bed.column(delivery, "parked_at is not null").await.unwrap(), (attempt == 20).to_string());
    }
    fall_due(&bed).await;
    assert_eq!(bed.translate().await, 0, "what is parked is left alone");
    assert_eq!(bed.column(delivery, "last_error").await.unwrap(), "out of order");
}

#[tokio::test]
async fn what_failed_is_translated_once_it_is_due() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let delivery = bed.deliver(texts(&[text(ADA, "a")])).await;
    for _ in 0..5 {
        fail(&bed, delivery).await;
    }
    assert_eq!(bed.translate().await, 0, "it is not due");
    fall_due(&bed).await;
    assert_eq!(bed.translate().await, 1);
    assert_eq!(bed.states(delivery).await, ["applied"]);
    assert_eq!(bed.column(delivery, "last_error").await, None);
}

#[tokio::test]
async fn a_crowd_that_fails_holds_up_neither_the_new_nor_itself() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let mut old = Vec::new();
    for nth in 0..50 {
        let delivery = bed.deliver(texts(&[text(ADA, &nth.to_string())])).await;
        fail(&bed, delivery).await;
        old.push(delivery);
    }
    fall_due(&bed).await;
    let new = bed.deliver(texts(&[text(BICE, "new")])).await;
    let translator = bed.translator();
    assert_eq!(translator.round(Turn::New).await.unwrap().claimed, 1);
    assert_eq!(bed.states(new).await, ["applied"]);
    assert_eq!(translator.round(Turn::Again).await.unwrap().claimed, 32, "a small turn");
    assert_eq!(translator.round(Turn::Again).await.unwrap().claimed, 18);
    assert_eq!(bed.states(old[49]).await, ["applied"]);
}

#[tokio::test]
async fn a_claim_is_bounded_by_number_and_by_bytes_and_is_free_when_its_holder_is_gone() {
    let bed = Bed::new().await;
    for _ in 0..5 {
        bed.deliver(vec![b' '; 1 << 20]).await;
    }
    let (mut one, mut other) = (bed.pool.begin().await.unwrap(), bed.pool.begin().await.unwrap());
    assert_eq!(claimed(&mut one, Turn::New, 128).await.unwrap().len(), 2, "two mebibytes");
    assert_eq!(claimed(&mut other, Turn::New, 1).await.unwrap().len(), 1);
    assert_eq!(claimed(&mut other, Turn::New, 128).await.unwrap().len(), 2, "what it has, it may have again");
    drop(one);
    other.rollback().await.unwrap();
    let mut next = bed.pool.begin().await.unwrap();
    assert_eq!(claimed(&mut next, Turn::New, 128).await.unwrap().len(), 2);
}
