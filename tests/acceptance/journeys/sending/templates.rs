use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{TemplateUpdate, Text};
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::desk::Desk;

impl Desk {
    /// A template that was written here, handed in, and approved: its id, and Meta's.
    pub(super) async fn template(&self) -> Result<(String, String)> {
        let create = "mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
            template { id } userErrors { code field message } } }";
        let input = json!({
            "channelId": self.channel().await?, "name": "order_ready", "language": "en_US", "category": "UTILITY",
            "body": "Hello {{1}}, your order {{2}} is ready for you.", "bodyExamples": ["Ada", "77"],
        });
        let created = self.ask(create, json!({ "input": input })).await?["createTemplate"].take();
        let id = created["template"]["id"].as_str().with_context(|| format!("{created}"))?.to_owned();
        let submit = "mutation ($id: ID!) { submitTemplate(input: { templateId: $id }) {
            template { providerId status } userErrors { code message } } }";
        let submitted = self.ask(submit, json!({ "id": id })).await?["submitTemplate"].take();
        let provider = submitted["template"]["providerId"].as_str().with_context(|| format!("{submitted}"))?.to_owned();
        ensure!(submitted["template"]["status"] == "PENDING", "{submitted}");
        self.shared.meta.update_template(&provider, &TemplateUpdate::approved()).await?;
        self.template_becomes(&id, "APPROVED").await?;
        Ok((id, provider))
    }

    pub(super) async fn template_becomes(&self, id: &str, status: &str) -> Result<()> {
        eventually(&format!("the template is {status}"), async || {
            let found = self.ask("query ($id: ID!) { template(id: $id) { status } }", json!({ "id": id })).await?;
            ensure!(found["template"]["status"] == status, "{found}");
            Ok(())
        })
        .await
    }

    /// The conversation with somebody who wrote long ago.
    pub(super) async fn with_somebody_of_long_ago(self) -> Result<Self> {
        let customer = format!("1652555{}", &self.customer[7..]);
        let text = Text {
            from: customer.clone(),
            name: "Bob".to_owned(),
            id: format!("wamid.{customer}"),
            timestamp: 1_794_000_000,
            body: "Hello".to_owned(),
        };
        self.journey.receive(&[text]).await?;
        let conversation = eventually("his conversation", async || {
            let document = "{ conversations(first: 5) { edges { node { id contact { phone } } } } }";
            let found = self.ask(document, json!({})).await?;
            let edges = found["conversations"]["edges"].as_array().cloned().unwrap_or_default();
            let his = edges.iter().find(|edge| edge["node"]["contact"]["phone"] == format!("+{customer}"));
            his.and_then(|edge| edge["node"]["id"].as_str()).map(str::to_owned).with_context(|| format!("{found}"))
        })
        .await?;
        Ok(Self { conversation, customer, ..self })
    }
}

pub(super) fn filled(template: &str, values: &[&str]) -> Value {
    let body: Vec<Value> = values.iter().map(|value| json!({ "text": value })).collect();
    json!({ "template": { "templateId": template, "body": body } })
}

#[tokio::test]
async fn who_has_not_written_for_a_day_gets_a_template() -> Result<()> {
    let desk = Desk::open().await?;
    let (template, provider) = desk.template().await?;
    let desk = desk.with_somebody_of_long_ago().await?;
    let refused = desk.sends(json!({ "text": "Are you there?" })).await?;
    assert_eq!(refused["userErrors"][0]["code"], "WINDOW_CLOSED", "{refused}");
    assert_eq!(refused["windowClosedSince"], "2026-11-07T21:20:00Z", "a day after he wrote");
    assert_eq!(refused["eligibleTemplates"], json!([{ "name": "order_ready" }]), "and what he may be sent");

    let sent = desk.sends(filled(&template, &["Bob", "77"])).await?;
    assert_eq!(sent["userErrors"], json!([]), "{sent}");
    assert_eq!(sent["messages"][0]["text"], "Hello Bob, your order 77 is ready for you.");
    assert_eq!(sent["messages"][0]["kind"], "TEMPLATE");
    let taken = desk.taken(1).await?;
    assert_eq!(taken[0].body["template"]["name"], "order_ready");
    desk.becomes(sent["messages"][0]["id"].as_str().context("no id")?, "ACCEPTED").await?;

    for (given, code) in [
        (filled(&template, &["Bob"]), "TEMPLATE_NOT_SENDABLE"),
        (filled("00000000-0000-0000-0000-000000000bad", &["Bob", "77"]), "NOT_FOUND"),
    ] {
        let refused = desk.sends(given).await?;
        assert_eq!(refused["userErrors"][0]["code"], code, "{refused}");
    }
    let paused = TemplateUpdate::Status { event: "PAUSED".to_owned(), reason: "NONE".to_owned() };
    desk.shared.meta.update_template(&provider, &paused).await?;
    desk.template_becomes(&template, "PAUSED").await?;
    let refused = desk.sends(filled(&template, &["Bob", "77"])).await?;
    assert_eq!(refused["userErrors"][0]["code"], "TEMPLATE_NOT_SENDABLE", "{refused}");
    Ok(())
}
