//! What a business is charged by: every number lists its events, and nobody sees another's.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012345";
const BO: &str = "919820054321";

/// The day on which all of this was written, which was closed long before the log told of it.
const DAY: &str = "2026-11-06";

const USAGE: &str = "query ($range: DateRangeInput!, $first: Int, $after: String, $last: Int, $before: String) {
    usage(range: $range) { lines { id day item category isCorrection quantity bookedOn
        explain(first: $first, after: $after, last: $last, before: $before) { ...events } } } }
    fragment events on UsageEventConnection {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { quantity at position event subject subjectId } } }";

const LINE: &str = "query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    node(id: $id) { id ... on UsageLine { item quantity
        explain(first: $first, after: $after, last: $last, before: $before) {
            totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            edges { cursor node { quantity at position event subject subjectId } } } } } }";

fn range(from: &str, to: &str) -> Value {
    json!({"range": {"from": from, "to": to}, "first": null, "after": null, "last": null, "before": null})
}

async fn usage(journey: &Journey) -> Result<Vec<Value>> {
    journey.graphql.ask(USAGE, &range(DAY, DAY), "/usage/lines").await
}

/// A page of what is behind one line.
async fn explain(journey: &Journey, line: &Value, page: Value) -> Result<Value> {
    journey.graphql.ask(LINE, &page_of(line, &page), "/node/explain").await
}

fn page_of(line: &Value, page: &Value) -> Value {
    json!({"id": line["id"], "first": page["first"], "after": page["after"], "last": page["last"],
           "before": page["before"]})
}

fn times(page: &Value) -> Vec<&str> {
    page["edges"].as_array().into_iter().flatten().filter_map(|edge| edge["node"]["at"].as_str()).collect()
}

