//! Whoever is erased goes from the deliveries; her neighbours stay and are read again.

use leadflow_domain::contact::ContactCommand;

use super::*;
use crate::webhooks::{arrivals, erase_contacts};

async fn erase(bed: &Bed, contact: ContactId) {
    bed.commands.contacts.execute(contact, ContactCommand::Erase, bed.context("erase")).await.unwrap();
}

/// Everything that says who she is, or what she wrote.
fn says_nothing_of_ada(body: &str) -> bool {
    !body.contains(ADA) && !body.contains("words of a") && !body.contains("wamid.a")
}

async fn again(bed: &Bed, delivery: i64) {
    sqlx::query("update webhook_deliveries set translated_at = null, due_at = clock_timestamp() where id = $1")
        .bind(delivery)
        .execute(&bed.pool)
        .await
        .unwrap();
    assert_eq!(bed.translate().await, 1);
}

#[tokio::test]
async fn she_goes_from_every_delivery_and_her_neighbours_are_read_again() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let hers = text(ADA, "a");
    let both = bed.deliver(texts(&[hers.clone(), text(BICE, "b"), text(ADA, "a2")])).await;
    let alone = bed.deliver(texts(&[text(ADA, "a3")])).await;
    let others = bed.deliver(texts(&[text(BICE, "b2")])).await;
    bed.translate().await;
    let untouched = bed.body(others).await;
    assert!(!says_nothing_of_ada(&bed.body(both).await));

    let ada = bed.contact(&number(), &hers);
    erase(&bed, ada).await;
    for _ in 0..2 {
        erase_contacts(&bed.pool, &bed.keys, &[ada]).await.unwrap();
    }
    for delivery in [both, alone] {
        assert!(says_nothing_of_ada(&bed.body(delivery).await), "{}", bed.body(delivery).await);
    }
    assert!(bed.body(both).await.contains("words of b"));
    assert_eq!(bed.body(others).await, untouched);

    let head = bed.events().await;
    let before = bed.items(both).await;
    again(&bed, both).await;
    assert_eq!(bed.items(both).await, before, "what was hers stays as it was, and Bice's is applied by now");
    assert_eq!(before.iter().map(|stored| stored.erased).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(bed.events().await, head);
}

#[tokio::test]
async fn a_neighbour_who_waited_is_read_after_she_went() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let hers = text(ADA, "a");
    bed.deliver(texts(std::slice::from_ref(&hers))).await;
    bed.translate().await;
    let ada = bed.contact(&number(), &hers);
    // Her message comes again beside one that is new.
    let both = bed.deliver(texts(&[hers, text(BICE, "b")])).await;
    erase(&bed, ada).await;
    erase_contacts(&bed.pool, &bed.keys, &[ada]).await.unwrap();
    assert!(!says_nothing_of_ada(&bed.body(both).await), "nobody has read it yet");
    bed.translate().await;
    assert!(says_nothing_of_ada(&bed.body(both).await));
    assert_eq!(bed.states(both).await, ["applied", "applied"]);
    assert!(bed.body(both).await.contains("words of b"));
}

#[tokio::test]
async fn an_erasure_while_her_delivery_is_translated_is_not_missed() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let hers = text(ADA, "a");
    let delivery = bed.deliver(texts(std::slice::from_ref(&hers))).await;
    // The reactor's turn comes when the translator has applied her message and waits to say so.
    let mut looking = bed.pool.begin().await.unwrap();
    arrivals::before_looking(&mut looking).await.unwrap();
    let translator = bed.translator();
    let translating = tokio::spawn(async move { translator.round(Turn::New).await.unwrap() });
    until_a_translator_waits_to_mark(&bed.owner, &translating).await;
    erase(&bed, bed.contact(&number(), &hers)).await;
    looking.commit().await.unwrap();
    translating.await.unwrap();
    assert_eq!(bed.states(delivery).await, ["applied"]);
    assert!(says_nothing_of_ada(&bed.body(delivery).await));
}
