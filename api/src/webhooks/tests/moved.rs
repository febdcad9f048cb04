//! Numbers go from one business to another; what was said to the one stays the one's.

use serde_json::{Value, json};

use super::*;
use crate::webhooks::deliveries::again;

const OTHER: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

fn later() -> BusinessNumber {
    BusinessNumber { phone_number_id: "200000000000000".to_owned(), ..number() }
}

/// One delivery to two numbers.
fn to_both() -> Vec<u8> {
    let entry = |number: &BusinessNumber, id: &str| {
        let mut body: Value = serde_json::from_slice(&simulator::texts(number, &[text(ADA, id)])).unwrap();
        body["entry"][0].take()
    };
    let entries = [entry(&number(), "a"), entry(&later(), "b")];
    json!({"object": "whatsapp_business_account", "entry": entries}).to_string().into_bytes()
}

#[tokio::test]
async fn what_one_business_was_told_is_not_the_next_one_s_who_has_the_number() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let delivery = bed.deliver(to_both()).await;
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied", "waiting"]);
    let told = bed.items(delivery).await.remove(0);
    assert_eq!(told.item.tenant, Some(TENANT));

    // While nobody has the number, and when somebody else has it.
    bed.disconnect(&number()).await;
    again(&bed.pool, &[delivery]).await.unwrap();
    bed.translate().await;
    assert_eq!(bed.items(delivery).await[0], told);
    bed.connect_to(OTHER, &number()).await;
    bed.connect_to(OTHER, &later()).await;
    bed.resume(&[Awaited::Number(ProviderId::parse(&later().phone_number_id).unwrap())]).await;
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied", "applied"]);
    let items = bed.items(delivery).await;
    assert_eq!((&items[0], items[1].item.tenant), (&told, Some(OTHER)));

    let threads: Vec<Uuid> = sqlx::query_scalar(
        "select tenant_id from events where event_type = 'conversation.message_received' order by 1",
    )
    .fetch_all(&bed.pool)
    .await
    .unwrap();
    assert_eq!(threads, [TENANT.as_uuid(), OTHER.as_uuid()], "each was told one thing");
}
