//! A business keeps answers ready: whoever may makes them, everybody takes them, and each reads as it was meant for her customer.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::colleagues::{Colleague, done};
use leadflow_tests::graphql::GraphQl;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012391";

const ANSWER: &str = "responseTemplate { id title intent body version } userErrors { code field message } stale";

fn mutation(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation ($input: {input}!) {{ done: {name}(input: $input) {{ {ANSWER} }} }}")
}

/// The answers to what customers want, by their titles; all, where nothing is said.
async fn titles(graphql: &GraphQl, intent: Option<&str>) -> Result<Vec<String>> {
    let document =
        "query ($intent: String) { responseTemplates(intent: $intent) { totalCount edges { node { title } } } }";
    let shown: Value = graphql.ask(document, &json!({"intent": intent}), "/responseTemplates").await?;
    let edges = shown["edges"].as_array().context("no edges")?;
    ensure!(shown["totalCount"] == json!(edges.len()), "{shown}");
    edges.iter().map(|edge| Ok(edge["node"]["title"].as_str().context("no title")?.to_owned())).collect()
}

#[tokio::test]
async fn an_answer_that_is_kept_ready_is_taken_by_everybody() -> Result<()> {
    let journey = Journey::begin().await?;
    let hello = text(ASHA, "hello", 0, "Do you deliver?");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(std::slice::from_ref(&hello)).await?;
    let conversation = journey.graphql.conversations().await?.remove(0).id;
    let owner = &journey.graphql;
    let agent = Colleague::join(&shared().await?.installation, owner, "AGENT", json!({})).await?.graphql;

    let welcome = json!({"title": "Welcome", "intent": "greeting",
                         "body": "Hi {{contact.name|there}}, this is {{member.name|the shop}}."});
    let made = done(owner, &mutation("createResponseTemplate"), &welcome).await?["responseTemplate"].take();
    let delivery = json!({"title": "Delivery", "intent": "delivery", "body": "Within three days."});
    done(owner, &mutation("createResponseTemplate"), &delivery).await?;
    // Refused by name: a title that is taken, and a variable that there is none of.
    for (said, code, field) in [
        (json!({"title": "WELCOME", "body": "Hello"}), "TAKEN", "title"),
        (json!({"title": "Phone", "body": "We call {{contact.phone}}"}), "INVALID", "body"),
    ] {
        let refused: Value = owner.ask(&mutation("createResponseTemplate"), &json!({"input": said}), "/done").await?;
        let error = &refused["userErrors"][0];
        ensure!(error["code"] == code && error["field"] == field, "{refused}");
    }
    // An agent takes them, and does not make them.
    let made_by_agent: Value =
        agent.ask(&mutation("createResponseTemplate"), &json!({"input": delivery}), "/done").await?;
    ensure!(made_by_agent["userErrors"][0]["code"] == "FORBIDDEN", "{made_by_agent}");
    ensure!(titles(&agent, None).await? == ["Welcome", "Delivery"], "everybody sees all");
    ensure!(titles(&agent, Some("delivery")).await? == ["Delivery"], "by what customers want");

    let document = "query ($id: ID!, $conversation: ID!) {
        renderResponseTemplate(id: $id, conversationId: $conversation) { text missing } }";
    let about = json!({"id": made["id"], "conversation": conversation});
    let rendered =
        async |graphql: &GraphQl| -> Result<Value> { graphql.ask(document, &about, "/renderResponseTemplate").await };
    let text = rendered(&agent).await?["text"].take();
    ensure!(text.as_str().is_some_and(|text| text.ends_with("this is Bo.")), "{text}");
    let text = rendered(owner).await?["text"].take();
    ensure!(text.as_str().is_some_and(|text| text.ends_with("this is the shop.")), "{text}");

    let change = json!({"responseTemplateId": made["id"], "title": "Greeting", "body": "{{member.name}} here",
                        "expectedVersion": made["version"]});
    let changed = done(owner, &mutation("changeResponseTemplate"), &change).await?["responseTemplate"].take();
    ensure!(changed["title"] == "Greeting" && changed["intent"].is_null(), "{changed}");
    ensure!(rendered(owner).await? == json!({"text": null, "missing": "MEMBER_NAME"}), "nobody in particular asks");
    ensure!(rendered(&agent).await?["text"] == "Bo here", "she has a name");

    let about = json!({"responseTemplateId": made["id"]});
    done(owner, &mutation("removeResponseTemplate"), &about).await?;
    ensure!(titles(&agent, None).await? == ["Delivery"], "it is not kept any more");
    // Its title is free.
    done(owner, &mutation("createResponseTemplate"), &welcome).await?;
    Ok(())
}
