//! What waits is translated once what it waits for is there, whichever comes first.

use leadflow_domain::StreamId;
use leadflow_domain::channel::ProviderId;

use super::*;
use crate::webhooks::arrivals;
use crate::webhooks::items::ItemState;

fn awaited() -> Awaited {
    Awaited::Number(ProviderId::parse(&number().phone_number_id).unwrap())
}

#[tokio::test]
async fn a_text_to_a_number_that_is_connected_later_flows_on() {
    let bed = Bed::new().await;
    let delivery = bed.deliver(texts(&[text(ADA, "a"), text(BICE, "b")])).await;
    bed.translate().await;
    let waiting = bed.items(delivery).await;
    assert!(waiting.iter().all(|stored| stored.item.state.waits_for() == Some(&awaited())), "{waiting:?}");
    assert_eq!(bed.translate().await, 0, "nobody tries what waits for a number");

    bed.connect(&number()).await;
    bed.resume(&[awaited()]).await;
    assert_eq!(bed.translate().await, 1);
    assert_eq!(bed.states(delivery).await, ["applied", "applied"]);
    let head = bed.events().await;
    bed.resume(&[awaited()]).await;
    assert_eq!(bed.translate().await, 0, "nothing waits any more");
    assert_eq!(bed.events().await, head);
}

#[tokio::test]
async fn a_number_connected_while_its_delivery_is_translated_is_not_missed() {
    let bed = Bed::new().await;
    let delivery = bed.deliver(texts(&[text(ADA, "a")])).await;
    // The reactor is in its turn; the translator has looked the number up in vain, and waits to say so.
    let mut looking = bed.pool.begin().await.unwrap();
    arrivals::before_looking(&mut looking).await.unwrap();
    let translator = bed.translator();
    let translating = tokio::spawn(async move { translator.round(Turn::New).await.unwrap() });
    until_a_translator_waits_to_mark(&bed.owner, &translating).await;
    bed.connect(&number()).await;
    resume(&mut looking, &[awaited()]).await.unwrap();
    looking.commit().await.unwrap();
    translating.await.unwrap();

    assert_eq!(bed.states(delivery).await, ["waiting"]);
    assert_eq!(bed.translate().await, 1, "it looked once more, and the delivery is due");
    assert_eq!(bed.states(delivery).await, ["applied"]);
}

#[tokio::test]
async fn what_waits_for_a_message_of_ours_flows_on_with_its_first_event() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let stream = StreamId::from_uuid(Uuid::from_u128(7));
    let delivery = bed.deliver(texts(&[text(ADA, "a")])).await;
    bed.translate().await;
    let mut item = bed.items(delivery).await.remove(0).item;
    item.state = ItemState::Waiting { for_what: Awaited::Message(stream), reason: "test".to_owned() };
    let wait = async || {
        let mut tx = bed.pool.begin().await.unwrap();
        items::withdraw(&mut tx, &[delivery]).await.unwrap();
        items::write(&mut tx, &[(delivery, vec![item.clone()])], &[]).await.unwrap();
        arrivals::look_once_more(&mut tx, &[delivery]).await.unwrap();
        tx.commit().await.unwrap();
    };
    wait().await;
    bed.resume(&[awaited()]).await;
    assert_eq!(bed.translate().await, 0, "it does not wait for a number");
    bed.resume(&[Awaited::Message(stream)]).await;
    assert_eq!(bed.translate().await, 1);

    // The other way round: the event is there before the item is marked.
    sqlx::query(
        "insert into events select max(position) + 1, $1, 'outbound_message', $2, 1, 't', '1', '{}', '{}', \
             gen_random_uuid(), gen_random_uuid(), clock_timestamp() from events",
    )
    .bind(TENANT.as_uuid())
    .bind(stream.to_string())
    .execute(&bed.owner)
    .await
    .unwrap();
    wait().await;
    assert_eq!(bed.translate().await, 1);
}

#[tokio::test]
async fn a_number_that_can_never_be_connected_waits_for_nothing() {
    let bed = Bed::new().await;
    for odd in ["x".repeat(65), " 106540352242922".to_owned(), "1\n".to_owned(), "9".repeat(100_000)] {
        let odd = BusinessNumber { phone_number_id: odd, ..number() };
        let delivery = bed.deliver(simulator::texts(&odd, &[text(ADA, "a")])).await;
        bed.translate().await;
        assert_eq!(bed.states(delivery).await, ["parked"]);
    }
}
