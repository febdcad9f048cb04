//! Who changes something says which version of it she has seen, and does nothing to any other.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::begin::{Journey, text};

const LABEL: &str = "mutation ($id: ID!, $label: String!, $version: Int, $key: String) {
    labelConversation(input: { conversationId: $id, label: $label, expectedVersion: $version, idempotencyKey: $key }) {
        conversation { version labels } userErrors { code field message } position stale } }";

async fn label(
    journey: &Journey,
    id: &str,
    label: &str,
    version: impl Into<Value>,
    key: Option<&str>,
) -> Result<Value> {
    let variables = json!({"id": id, "label": label, "version": version.into(), "key": key});
    journey.graphql.ask(LABEL, &variables, "/labelConversation").await
}

/// A business's conversation, and its version.
async fn a_conversation(journey: &Journey) -> Result<(String, i64)> {
    let hello = text("919820012345", "hello", 0, "Is the blue one still there?");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(&[hello]).await?;
    let id = journey.graphql.conversations().await?.remove(0).id;
    let version = "query ($id: ID!) { conversation(id: $id) { version } }";
    let version = journey.graphql.ask(version, &json!({"id": id}), "/conversation/version").await?;
    Ok((id, version))
}

#[tokio::test]
async fn what_has_changed_since_is_left_alone_and_shown_as_it_is() -> Result<()> {
    let journey = Journey::begin().await?;
    let (id, seen) = a_conversation(&journey).await?;
    let done = label(&journey, &id, "vip", seen, Some("mine")).await?;
    ensure!(done["conversation"] == json!({"version": seen + 1, "labels": ["vip"]}), "{done}");

    // A colleague has not seen that, whatever she would do: something, or what is so already.
    for what in ["returns", "vip"] {
        let late = label(&journey, &id, what, seen, None).await?;
        let error = &late["userErrors"][0];
        ensure!(error["code"] == "CONFLICT" && error["field"] == "expectedVersion", "{late}");
        ensure!(late["conversation"] == done["conversation"], "as it is now: {late}");
        ensure!(late["position"] == Value::Null && late["stale"] == Value::Null, "{late}");
    }
    let current = label(&journey, &id, "returns", seen + 1, None).await?;
    ensure!(current["conversation"] == json!({"version": seen + 2, "labels": ["returns", "vip"]}), "{current}");

    // Told again, a request comes to what it came to, before its version is looked at; a conflict, too.
    let again = label(&journey, &id, "vip", seen, Some("mine")).await?;
    ensure!(again["userErrors"] == json!([]) && again["position"] == done["position"], "{again}");
    let conflict = label(&journey, &id, "blue", seen, Some("late")).await?;
    let again = label(&journey, &id, "blue", seen, Some("late")).await?;
    ensure!(again == conflict && again["userErrors"][0]["code"] == "CONFLICT", "{again}");

    // What one may not see does not exist, at whatever version.
    let stranger = Journey::begin().await?;
    let foreign = label(&stranger, &id, "blue", 77, None).await?;
    ensure!(foreign["userErrors"][0]["code"] == "NOT_FOUND" && foreign["conversation"] == Value::Null, "{foreign}");
    Ok(())
}

#[tokio::test]
async fn of_many_at_once_one_is_done() -> Result<()> {
    let journey = Journey::begin().await?;
    let (id, seen) = a_conversation(&journey).await?;
    let labels: Vec<String> = (0..12).map(|nth| format!("label {nth}")).collect();
    let told = try_join_all(labels.iter().map(|what| label(&journey, &id, what, seen, None))).await?;
    let done: Vec<_> = told.iter().filter(|answer| answer["userErrors"] == json!([])).collect();
    ensure!(done.len() == 1, "{told:?}");
    let others = told.iter().filter(|answer| answer["userErrors"][0]["code"] == "CONFLICT");
    ensure!(others.count() == labels.len() - 1, "{told:?}");
    let shown = journey.graphql.conversation(&id).await?;
    ensure!(shown.is_some_and(|shown| json!(shown.labels) == done[0]["conversation"]["labels"]));
    Ok(())
}

#[tokio::test]
async fn whatever_can_be_changed_has_a_version() -> Result<()> {
    let journey = Journey::begin().await?;
    a_conversation(&journey).await?;
    let lead = journey.graphql.leads().await?.remove(0);
    let version = "query ($lead: ID!, $contact: ID!) {
        lead: node(id: $lead) { ... on Lead { version } } contact: node(id: $contact) { ... on Contact { version } }
        viewer { tenant { version } } }";
    let ids = json!({"lead": lead.id, "contact": lead.contact.id});
    let shown: Value = journey.graphql.ask(version, &ids, "").await?;
    ensure!(
        shown == json!({"lead": {"version": 1}, "contact": {"version": 1}, "viewer": {"tenant": {"version": 1}}}),
        "{shown}"
    );

    let qualify =
        "mutation ($id: ID!, $version: Int) { qualifyLead(input: { leadId: $id, expectedVersion: $version }) {
        lead { version status } userErrors { code } } }";
    let hours = "mutation ($version: Int) {
        setBusinessHours(input: {
            timeZone: \"UTC\", week: [{ weekday: MONDAY, hours: [\"09:00-17:00\"] }], expectedVersion: $version }) {
            tenant { version } businessHours { timeZone } userErrors { code } } }";
    let erase =
        "mutation ($id: ID!, $version: Int) { eraseContact(input: { contactId: $id, expectedVersion: $version }) {
        contact { version displayName } userErrors { code } } }";
    for (document, field, id, late, done) in [
        (
            qualify,
            "qualifyLead",
            &lead.id,
            json!({"version": 1, "status": "NEW"}),
            json!({"version": 2, "status": "QUALIFIED"}),
        ),
        (
            erase,
            "eraseContact",
            &lead.contact.id,
            json!({"version": 1, "displayName": "Asha Rao"}),
            json!({"version": 2, "displayName": null}),
        ),
    ] {
        let entity = if field == "qualifyLead" { "lead" } else { "contact" };
        let at = format!("/{field}");
        let answer: Value = journey.graphql.ask(document, &json!({"id": id, "version": 9}), &at).await?;
        ensure!(answer == json!({entity: late, "userErrors": [{"code": "CONFLICT"}]}), "{answer}");
        let answer: Value = journey.graphql.ask(document, &json!({"id": id, "version": 1}), &at).await?;
        ensure!(answer == json!({entity: done, "userErrors": []}), "{answer}");
    }
    // The first hours are also a step of the business's beginning.
    for (version, now, codes) in [(9, 1, json!([{"code": "CONFLICT"}])), (1, 3, json!([]))] {
        let answer: Value = journey.graphql.ask(hours, &json!({"version": version}), "/setBusinessHours").await?;
        ensure!(answer["tenant"]["version"] == now && answer["userErrors"] == codes, "{answer}");
    }
    Ok(())
}
