//! What a business is charged by: every number lists its events, and nobody sees another's.

use anyhow::{Result, ensure};
use leadflow_gateways::whatsapp::simulator;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012345";
const BO: &str = "919820054321";

/// The day on which all of this was written, which was closed long before the log told of it.
const DAY: &str = "2026-11-06";

const USAGE: &str = "query ($from: Date!, $to: Date!) {
    usage(from: $from, to: $to) { day item category correction quantity bookedOn } }";

const EVENTS: &str = "query ($line: UsageLineInput!, $after: String) {
    usageEvents(line: $line, first: 1, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { quantity at position event } } } }";

async fn usage(journey: &Journey) -> Result<Vec<Value>> {
    journey.graphql.ask(USAGE, &json!({"from": DAY, "to": DAY}), "/usage").await
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
            .map(|line| json!([line["day"], line["item"], line["category"], line["quantity"], line["correction"]]))
            .collect();
        ensure!(shown == expected, "{shown:?}");
        Ok(())
    })
    .await?;

    let received = &usage(&journey).await?[0];
    let line = json!({"day": received["day"], "item": received["item"], "bookedOn": received["bookedOn"]});
    let (mut after, mut times) = (Value::Null, Vec::new());
    loop {
        let page: Value = journey.graphql.ask(EVENTS, &json!({"line": line, "after": after}), "/usageEvents").await?;
        ensure!(page["totalCount"] == 3, "{page}");
        let node = &page["edges"][0]["node"];
        ensure!(node["quantity"] == 1 && node["position"].as_i64().is_some_and(|position| position > 0), "{node}");
        times.push(node["at"].clone());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(times, ["2026-11-06T21:20:02Z", "2026-11-06T21:20:01Z", "2026-11-06T21:20:00Z"]);

    let others = Journey::begin().await?;
    assert_eq!(usage(&others).await?, Vec::<Value>::new());
    let theirs: Value = others.graphql.ask(EVENTS, &json!({"line": line, "after": null}), "/usageEvents").await?;
    assert_eq!((&theirs["totalCount"], &theirs["edges"]), (&json!(0), &json!([])));
    Ok(())
}

#[tokio::test]
async fn usage_is_asked_for_a_year_at_most() -> Result<()> {
    let journey = Journey::begin().await?;
    for (from, to, code) in [
        ("2026-01-01", "2027-01-01", None),
        ("2026-01-01", "2027-01-02", Some("BAD_USER_INPUT")),
        ("2026-01-02", "2026-01-01", Some("BAD_USER_INPUT")),
        ("2026-02-30", "2026-03-01", Some("BAD_USER_INPUT")),
        ("yesterday", "2026-03-01", Some("BAD_USER_INPUT")),
    ] {
        let answer = journey.graphql.send(USAGE, &json!({"from": from, "to": to})).await?;
        assert_eq!(answer.code(), code, "{from} to {to}: {}", answer.body);
    }
    Ok(())
}
