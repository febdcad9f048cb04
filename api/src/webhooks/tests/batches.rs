use proptest::strategy::{Strategy as _, ValueTree as _};

use super::super::whatsapp::{batches, laws};
use super::*;

/// Deliveries of good, odd and broken items, from the intake to their end.
#[tokio::test]
async fn good_items_among_broken_ones_become_events_and_every_item_has_an_outcome() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let mut runner = laws::runner();
    let cases = runner.config().cases.div_ceil(4);
    let strategy = batches::batch();
    let mut deliveries = Vec::new();
    for nth in 0..cases {
        let batch = strategy.new_tree(&mut runner).unwrap().current();
        let tag = format!("wamid.{nth}");
        let body = batch.body(&number().phone_number_id, &tag);
        deliveries.push((bed.deliver(body.clone()).await, batch, tag, body));
    }
    while bed.translate().await > 0 {}
    for (delivery, batch, tag, body) in deliveries {
        let body = String::from_utf8_lossy(&body);
        let error = bed.column(delivery, "last_error").await;
        assert!(bed.column(delivery, "translated_at").await.is_some(), "{error:?}: {body}");
        let items = bed.items(delivery).await;
        for StoredItem { item, .. } in &items {
            assert!(!item.state.reason().is_some_and(|reason| reason.contains("panicked")), "{item:?}: {body}");
        }
        for (id, pointer) in batch.good(&tag) {
            let found = items.iter().find(|stored| stored.item.pointer == pointer).map(|stored| &stored.item.state);
            // A status of a message that nobody tells of waits.
            let expected = if pointer.contains("/statuses/") { "waiting" } else { "applied" };
            assert_eq!(found.map(items::ItemState::name), Some(expected), "{id} at {pointer}: {found:?} in {body}");
        }
    }
}
