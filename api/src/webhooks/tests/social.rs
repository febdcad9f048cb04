//! What comes of accounts of Messenger and Instagram: whose it is, once, and gone with her.

use leadflow_domain::channel::{AccountName, AppKey, SocialAccount, SocialNetwork};
use leadflow_domain::contact::ContactCommand;
use serde_json::{Value, json};

use super::*;
use crate::webhooks::erase_contacts;

const PAGE: &str = "117172741761305";
const SHE: &str = "3383290475046708";
const OTHER: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

fn account(network: SocialNetwork, id: &str, app: Option<&str>) -> SocialAccount {
    SocialAccount {
        network,
        account_id: ProviderId::parse(id).unwrap(),
        name: AccountName::parse("Saffron Sofas").unwrap(),
        app: app.map(|app| AppKey::parse(app).unwrap()),
    }
}

async fn connect(bed: &Bed, tenant: TenantId, account: SocialAccount) {
    let channel = ChannelId::social(tenant, account.network, account.account_id.as_str());
    let awaited = Awaited::Account(account.network, account.account_id.clone());
    tell(bed, tenant, channel, ChannelCommand::ConnectSocialAccount { account, credential: None }).await;
    bed.resume(&[awaited]).await;
}

async fn tell(bed: &Bed, tenant: TenantId, channel: ChannelId, command: ChannelCommand) {
    let key = [format!("{command:?}"), bed.events().await.to_string()];
    let id = CommandId::derive(tenant, "test", &[&key[0], &key[1]]);
    let context = CommandContext::new(tenant, id, Actor::CommandLine, "test");
    bed.commands.channels.execute(channel, command, context).await.unwrap();
}

fn text(sender: &str, account: &str, mid: &str) -> Value {
    json!({ "sender": { "id": sender }, "recipient": { "id": account }, "timestamp": 1_763_712_000_369_i64,
            "message": { "mid": mid, "text": format!("words of {mid}") } })
}

fn body(object: &str, account: &str, messaging: &[Value]) -> Vec<u8> {
    let entry = json!({ "id": account, "time": 1_763_712_000_400_i64, "messaging": messaging });
    json!({ "object": object, "entry": [entry] }).to_string().into_bytes()
}

async fn takes(bed: &Bed, object: &str, account: &str, messaging: &[Value]) -> i64 {
    let delivery = bed.deliver(body(object, account, messaging)).await;
    bed.translate().await;
    delivery
}

async fn contacts(bed: &Bed, delivery: i64) -> Vec<Option<ContactId>> {
    bed.items(delivery).await.iter().map(|stored| stored.item.contact).collect()
}

#[tokio::test]
async fn what_came_before_the_account_was_connected_waits_for_it_and_not_for_its_namesakes() {
    let bed = Bed::new().await;
    let delivery = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_1")]).await;
    let item = bed.items(delivery).await.remove(0).item;
    let awaited = Awaited::Account(SocialNetwork::Messenger, ProviderId::parse(PAGE).unwrap());
    assert_eq!((item.state.waits_for(), &*item.kind, item.tenant), (Some(&awaited), "page.message", None));
    // The same digits elsewhere are another account, and a number of these digits is none.
    connect(&bed, OTHER, account(SocialNetwork::Instagram, PAGE, None)).await;
    bed.connect_to(OTHER, &BusinessNumber { phone_number_id: PAGE.to_owned(), ..number() }).await;
    bed.translate().await;
    assert_eq!(bed.states(delivery).await, ["waiting"]);
    connect(&bed, TENANT, account(SocialNetwork::Messenger, PAGE, None)).await;
    assert_eq!(bed.translate().await, 1);
    let item = bed.items(delivery).await.remove(0).item;
    assert_eq!((item.state.name(), item.tenant), ("applied", Some(TENANT)));
    assert!(item.contact.is_some());
}

#[tokio::test]
async fn an_account_whose_id_no_channel_can_have_is_parked() {
    let bed = Bed::new().await;
    for odd in ["x".repeat(65), " 7".to_owned(), String::new()] {
        let delivery = takes(&bed, "instagram", &odd, &[text(SHE, &odd, "m_1")]).await;
        assert_eq!(bed.states(delivery).await, ["parked"], "{odd:?}");
    }
    assert_eq!(bed.events().await, 0);
}

#[tokio::test]
async fn a_message_is_one_by_whichever_delivery_it_comes_and_an_echo_is_never_hers() {
    let bed = Bed::new().await;
    connect(&bed, TENANT, account(SocialNetwork::Messenger, PAGE, None)).await;
    let first = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_1"), text(SHE, PAGE, "m_1")]).await;
    let after = bed.events().await;
    assert_eq!(bed.states(first).await, ["applied", "applied"]);
    let again = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_1")]).await;
    assert_eq!((bed.states(again).await, bed.events().await), (vec!["applied"], after));

    let mut echo = text(PAGE, SHE, "m_2");
    echo["message"]["is_echo"] = json!(true);
    let echoed = takes(&bed, "page", PAGE, &[echo.clone(), echo]).await;
    assert_eq!(bed.states(echoed).await, ["applied", "applied"]);
    // It was written to her, in the thread that she is in: two events, that she is answered and with what.
    assert_eq!((contacts(&bed, echoed).await[0], bed.events().await), (contacts(&bed, first).await[0], after + 2));
    // What is told of its way joins it, and of another waits.
    let read = |mid: &str| json!({ "sender": { "id": SHE }, "recipient": { "id": PAGE }, "timestamp": 1_763_712_001_000_i64, "read": { "mid": mid } });
    let told = takes(&bed, "page", PAGE, &[read("m_2"), read("m_9")]).await;
    assert_eq!(bed.states(told).await, ["applied", "waiting"]);
}

