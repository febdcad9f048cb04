//! What is told of people beside messages: it finds whom it is about, and her erasure finds it.

use leadflow_domain::contact::ContactCommand;
use serde_json::{Value, json};

use super::*;
use crate::webhooks::erase_contacts;

fn call(who: &str, id: &str, event: &str) -> Value {
    json!({"id": format!("wacid.{id}"), "from": who, "event": event, "timestamp": "1763712000", "direction": "USER_INITIATED"})
}

fn wants(who: &str, word: &str) -> Value {
    json!({"wa_id": who, "value": word, "category": "marketing_messages", "timestamp": 1_763_712_000})
}

fn listing(who: &str, action: &str) -> Value {
    json!({
        "type": "contact", "action": action, "contact": {"phone_number": who, "full_name": format!("Name of {who}")},
        "metadata": {"timestamp": "1763712000"},
    })
}

/// All of it about Ada and Bice, side by side.
fn told() -> Vec<u8> {
    let contacts = json!([{"wa_id": ADA, "profile": {"name": "Ada"}}, {"wa_id": BICE, "profile": {"name": "Bice"}}]);
    let both = |said: fn(&str) -> Value| json!([said(ADA), said(BICE)]);
    simulator::changes(
        &number(),
        &[
            ("calls", json!({"contacts": contacts, "calls": both(|who| call(who, who, "connect"))})),
            ("user_preferences", json!({"contacts": contacts, "user_preferences": both(|who| wants(who, "stop"))})),
            ("smb_app_state_sync", json!({"state_sync": both(|who| listing(who, "add"))})),
            ("smb_app_state_sync", json!({"state_sync": both(|who| listing(who, "remove"))})),
        ],
    )
}

#[tokio::test]
async fn the_same_told_again_is_the_same() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let first = bed.deliver(told()).await;
    bed.translate().await;
    assert_eq!(bed.states(first).await, ["applied"; 8]);
    let (head, items) = (bed.events().await, bed.items(first).await);
    let people: Vec<_> = items.iter().map(|stored| stored.item.contact.unwrap()).collect();
    assert!(people.chunks(2).all(|pair| pair == &people[..2] && pair[0] != pair[1]), "{people:?}");

    let again = bed.deliver(told()).await;
    bed.translate().await;
    assert_eq!(bed.events().await, head);
    let told_again = bed.items(again).await;
    assert!(told_again.iter().zip(&items).all(|(one, other)| one.item == other.item), "{told_again:?}");
}

#[tokio::test]
async fn a_call_has_a_beginning_and_an_end_and_each_is_told_once() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let calls = json!([call(ADA, "c", "terminate"), call(ADA, "c", "connect"), call(ADA, "c", "terminate")]);
    let delivery = bed.deliver(simulator::changes(&number(), &[("calls", json!({ "calls": calls }))])).await;
    let head = bed.events().await;
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["applied"; 3]);
    assert_eq!(bed.events().await - head, 1 + 1 + 2, "she, the thread, the end, the beginning");
}

#[tokio::test]
async fn what_can_t_be_read_is_set_aside_alone() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let said = [
        ("calls", json!({"calls": [null, call(ADA, "c", "connect")], "statuses": 7, "errors": [{"code": 1}]})),
        ("user_preferences", json!({"user_preferences": [{"wa_id": ADA}, wants(ADA, "stop")]})),
        ("smb_app_state_sync", json!({"state_sync": [listing(ADA, "merge"), listing(ADA, "add"), {"type": "label"}]})),
    ];
    let delivery = bed.deliver(simulator::changes(&number(), &said)).await;
    bed.translate().await;
    let expected = ["parked", "applied", "parked", "notice", "parked", "applied", "parked", "applied", "parked"];
    assert_eq!(bed.states(delivery).await, expected);
}

#[tokio::test]
async fn her_erasure_takes_it_out_of_the_deliveries_and_leaves_her_neighbour_s() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    let applied = bed.deliver(told()).await;
    bed.translate().await;
    let ada = bed.items(applied).await[0].item.contact.unwrap();
    bed.commands.contacts.execute(ada, ContactCommand::Erase, bed.context("erase")).await.unwrap();
    // It comes once more, also of what holds nothing personal in the log.
    let again = bed.deliver(told()).await;
    bed.translate().await;
    erase_contacts(&bed.pool, &bed.keys, &[ada]).await.unwrap();
    for delivery in [applied, again] {
        let body = bed.body(delivery).await;
        assert!(!body.contains(ADA) && !body.contains("\"Ada\""), "{body}");
        assert!(body.contains(&format!("wacid.{BICE}")) && body.contains("\"Bice\""), "{body}");
        assert_eq!(body.matches(&format!("Name of {BICE}")).count(), 2, "{body}");
        assert!(bed.items(delivery).await.iter().step_by(2).all(|stored| stored.erased));
        assert!(bed.items(delivery).await.iter().skip(1).step_by(2).all(|stored| !stored.erased));
    }
}
