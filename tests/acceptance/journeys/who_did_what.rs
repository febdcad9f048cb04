//! What a conversation went through is told by its history: who did what, when, and why.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::graphql::inbox::Conversation;
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::begin::{Journey, text};

const HISTORY: &str = "query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    history(id: $id, first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { node { event position version type what recordedAt actor { kind id } commandId correlationId causationId } }
    } }";

/// A conversation in which a customer wrote, and an agent worked.
async fn worked_on() -> Result<(Journey, Conversation)> {
    let journey = Journey::begin().await?;
    let hello = text("919820012345", "hello", 0, "Is the blue one still there?");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(&[hello]).await?;
    let conversation = journey.graphql.conversations().await?.remove(0);
    let (graphql, id) = (&journey.graphql, &conversation.id);
    graphql.set_conversation_priority(id, "HIGH").await?;
    graphql.add_conversation_note(id, "She always asks.").await?;
    graphql.resolve_conversation(id).await?;
    Ok((journey, conversation))
}

async fn history(journey: &Journey, id: &str, page: &Value) -> Result<Value> {
    let mut variables = json!({"id": id});
    for (name, value) in page.as_object().into_iter().flatten() {
        variables[name] = value.clone();
    }
    journey.graphql.ask(HISTORY, &variables, "/history").await
}

fn nodes(history: &Value) -> Vec<Value> {
    history["edges"].as_array().into_iter().flatten().map(|edge| edge["node"].clone()).collect()
}

fn types(history: &Value) -> Vec<String> {
    nodes(history).iter().map(|node| node["type"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_conversation_s_history_tells_who_did_what_and_why() -> Result<()> {
    let (journey, conversation) = worked_on().await?;
    let told = history(&journey, &conversation.id, &json!({})).await?;
    let expected = ["resolved", "note_added", "priority_set", "message_received", "opened"];
    ensure!(types(&told) == expected.map(|name| format!("conversation.{name}")), "{told}");
    ensure!(told["totalCount"] == 5 && told["pageInfo"]["hasNextPage"] == false, "{told}");

    let viewer: Value = journey.graphql.ask("{ viewer { id } }", &json!({}), "/viewer").await?;
    let agent = json!({"kind": "TOKEN", "id": viewer["id"]});
    let provider = json!({"kind": "PROVIDER", "id": "whatsapp"});
    let [resolved, noted, set, received, opened] = &nodes(&told)[..] else { anyhow::bail!("{told}") };
    ensure!([resolved, noted, set].iter().all(|node| node["actor"] == agent), "{told}");
    ensure!([received, opened].iter().all(|node| node["actor"] == provider), "{told}");
    ensure!(set["what"] == json!({"priority": "high"}) && noted["what"]["text"] == "She always asks.", "{told}");
    ensure!(received["what"]["message"]["content"]["text"]["body"] == "Is the blue one still there?", "{received}");
    ensure!(received["commandId"] == opened["commandId"] && received["commandId"].is_string(), "{told}");
    ensure!(received["correlationId"].as_str().is_some_and(|of| of.starts_with("webhook:")), "{received}");
    ensure!(set["correlationId"] != noted["correlationId"], "each request has its own: {told}");
    let versions: Vec<_> = nodes(&told).iter().map(|node| node["version"].as_i64()).collect();
    ensure!(versions == [5, 4, 3, 2, 1].map(Some), "{told}");

    // The lead was captured because of the message.
    let lead = journey.graphql.leads().await?.remove(0);
    let captured = nodes(&history(&journey, &lead.id, &json!({})).await?);
    ensure!(captured.len() == 1 && captured[0]["type"] == "lead.captured", "{captured:?}");
    ensure!(captured[0]["actor"] == json!({"kind": "REACTOR", "id": "capture_lead"}), "{captured:?}");
    ensure!(captured[0]["causationId"] == received["event"], "{captured:?}");
    let channel = nodes(&history(&journey, &conversation.channel.id, &json!({})).await?);
    ensure!(channel[0]["actor"] == json!({"kind": "COMMAND_LINE", "id": null}), "{channel:?}");
    Ok(())
}

#[tokio::test]
async fn it_is_read_from_both_ends_and_by_its_own_business() -> Result<()> {
    let (journey, Conversation { id, .. }) = worked_on().await?;
    let versions = |page: &Value| nodes(page).iter().filter_map(|node| node["version"].as_i64()).collect::<Vec<_>>();
    let first = history(&journey, &id, &json!({"first": 2})).await?;
    ensure!(versions(&first) == [5, 4] && first["pageInfo"]["hasNextPage"] == true, "{first}");
    let next = history(&journey, &id, &json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await?;
    ensure!(versions(&next) == [3, 2], "{next}");
    let last = history(&journey, &id, &json!({"last": 2})).await?;
    ensure!(versions(&last) == [2, 1] && last["pageInfo"]["hasPreviousPage"] == true, "{last}");
    let before = history(&journey, &id, &json!({"last": 2, "before": last["pageInfo"]["startCursor"]})).await?;
    ensure!(versions(&before) == [4, 3], "{before}");
    let beyond = history(&journey, &id, &json!({"after": last["pageInfo"]["endCursor"]})).await?;
    ensure!(versions(&beyond).is_empty() && beyond["totalCount"] == 5, "{beyond}");

    // A cursor belongs to the history of one thing.
    let lead = journey.graphql.leads().await?.remove(0).id;
    let other = journey.graphql.send(HISTORY, &json!({"id": lead, "after": first["pageInfo"]["endCursor"]})).await?;
    ensure!(other.code() == Some("INVALID_CURSOR"), "{}", other.body);

    let stranger = Journey::begin().await?;
    for of in [&id, &lead] {
        ensure!(history(&stranger, of, &json!({})).await? == Value::Null, "another's {of}");
    }
    Ok(())
}

#[tokio::test]
async fn of_whom_was_erased_it_tells_no_more_than_that_something_happened() -> Result<()> {
    let (journey, conversation) = worked_on().await?;
    let contact = conversation.contact.context("a contact")?.id;
    let erase = "mutation ($id: ID!) { eraseContact(input: { contactId: $id }) { userErrors { code } } }";
    let erased: Value = journey.graphql.ask(erase, &json!({"id": contact}), "/eraseContact/userErrors").await?;
    ensure!(erased == json!([]), "{erased}");
    eventually("her words are gone", || async {
        let told = history(&journey, &conversation.id, &json!({})).await?;
        let [_, noted, _, received, _] = &nodes(&told)[..] else { anyhow::bail!("{told}") };
        ensure!(received["what"]["message"]["content"]["text"]["body"] == Value::Null, "{received}");
        ensure!(noted["what"]["text"] == Value::Null, "{noted}");
        ensure!(!told.to_string().contains("919820012345") && !told.to_string().contains("Asha"), "{told}");
        Ok(())
    })
    .await?;
    let hers = history(&journey, &contact, &json!({})).await?;
    ensure!(types(&hers).first().map(String::as_str) == Some("contact.erased"), "{hers}");
    ensure!(!hers.to_string().contains("919820012345"), "{hers}");
    Ok(())
}
