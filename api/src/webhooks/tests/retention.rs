//! Bodies are sealed, and end with their day's key.

use jiff::ToSpan;

use super::*;
use crate::webhooks::{Bringer, Unopened, Upkeep};

async fn keep(bed: &Bed, days: u16) {
    Upkeep::new(bed.pool.clone(), Arc::clone(&bed.keys), days, CancellationToken::new()).round().await.unwrap();
}

/// Puts a delivery among those of `days` ago.
async fn age(bed: &Bed, delivery: i64, days: i32) {
    let body = bed.body(delivery).await;
    let today: jiff_sqlx::Date =
        sqlx::query_scalar("select (clock_timestamp() at time zone 'utc')::date").fetch_one(&bed.pool).await.unwrap();
    let day = today.to_jiff().saturating_sub(days.days());
    let wrapped = bed.keys.new_delivery_key(day);
    let sealed = bed.keys.open_delivery_key(day, &wrapped).unwrap().seal(body.as_bytes());
    sqlx::query("insert into delivery_keys values ($1, $2)")
        .bind(jiff_sqlx::Date::from(day))
        .bind(wrapped)
        .execute(&bed.pool)
        .await
        .unwrap();
    sqlx::query("update webhook_deliveries set body = $2, key_day = $3, seal_id = $4 where id = $1")
        .bind(delivery)
        .bind(sealed.body)
        .bind(jiff_sqlx::Date::from(day))
        .bind(sealed.id)
        .execute(&bed.pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_body_is_sealed_and_opens_in_its_own_row_alone() {
    let bed = Bed::new().await;
    let (one, other) = (texts(&[text(ADA, "a")]), texts(&[text(BICE, "b")]));
    let (first, second) = (bed.deliver(one.clone()).await, bed.deliver(other).await);
    assert_eq!(bed.body(first).await.as_bytes(), one);
    assert_eq!(bed.column(first, "bytes").await.unwrap(), one.len().to_string());
    let stored = bed.column(first, "encode(body, 'escape')").await.unwrap();
    assert!(!stored.contains(ADA) && !stored.contains("words"), "{stored}");

    sqlx::query(
        "update webhook_deliveries set body = (select body from webhook_deliveries where id = $2) where id = $1",
    )
    .bind(first)
    .bind(second)
    .execute(&bed.pool)
    .await
    .unwrap();
    assert_eq!(bed.stored_body(first).await.open(&bed.keys), Err(Unopened::Broken));
    bed.translate().await;
    assert_eq!(bed.column(first, "parked_at is not null").await.unwrap(), "true");
    assert!(bed.column(first, "last_error").await.unwrap().contains("does not open"));
    assert_eq!(bed.states(second).await, ["waiting"], "its neighbour is read");
}

#[tokio::test]
async fn a_day_s_bodies_end_with_its_key_and_what_became_of_them_stays() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let (old, young) = (bed.deliver(texts(&[text(ADA, "a")])).await, bed.deliver(texts(&[text(ADA, "b")])).await);
    bed.translate().await;
    age(&bed, old, 31).await;
    age(&bed, young, 30).await;
    keep(&bed, 31).await;
    assert!(bed.body(old).await.contains("words of a"));
    keep(&bed, 30).await;
    assert_eq!(bed.stored_body(old).await.open(&bed.keys), Err(Unopened::Destroyed));
    assert_eq!(bed.column(old, "body").await, None);
    assert_eq!(bed.states(old).await, ["applied"]);
    assert!(bed.body(young).await.contains("words of b"));
    let keys: i64 = sqlx::query_scalar("select count(*) from delivery_keys").fetch_one(&bed.pool).await.unwrap();
    assert_eq!(keys, 2, "today's, and that of thirty days ago");
}

#[tokio::test]
async fn what_waited_longer_than_its_body_is_kept_is_parked_whole() {
    let bed = Bed::new().await;
    let delivery = bed.deliver(texts(&[text(ADA, "a")])).await;
    bed.translate().await;
    age(&bed, delivery, 40).await;
    keep(&bed, 30).await;
    bed.connect(&number()).await;
    bed.resume(&[Awaited::Number(ProviderId::parse(&number().phone_number_id).unwrap())]).await;
    bed.translate().await;
    assert_eq!(bed.column(delivery, "parked_at is not null").await.unwrap(), "true");
    assert_eq!(bed.states(delivery).await, ["waiting"], "what became of its items stays to be seen");
}

#[tokio::test]
async fn what_was_stored_in_clear_is_read_and_sealed() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let body = texts(&[text(ADA, "a")]);
    let delivery: i64 = sqlx::query_scalar(
        "insert into webhook_deliveries (provider, body, bytes) values ('whatsapp', $1, length($1)) returning id",
    )
    .bind(&body)
    .fetch_one(&bed.pool)
    .await
    .unwrap();
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied"]);
    keep(&bed, 30).await;
    assert_eq!(bed.column(delivery, "key_day is not null and seal_id is not null").await.unwrap(), "true");
    assert!(!bed.column(delivery, "encode(body, 'escape')").await.unwrap().contains("words"));
    assert_eq!(bed.body(delivery).await.as_bytes(), body);
}

#[tokio::test]
async fn nothing_is_stored_under_a_key_that_was_destroyed() {
    let bed = Bed::new().await;
    bed.deliver(texts(&[text(ADA, "a")])).await;
    sqlx::query("delete from delivery_keys").execute(&bed.pool).await.unwrap();
    assert!(bed.intake.store("whatsapp", Bringer::App(None), texts(&[text(ADA, "b")]).into()).await.is_err());
    let delivery = bed.deliver(texts(&[text(ADA, "c")])).await;
    assert!(bed.body(delivery).await.contains("words of c"));
}

#[tokio::test]
async fn nothing_is_stored_under_a_key_that_another_one_took_the_place_of() {
    let bed = Bed::new().await;
    bed.deliver(texts(&[text(ADA, "a")])).await;
    sqlx::query("delete from delivery_keys").execute(&bed.pool).await.unwrap();
    let other = Intake::start(bed.pool.clone(), Arc::clone(&bed.keys));
    let theirs = other.store("whatsapp", Bringer::App(None), texts(&[text(ADA, "b")]).into()).await.unwrap();
    assert!(bed.intake.store("whatsapp", Bringer::App(None), texts(&[text(ADA, "c")]).into()).await.is_err());
    let delivery = bed.deliver(texts(&[text(ADA, "d")])).await;
    assert!(bed.body(theirs).await.contains("words of b"));
    assert!(bed.body(delivery).await.contains("words of d"));
}

#[tokio::test]
async fn what_comes_again_after_all_that_was_kept_of_it_is_gone_has_no_second_effect() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let body = texts(&[text(ADA, "a"), text(BICE, "b")]);
    let first = bed.deliver(body.clone()).await;
    bed.translate().await;
    let events = bed.events().await;
    age(&bed, first, 400).await;
    keep(&bed, 30).await;
    assert_eq!(bed.stored_body(first).await.open(&bed.keys), Err(Unopened::Destroyed));
    // What is told of it may go as well: the log alone knows what was done.
    sqlx::query("delete from webhook_items").execute(&bed.owner).await.unwrap();

    let again = bed.deliver(body).await;
    bed.translate().await;
    assert_eq!(bed.states(again).await, ["applied", "applied"]);
    assert_eq!(bed.events().await, events);
}
