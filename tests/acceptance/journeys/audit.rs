//! The audit tells a business who did what in it, when and why; as a list, and as a file.

use anyhow::{Context as _, Result, ensure};
use leadflow_tests::graphql::GraphQl;
use leadflow_tests::patience::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::begin::{Journey, text};

const AUDIT: &str = "query ($filter: AuditFilter, $first: Int, $after: String) {
    audit(filter: $filter, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage }
        edges { node { event type thing stream recordedAt actor { kind id } sourceAddress commandId correlationId causationId } } } }";

async fn nodes(journey: &Journey, variables: &Value) -> Result<Vec<Value>> {
    let found: Value = journey.graphql.ask(AUDIT, variables, "/audit/edges").await?;
    Ok(found.as_array().into_iter().flatten().map(|edge| edge["node"].clone()).collect())
}

fn types(nodes: &[Value]) -> Vec<&str> {
    nodes.iter().filter_map(|node| node["type"].as_str()).collect()
}

/// A customer wrote, and somebody of the business saw to it; the conversation's id.
async fn worked_on() -> Result<(Journey, String)> {
    let journey = Journey::begin().await?;
    let hello = text("919820012345", "hello", 0, "Is the blue one still there?");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(&[hello]).await?;
    let conversation = journey.graphql.conversations().await?.remove(0).id;
    journey.graphql.set_conversation_priority(&conversation, "HIGH").await?;
    journey.graphql.resolve_conversation(&conversation).await?;
    eventually("the audit has it", || async {
        let told = nodes(&journey, &json!({"filter": {"actorKind": {"eq": "TOKEN"}}})).await?;
        ensure!(types(&told) == ["conversation.resolved", "conversation.priority_set"], "{told:?}");
        let lead = nodes(&journey, &json!({"filter": {"actorKind": {"eq": "REACTOR"}}})).await?;
        ensure!(types(&lead) == ["lead.captured"], "{lead:?}");
        Ok(())
    })
    .await?;
    Ok((journey, conversation))
}

#[tokio::test]
async fn it_tells_who_did_what_to_what_and_why() -> Result<()> {
    let (journey, conversation) = worked_on().await?;
    let all = nodes(&journey, &json!({})).await?;
    ensure!(types(&all).iter().all(|what| *what != "conversation.message_received"), "no one's act: {all:?}");
    let viewer: Value = journey.graphql.ask("{ viewer { id } }", &json!({}), "/viewer/id").await?;
    let resolved = all.iter().find(|act| act["type"] == "conversation.resolved").context("it was resolved")?;
    ensure!(resolved["actor"] == json!({"kind": "TOKEN", "id": viewer}), "{resolved}");
    ensure!(resolved["thing"] == json!(conversation) && resolved["recordedAt"].is_string(), "{resolved}");
    let captured = all.iter().find(|act| act["type"] == "lead.captured").context("a lead was captured")?;
    ensure!(captured["causationId"].is_string() && captured["actor"]["id"] == "capture_lead", "{captured}");
    let connected = all.iter().find(|act| act["type"] == "channel.whatsapp_number_connected").context("connected")?;
    ensure!(connected["actor"] == json!({"kind": "COMMAND_LINE", "id": null}), "{connected}");

    for (filter, those) in [
        (json!({"thing": {"eq": conversation}}), 2),
        (json!({"actorId": {"eq": viewer}, "type": {"contains": "resolved"}}), 1),
        (json!({"type": {"eq": "conversation.resolved"}, "correlationId": {"eq": resolved["correlationId"]}}), 1),
        (json!({"recordedAt": {"lte": "2020-01-01T00:00:00Z"}}), 0),
        (json!({"not": {"actorKind": {"in": ["TOKEN", "REACTOR", "COMMAND_LINE"]}}}), 0),
    ] {
        let found = nodes(&journey, &json!({"filter": filter})).await?;
        ensure!(found.len() == those, "{filter}: {found:?}");
    }
    let first: Value = journey.graphql.ask(AUDIT, &json!({"first": 1}), "/audit").await?;
    let after = json!({"first": 100, "after": first["pageInfo"]["endCursor"]});
    let rest = nodes(&journey, &after).await?;
    ensure!(first["totalCount"] == all.len() && rest[..] == all[1..], "{first} {rest:?}");
    Ok(())
}

#[tokio::test]
async fn a_file_has_the_same_and_is_its_own_business_s() -> Result<()> {
    let (journey, _) = worked_on().await?;
    let all = nodes(&journey, &json!({"first": 100})).await?;
    let (status, lines) = journey.graphql.get("/exports/audit?format=jsonl").await?;
    ensure!(status == StatusCode::OK, "{status}: {lines}");
    let exported = lines.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let events = |acts: &[Value]| acts.iter().map(|act| act["event"].clone()).collect::<Vec<_>>();
    ensure!(events(&exported) == events(&all) && types(&exported) == types(&all), "{lines}");

    let (status, table) = journey.graphql.get("/exports/audit?from=2020-01-01T00:00:00Z").await?;
    ensure!(status == StatusCode::OK && table.starts_with("recordedAt,actor,type,"), "{status}: {table}");
    ensure!(table.lines().count() == all.len() + 1, "{table}");
    let (status, none) = journey.graphql.get("/exports/audit?until=2020-01-01T00:00:00Z").await?;
    ensure!(status == StatusCode::OK && none.lines().count() == 1, "{status}: {none}");

    for odd in ["?format=xlsx", "?from=yesterday", "?to=2020-01-01T00:00:00Z"] {
        let (status, refused) = journey.graphql.get(&format!("/exports/audit{odd}")).await?;
        ensure!(status == StatusCode::BAD_REQUEST && refused.contains("BAD_USER_INPUT"), "{odd}: {status} {refused}");
    }
    let stranger = Journey::begin().await?;
    let (_, others) = stranger.graphql.get("/exports/audit?format=jsonl").await?;
    ensure!(exported.iter().all(|act| !others.contains(act["event"].as_str().unwrap_or("none"))), "{others}");
    let nobody = GraphQl::anonymous(journey.graphql.address())?;
    let (status, refused) = nobody.get("/exports/audit").await?;
    ensure!(status == StatusCode::UNAUTHORIZED && refused.contains("UNAUTHENTICATED"), "{status}: {refused}");
    Ok(())
}
