//! What is told of templates: it leads to each business that has a number of their account, and to nobody else.

use leadflow_domain::TemplateId;
use leadflow_domain::channel::AppKey;
use leadflow_domain::template::{Template, TemplateKey, TemplateLanguage, TemplateName, TemplateStatus};
use serde_json::{Value, json};

use super::*;

const OTHER: TenantId = TenantId::from_uuid(Uuid::from_u128(2));

fn told(field: &str, time: i64, what: Value) -> Vec<u8> {
    let mut value = json!({
        "message_template_id": 1_689_556_908_129_832_u64, "message_template_name": "order_update",
        "message_template_language": "en-US",
    });
    value.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
    let entry = json!({"id": number().waba_id, "time": time, "changes": [{"field": field, "value": value}]});
    json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string().into_bytes()
}

fn status(time: i64, event: &str) -> Vec<u8> {
    told("message_template_status_update", time, json!({"event": event, "reason": "NONE"}))
}

impl Bed {
    /// A number of the business, as the inbox shows it.
    pub(super) async fn shows(&self, tenant: TenantId, number: &BusinessNumber) {
        let channel = ChannelId::whatsapp(tenant, &number.phone_number_id);
        sqlx::query(
            "insert into inbox_v17.channels (channel_id, tenant_id, display_phone, phone_number_id, waba_id, status, \
                 connected_at, version) values ($1, $2, $3, $4, $5, 'connected', now(), 1)",
        )
        .bind(channel.as_uuid())
        .bind(tenant.as_uuid())
        .bind(&number.display_phone)
        .bind(&number.phone_number_id)
        .bind(&number.waba_id)
        .execute(&self.owner)
        .await
        .unwrap();
    }

    async fn template(&self, tenant: TenantId) -> Template {
        let key = TemplateKey {
            waba_id: ProviderId::parse(&number().waba_id).unwrap(),
            name: TemplateName::parse("order_update").unwrap(),
            language: TemplateLanguage::parse("en_US").unwrap(),
        };
        self.store.reader().load::<Template>(TemplateId::of(tenant, &key).into()).await.unwrap().state
    }

    pub(super) async fn comes_to(&self, body: Vec<u8>) -> &'static str {
        let delivery = self.deliver(body).await;
        self.translate().await;
        self.states(delivery).await[0]
    }
}

#[tokio::test]
async fn what_becomes_of_a_template_is_recorded_in_whatever_order_it_comes() {
    let bed = Bed::new().await;
    bed.connect(&number()).await;
    bed.shows(TENANT, &number()).await;
    // Nobody has ever heard of it.
    assert_eq!(bed.comes_to(status(1_763_712_000, "PENDING")).await, "applied");
    assert_eq!(bed.template(TENANT).await.status(), Some(&TemplateStatus::Pending));
    assert_eq!(bed.comes_to(status(1_763_712_020, "APPROVED")).await, "applied");
    let head = bed.events().await;
    // Told again, and something older.
    for body in [status(1_763_712_020, "APPROVED"), status(1_763_712_010, "REJECTED")] {
        assert_eq!(bed.comes_to(body).await, "applied");
    }
    assert_eq!(bed.events().await, head);
    assert_eq!(bed.template(TENANT).await.status(), Some(&TemplateStatus::Approved));
    for (field, what) in [
        ("message_template_status_update", json!({"new_quality_score": "YELLOW", "previous_quality_score": "GREEN"})),
        ("template_category_update", json!({"new_category": "UTILITY", "correct_category": "MARKETING"})),
        ("template_category_update", json!({"new_category": "MARKETING", "previous_category": "UTILITY"})),
        ("message_template_components_update", json!({"message_template_element": "Hello {{1}}!"})),
    ] {
        assert_eq!(bed.comes_to(told(field, 1_763_712_030, what)).await, "applied");
    }
    let template = bed.template(TENANT).await;
    assert_eq!(template.components().unwrap().body.text, "Hello {{1}}!");
    assert_eq!(template.provider_id().unwrap().as_str(), "1689556908129832");
    let kinds: Vec<String> = sqlx::query_scalar("select event_type from events where position > $1 order by position")
        .bind(head)
        .fetch_all(&bed.pool)
        .await
        .unwrap();
    let expected = ["quality_told", "category_change_announced", "category_told", "components_told"];
    assert_eq!(kinds, expected.map(|kind| format!("template.{kind}")));
}

#[tokio::test]
async fn each_business_of_the_account_is_told_and_nobody_else() {
    let bed = Bed::new().await;
    let theirs = BusinessNumber { phone_number_id: "7".to_owned(), ..number() };
    let hers_too = BusinessNumber { phone_number_id: "8".to_owned(), ..number() };
    let elsewhere = BusinessNumber { phone_number_id: "9".to_owned(), waba_id: "1".to_owned(), ..number() };
    let third = TenantId::from_uuid(Uuid::from_u128(3));
    for (tenant, number) in [(TENANT, &number()), (OTHER, &theirs), (TENANT, &hers_too), (third, &elsewhere)] {
        bed.connect_to(tenant, number).await;
        bed.shows(tenant, number).await;
    }
    let head = bed.events().await;
    assert_eq!(bed.comes_to(status(1_763_712_000, "APPROVED")).await, "applied");
    for tenant in [TENANT, OTHER] {
        assert!(bed.template(tenant).await.is_sendable(), "{tenant}");
    }
    assert_eq!(bed.template(third).await, Template::default());
    assert_eq!(bed.events().await, head + 4, "once each");
}

#[tokio::test]
async fn what_leads_to_nobody_is_kept_and_what_another_app_signed_says_nothing() {
    let bed = Bed::new().await;
    assert_eq!(bed.comes_to(status(1_763_712_000, "APPROVED")).await, "notice");
    bed.connect(&number()).await;
    bed.shows(TENANT, &number()).await;
    let head = bed.events().await;
    let by_another = bed
        .intake
        .store("whatsapp", Bringer::App(Some(AppKey::parse("shop").unwrap())), status(1_763_712_000, "APPROVED").into())
        .await
        .unwrap();
    bed.translate().await;
    assert_eq!(bed.states(by_another).await, ["parked"]);
    assert_eq!(bed.comes_to(told("message_template_status_update", 1, json!({}))).await, "parked");
    assert_eq!(bed.events().await, head);
}
