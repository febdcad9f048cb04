//! What is told of several people in a group is several items, each of its own person.

use serde_json::{Value, json};

use super::*;

fn told(people: &Value) -> Vec<u8> {
    let group = json!({
        "group_id": "HBgL", "timestamp": "1763712000", "type": "group_participants_add", "added_participants": people,
    });
    simulator::changes(&number(), &[("group_participants_update", json!({"groups": [group, {"group_id": "HBgL"}]}))])
}

#[tokio::test]
async fn each_person_is_an_item_and_an_odd_one_is_parked_alone() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let people = json!([{"wa_id": ADA}, {"wa_id": "nobody"}, {"wa_id": BICE}]);
    let first = bed.deliver(told(&people)).await;
    bed.translate().await;
    assert_eq!(bed.states(first).await, ["applied", "parked", "applied", "parked"]);
    let whose: Vec<Option<ContactId>> = bed.items(first).await.iter().map(|stored| stored.item.contact).collect();
    assert!(whose[0].is_some() && whose[2].is_some() && whose[0] != whose[2], "{whose:?}");
    assert_eq!((whose[1], whose[3]), (None, None));

    // The same again is the same, and finds the same people.
    let head = bed.events().await;
    let again = bed.deliver(told(&people)).await;
    bed.translate().await;
    assert_eq!(bed.states(again).await, bed.states(first).await);
    let again: Vec<Option<ContactId>> = bed.items(again).await.iter().map(|stored| stored.item.contact).collect();
    assert_eq!((again, bed.events().await), (whose, head));
}

#[tokio::test]
async fn a_message_of_a_group_nobody_heard_of_introduces_the_group_and_its_writer() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let before = bed.events().await;
    let message = |id: &str, from: &str| {
        json!({
            "from": from, "id": id, "group_id": "HBgL", "timestamp": "1763712000", "type": "text",
            "text": {"body": format!("words of {id}")},
        })
    };
    let both = json!([message("wamid.a", ADA), message("wamid.b", BICE)]);
    let delivery = bed.deliver(simulator::messages_change(&number(), &json!([]), &both)).await;
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied", "applied"]);
    // Two people, a group, its thread, two messages.
    assert_eq!(bed.events().await - before, 6);
}