#[tokio::test]
async fn every_number_of_a_business_s_usage_lists_its_events() -> Result<()> {
    let journey = Journey::begin().await?;
    journey.receive(&[text(ASHA, "u1", 0, "Hello"), text(ASHA, "u2", 1, "Anybody?"), text(BO, "u3", 2, "Hi")]).await?;
    let contacts = json!([{"wa_id": ASHA, "profile": {"name": "Asha Rao"}}]);
    let echo =
        json!({"to": ASHA, "id": "wamid.u4", "timestamp": "1794000003", "type": "text", "text": {"body": "Yes!"}});
    let status = json!({"id": "wamid.u4", "status": "sent", "timestamp": "1794000004", "recipient_id": ASHA,
                        "pricing": {"billable": true, "pricing_model": "PMP", "category": "service"}});
    let delivery = simulator::changes(
        &journey.business.number,
        &[
            ("smb_message_echoes", json!({"contacts": contacts, "message_echoes": [echo]})),
            ("messages", json!({"contacts": contacts, "statuses": [status]})),
        ],
    );
    Sender::new(shared().await?.server.address(), 1)?.deliver(&[delivery]).await?;

    let line = |item: &str, category: Value, quantity: i64| json!([DAY, item, category, quantity, true]);
    let expected = [
        line("MESSAGE_RECEIVED", Value::Null, 3),
        line("MESSAGE_SENT", json!("service"), 1),
        line("CONVERSATION_ACTIVE", Value::Null, 2),
        line("CONTACT_ACTIVE", Value::Null, 2),
    ];
    eventually("usage counts what was written", || async {
        // How often it was booked to and fro on one day depends on what was told first, and comes to nothing.
        let lines = usage(&journey).await?;
        let shown: Vec<Value> = lines
            .iter()
            .map(|line| json!([line["day"], line["item"], line["category"], line["quantity"], line["isCorrection"]]))
            .collect();
        ensure!(shown == expected, "{shown:?}");
        Ok(())
    })
    .await?;

    let lines = usage(&journey).await?;
    for line in &lines {
        let edges = line["explain"]["edges"].as_array().context("edges")?;
        let sum: Option<i64> = edges.iter().map(|edge| edge["node"]["quantity"].as_i64()).sum();
        ensure!(sum == line["quantity"].as_i64() && line["explain"]["totalCount"] == edges.len(), "{line}");
        ensure!(edges.iter().all(|edge| edge["node"]["position"].as_i64().is_some_and(|at| at > 0)), "{line}");
        let alone = explain(&journey, line, json!({})).await?;
        ensure!(alone == line["explain"], "a line by itself says the same: {alone}, {line}");
    }

    let received = &lines[0];
    let [earliest, middle, latest] = ["2026-11-06T21:20:00Z", "2026-11-06T21:20:01Z", "2026-11-06T21:20:02Z"];
    let first = explain(&journey, received, json!({"first": 2})).await?;
    ensure!(times(&first) == [latest, middle] && first["totalCount"] == 3, "{first}");
    ensure!(first["pageInfo"]["hasNextPage"] == true && first["pageInfo"]["hasPreviousPage"] == false, "{first}");
    let cursor = &first["pageInfo"]["endCursor"];
    let next = explain(&journey, received, json!({"first": 2, "after": cursor})).await?;
    ensure!(times(&next) == [earliest] && next["pageInfo"]["hasNextPage"] == false, "{next}");
    let last = explain(&journey, received, json!({"last": 1})).await?;
    ensure!(times(&last) == [earliest] && last["pageInfo"]["hasPreviousPage"] == true, "{last}");
    let previous = explain(&journey, received, json!({"last": 2, "before": last["pageInfo"]["startCursor"]})).await?;
    ensure!(times(&previous) == [latest, middle] && previous["pageInfo"]["hasPreviousPage"] == false, "{previous}");

    // A cursor belongs to one line. The others say so, and all of them say their numbers.
    let mut asked = range(DAY, DAY);
    asked["after"] = cursor.clone();
    let answer = journey.graphql.send(USAGE, &asked).await?;
    let shown = answer.body["data"]["usage"]["lines"].as_array().context("lines")?;
    ensure!(shown.len() == lines.len() && times(&shown[0]["explain"]) == [earliest], "{}", answer.body);
    ensure!(shown[1..].iter().all(|line| line["explain"].is_null() && line["quantity"].is_i64()), "{}", answer.body);
    ensure!(answer.code() == Some("INVALID_CURSOR"), "{}", answer.body);
    ensure!(answer.body["errors"][0]["path"] == json!(["usage", "lines", 1, "explain"]), "{}", answer.body);
    for (odd, code) in [
        (json!({"first": 101}), "BAD_USER_INPUT"),
        (json!({"last": -1}), "BAD_USER_INPUT"),
        (json!({"first": 1, "last": 1}), "BAD_USER_INPUT"),
        (json!({"after": "tomorrow"}), "INVALID_CURSOR"),
        (json!({"before": lines[1]["explain"]["pageInfo"]["startCursor"]}), "INVALID_CURSOR"),
    ] {
        let answer = journey.graphql.send(LINE, &page_of(received, &odd)).await?;
        ensure!(answer.code() == Some(code), "{odd}: {}", answer.body);
        ensure!(answer.body["data"]["node"]["quantity"] == 3, "{}", answer.body);
    }

    let others = Journey::begin().await?;
    assert_eq!(usage(&others).await?, Vec::<Value>::new());
    let theirs: Value = others.graphql.ask(LINE, &page_of(received, &json!({})), "/node").await?;
    ensure!(theirs.is_null(), "{theirs}");
    Ok(())
}

#[tokio::test]
async fn usage_is_asked_for_a_year_at_most() -> Result<()> {
    let journey = Journey::begin().await?;
    let lines = "query ($range: DateRangeInput!) { usage(range: $range) { lines { day item quantity } } }";
    let bad = Some("BAD_USER_INPUT");
    for (from, to, code) in [
        ("2026-01-01", "2027-01-01", None),
        ("2026-01-01", "2027-01-02", bad),
        ("2026-01-02", "2026-01-01", bad),
        ("2026-02-30", "2026-03-01", bad),
        ("yesterday", "2026-03-01", bad),
        ("-009999-01-01", "-009999-01-01", bad),
    ] {
        let answer = journey.graphql.send(lines, &range(from, to)).await?;
        assert_eq!(answer.code(), code, "{from} to {to}: {}", answer.body);
    }
    // What is behind a year is asked for in parts.
    let answer = journey.graphql.send(USAGE, &range("2026-01-01", "2026-12-31")).await?;
    assert_eq!(answer.code(), Some("QUERY_TOO_COMPLEX"), "{}", answer.body);
    Ok(())
}