#[tokio::test]
async fn who_she_is_is_known_at_one_account_alone() {
    let bed = Bed::new().await;
    let elsewhere = "117172741761306";
    connect(&bed, TENANT, account(SocialNetwork::Messenger, PAGE, None)).await;
    connect(&bed, TENANT, account(SocialNetwork::Messenger, elsewhere, None)).await;
    connect(&bed, TENANT, account(SocialNetwork::Instagram, PAGE, None)).await;
    connect(&bed, OTHER, account(SocialNetwork::Instagram, elsewhere, None)).await;
    let mut people = Vec::new();
    for (object, id) in [("page", PAGE), ("page", elsewhere), ("instagram", PAGE), ("instagram", elsewhere)] {
        for mid in ["m_1", "m_2"] {
            let delivery = takes(&bed, object, id, &[text(SHE, id, mid)]).await;
            people.extend(contacts(&bed, delivery).await);
        }
    }
    people.dedup();
    assert_eq!(people.len(), 4, "{people:?}");
    assert!(people.iter().all(Option::is_some));
}

#[tokio::test]
async fn fifty_first_messages_of_one_person_at_once_are_one_person() {
    let bed = Bed::new().await;
    connect(&bed, TENANT, account(SocialNetwork::Instagram, PAGE, None)).await;
    let mut deliveries = Vec::new();
    for nth in 0..50 {
        deliveries.push(bed.deliver(body("instagram", PAGE, &[text(SHE, PAGE, &format!("m_{nth}"))])).await);
    }
    bed.translate().await;
    let mut people = Vec::new();
    for delivery in deliveries {
        people.extend(contacts(&bed, delivery).await);
    }
    assert_eq!(people.len(), 50);
    people.dedup();
    assert_eq!(people.len(), 1);
}

#[tokio::test]
async fn what_another_app_signed_and_what_moved_are_not_taken() {
    let bed = Bed::new().await;
    connect(&bed, TENANT, account(SocialNetwork::Messenger, PAGE, Some("shop"))).await;
    let foreign = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_1")]).await;
    assert_eq!(bed.states(foreign).await, ["parked"]);
    connect(&bed, TENANT, account(SocialNetwork::Messenger, PAGE, None)).await;
    let hers = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_2")]).await;
    assert_eq!(bed.states(hers).await, ["applied"]);
    // The page goes to another business, and what was the first one's stays its own.
    tell(&bed, TENANT, ChannelId::social(TENANT, SocialNetwork::Messenger, PAGE), ChannelCommand::Disconnect).await;
    connect(&bed, OTHER, account(SocialNetwork::Messenger, PAGE, None)).await;
    let head = bed.events().await;
    sqlx::query("update webhook_deliveries set translated_at = null, due_at = clock_timestamp() where id = $1")
        .bind(hers)
        .execute(&bed.pool)
        .await
        .unwrap();
    bed.translate().await;
    let item = bed.items(hers).await.remove(0).item;
    assert_eq!((item.tenant, item.state.name(), bed.events().await), (Some(TENANT), "applied", head));
    let theirs = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_3")]).await;
    assert_eq!(bed.items(theirs).await[0].item.tenant, Some(OTHER));
    assert_ne!(contacts(&bed, theirs).await, contacts(&bed, hers).await);
}

#[tokio::test]
async fn she_goes_from_her_deliveries_and_is_not_brought_back() {
    let bed = Bed::new().await;
    connect(&bed, TENANT, account(SocialNetwork::Messenger, PAGE, None)).await;
    let neighbour = "3383290475046709";
    let both = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_1"), text(neighbour, PAGE, "n_1")]).await;
    let she = contacts(&bed, both).await[0].unwrap();
    bed.commands.contacts.execute(she, ContactCommand::Erase, bed.context("erase")).await.unwrap();
    erase_contacts(&bed.pool, &bed.keys, &[she]).await.unwrap();
    let left = bed.body(both).await;
    assert!(!left.contains(SHE) && !left.contains("m_1") && left.contains("words of n_1"), "{left}");
    // Meta tells of it once more.
    let head = bed.events().await;
    takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_1")]).await;
    assert_eq!(bed.events().await, head);
    // When she writes again she is somebody new.
    let anew = takes(&bed, "page", PAGE, &[text(SHE, PAGE, "m_2")]).await;
    assert!(contacts(&bed, anew).await[0].is_some_and(|anew| anew != she));
}
