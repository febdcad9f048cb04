//! What is told of how numbers and accounts stand: it leads to the number that people read so, or to each of the account, and to nobody
//! else's.

use leadflow_domain::channel::{AccountStanding, AppKey, Channel, NumberQuality};
use serde_json::{Value, json};

use super::*;

const OTHER: TenantId = TenantId::from_uuid(Uuid::from_u128(2));
const NUMBER: &str = "phone_number_quality_update";
const ACCOUNT: &str = "account_update";

fn told(field: &str, time: Value, value: Value) -> Vec<u8> {
    let entry = json!({"id": number().waba_id, "time": time, "changes": [{"field": field, "value": value}]});
    json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string().into_bytes()
}

fn quality(time: i64, event: &str, limit: &str) -> Vec<u8> {
    let value = json!({"display_phone_number": number().display_phone, "event": event, "current_limit": limit});
    told(NUMBER, json!(time), value)
}

fn deleted(time: i64) -> Vec<u8> {
    told(ACCOUNT, json!(time), json!({"event": "ACCOUNT_DELETED"}))
}

/// A number that people read so.
fn read_as(phone_number_id: &str, display_phone: &str) -> BusinessNumber {
    BusinessNumber { phone_number_id: phone_number_id.to_owned(), display_phone: display_phone.to_owned(), ..number() }
}

impl Bed {
    async fn has(&self, tenant: TenantId, number: &BusinessNumber) {
        self.connect_to(tenant, number).await;
        self.shows(tenant, number).await;
    }

    async fn channel(&self, tenant: TenantId, number: &BusinessNumber) -> Channel {
        let channel = ChannelId::whatsapp(tenant, &number.phone_number_id);
        self.store.reader().load::<Channel>(channel.into()).await.unwrap().state
    }

    async fn standing(&self, tenant: TenantId, number: &BusinessNumber) -> Option<AccountStanding> {
        Some(self.channel(tenant, number).await.health()?.account.clone()?.what)
    }
}

#[tokio::test]
async fn how_a_number_stands_is_what_was_told_last_of_it_in_whatever_order_it_comes() {
    let bed = Bed::new().await;
    bed.has(TENANT, &number()).await;
    bed.has(TENANT, &read_as("8", "+39 02 000 0008")).await;
    assert_eq!(bed.comes_to(quality(1_763_712_020, "FLAGGED", "TIER_1K")).await, "applied");
    let head = bed.events().await;
    // Told again, something older, and the same as before.
    for body in [
        quality(1_763_712_020, "FLAGGED", "TIER_1K"),
        quality(1_763_712_010, "UNFLAGGED", "TIER_50"),
        quality(1_763_712_030, "FLAGGED", "TIER_1K"),
    ] {
        assert_eq!(bed.comes_to(body).await, "applied");
    }
    assert_eq!(bed.events().await, head);
    assert_eq!(bed.comes_to(quality(1_763_712_040, "UNFLAGGED", "TIER_1K")).await, "applied");
    let channel = bed.channel(TENANT, &number()).await;
    let health = channel.health().unwrap();
    assert_eq!(health.quality.as_ref().unwrap().what, NumberQuality::Good);
    assert_eq!(health.messaging_limit.as_ref().unwrap().at.as_second(), 1_763_712_020, "since then");
    assert_eq!(bed.channel(TENANT, &read_as("8", "")).await.health(), None, "it is about one number");
}

#[tokio::test]
async fn what_is_told_of_an_account_is_told_to_all_its_numbers_and_to_no_other() {
    let bed = Bed::new().await;
    let (theirs, hers_too) = (read_as("7", "+39 02 000 0007"), read_as("8", "+39 02 000 0008"));
    let elsewhere = BusinessNumber { waba_id: "1".to_owned(), ..read_as("9", "+39 02 000 0009") };
    for (tenant, number) in [(TENANT, &number()), (OTHER, &theirs), (TENANT, &hers_too), (OTHER, &elsewhere)] {
        bed.has(tenant, number).await;
    }
    let head = bed.events().await;
    assert_eq!(bed.comes_to(deleted(1_763_712_000)).await, "applied");
    assert_eq!(bed.comes_to(deleted(1_763_712_000)).await, "applied");
    for (tenant, number) in [(TENANT, &number()), (OTHER, &theirs), (TENANT, &hers_too)] {
        assert_eq!(bed.standing(tenant, number).await, Some(AccountStanding::Deleted), "{number:?}");
    }
    assert_eq!(bed.standing(OTHER, &elsewhere).await, None);
    assert_eq!(bed.events().await, head + 3, "once each");
    let limit = json!({"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_waba": 25});
    let limit = told("business_capability_update", json!(1_763_712_000), limit);
    assert_eq!(bed.comes_to(limit).await, "applied");
    assert_eq!(bed.events().await, head + 6);
}

#[tokio::test]
async fn what_leads_to_nobody_is_kept_and_what_another_app_signed_says_nothing() {
    let bed = Bed::new().await;
    assert_eq!(bed.comes_to(deleted(1_763_712_000)).await, "notice");
    bed.has(TENANT, &number()).await;
    let head = bed.events().await;
    let other_number = json!({"display_phone_number": "+1 555 000 0000", "event": "FLAGGED"});
    assert_eq!(bed.comes_to(told(NUMBER, json!(1_763_712_000), other_number)).await, "notice");
    assert_eq!(bed.comes_to(told(NUMBER, json!(1_763_712_000), json!({"event": "FLAGGED"}))).await, "parked");
    let large = json!({"event": "ACCOUNT_DELETED", "x": "a".repeat(20_000)});
    assert_eq!(bed.comes_to(told(ACCOUNT, json!(1_763_712_000), large)).await, "parked");
    let body = deleted(1_763_712_000).into();
    let by_another = bed.intake.store("whatsapp", Bringer::App(Some(AppKey::parse("shop").unwrap())), body).await;
    bed.translate().await;
    assert_eq!(bed.states(by_another.unwrap()).await, ["parked"]);
    assert_eq!(bed.events().await, head);
}

#[tokio::test]
async fn a_time_that_can_t_be_is_when_it_was_received() {
    for odd in [json!(null), json!("soon"), json!(-1), json!(253_402_300_799_i64), json!({"x": 1})] {
        let bed = Bed::new().await;
        bed.has(TENANT, &number()).await;
        let before = bed.store.reader().now().await.unwrap();
        let body = told(ACCOUNT, odd.clone(), json!({"event": "ACCOUNT_OFFBOARDED"}));
        assert_eq!(bed.comes_to(body).await, "applied", "{odd}");
        let at = bed.channel(TENANT, &number()).await.health().unwrap().account.as_ref().unwrap().at;
        assert!(at >= before && at <= bed.store.reader().now().await.unwrap(), "{odd}: {at}");
    }
}
