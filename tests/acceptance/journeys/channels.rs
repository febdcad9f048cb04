//! A business connects its numbers itself, and gives them up.

use anyhow::{Result, ensure};
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use serde_json::{Value, json};

use super::begin::{Journey, of_account, shared, text};

const CONNECT: &str = "mutation ($input: ConnectWhatsappNumberInput!) { connectWhatsappNumber(input: $input) {
    channel { id displayPhone phoneNumberId wabaId app status version }
    userErrors { code field } position stale } }";
const DISCONNECT: &str = "mutation ($id: ID!, $version: Int, $key: String) {
    disconnectChannel(input: { channelId: $id, expectedVersion: $version, idempotencyKey: $key }) {
        channel { status version } userErrors { code field } position stale } }";

/// Asks for a number's details as they were registered, but for those that are in `other`.
async fn connect(journey: &Journey, of: &Journey, other: &Value) -> Result<Value> {
    let number = &of.business.number;
    let mut input = json!({
        "phoneNumberId": number.phone_number_id,
        "wabaId": number.waba_id,
        "displayPhone": format!("+{}", number.display_phone),
    });
    for (name, value) in other.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    journey.graphql.ask(CONNECT, &json!({"input": input}), "/connectWhatsappNumber").await
}

async fn disconnect(journey: &Journey, id: &Value, version: impl Into<Value>) -> Result<Value> {
    let variables = json!({"id": id, "version": version.into()});
    journey.graphql.ask(DISCONNECT, &variables, "/disconnectChannel").await
}

#[tokio::test]
async fn a_number_is_one_business_s_until_it_gives_it_up() -> Result<()> {
    let (one, other) = (Journey::begin().await?, Journey::begin().await?);
    // It is connected already; doing it twice is fine.
    let connected = connect(&one, &one, &json!({})).await?;
    let channel = &connected["channel"];
    ensure!(
        channel["status"] == "CONNECTED" && channel["version"] == 1 && connected["userErrors"] == json!([]),
        "{connected}"
    );
    ensure!(
        channel["phoneNumberId"] == json!(one.business.number.phone_number_id) && channel["app"] == Value::Null,
        "{channel}"
    );

    let taken = connect(&other, &one, &json!({})).await?;
    ensure!(taken["userErrors"] == json!([{"code": "TAKEN", "field": "phoneNumberId"}]), "{taken}");
    ensure!(taken["channel"] == Value::Null && taken["position"] == Value::Null, "{taken}");
    let foreign = disconnect(&other, &channel["id"], 1).await?;
    ensure!(foreign["userErrors"] == json!([{"code": "NOT_FOUND", "field": "channelId"}]), "{foreign}");

    let late = disconnect(&one, &channel["id"], 7).await?;
    ensure!(late["userErrors"][0]["code"] == "CONFLICT", "{late}");
    ensure!(late["channel"] == json!({"status": "CONNECTED", "version": 1}), "{late}");
    let given_up = disconnect(&one, &channel["id"], 1).await?;
    ensure!(given_up["channel"] == json!({"status": "DISCONNECTED", "version": 2}), "{given_up}");
    ensure!(disconnect(&one, &channel["id"], 2).await? == given_up, "doing it twice is fine");

    let moved = connect(&other, &one, &json!({"expectedVersion": 0})).await?;
    ensure!(moved["channel"]["status"] == "CONNECTED" && moved["userErrors"] == json!([]), "{moved}");
    let hello = text("919820012345", "hello", 0, "Is the blue one still there?");
    one.receive(std::slice::from_ref(&hello)).await?;
    eventually("what is written to it arrives at its new business", || async {
        let (theirs, ours) = (other.graphql.conversations().await?, one.graphql.conversations().await?);
        ensure!(theirs.len() == 1 && ours.is_empty(), "{theirs:?} {ours:?}");
        Ok(())
    })
    .await?;
    let taken = connect(&one, &one, &json!({"expectedVersion": 2})).await?;
    ensure!(taken["userErrors"][0]["code"] == "TAKEN", "{taken}");
    Ok(())
}

#[tokio::test]
async fn what_is_said_of_a_number_is_told_anew_and_what_is_wrong_is_refused() -> Result<()> {
    let journey = Journey::begin().await?;
    let renamed = connect(&journey, &journey, &json!({"displayPhone": "+1 555 000", "expectedVersion": 1})).await?;
    ensure!(renamed["channel"]["displayPhone"] == "+1 555 000" && renamed["channel"]["version"] == 2, "{renamed}");
    let nowhere = connect(&journey, &journey, &json!({"app": "nobody-s"})).await?;
    ensure!(nowhere["userErrors"] == json!([{"code": "NOT_FOUND", "field": "app"}]), "{nowhere}");
    for (field, wrong) in [("phoneNumberId", ""), ("wabaId", &*"9".repeat(65)), ("displayPhone", ""), ("app", "No Key")]
    {
        let mut input = json!({"phoneNumberId": "1", "wabaId": "2", "displayPhone": "3"});
        input[field] = json!(wrong);
        let answer = journey.graphql.send(CONNECT, &json!({"input": input})).await?;
        let told = &answer.body["data"]["connectWhatsappNumber"]["userErrors"];
        ensure!(*told == json!([{"code": "INVALID", "field": field}]), "{field}: {}", answer.body);
    }
    Ok(())
}

const HEALTH: &str = "{ channels(first: 1) { edges { node { health {
    quality qualitySince messagingLimit messagingLimitSince account accountSince disabledOn
    restrictions { kind until } restrictionsSince violation violationSince } } } } }";

#[tokio::test]
async fn how_a_number_stands_is_what_whatsapp_told_last() -> Result<()> {
    let (journey, other) = (Journey::begin().await?, Journey::begin().await?);
    let number = journey.business.number.clone();
    let sender = Sender::new(shared().await?.server.address(), 1)?;
    let tell = async |field: &str, time: i64, mut value: Value| -> Result<()> {
        if field == "phone_number_quality_update" && value["display_phone_number"].is_null() {
            value["display_phone_number"] = json!(number.display_phone);
        }
        sender.deliver(&[of_account(&number, field, time, &value)]).await
    };
    let health =
        async |of: &Journey| of.graphql.ask::<Value>(HEALTH, &json!({}), "/channels/edges/0/node/health").await;
    let becomes = async |expected: Value| {
        eventually("it is known", async || {
            let health = health(&journey).await?;
            ensure!(health == expected, "{health}");
            Ok(())
        })
        .await
    };
    becomes(Value::Null).await?;
    let quality = "phone_number_quality_update";
    tell(quality, 1_794_000_100, json!({"event": "FLAGGED", "current_limit": "TIER_10K"})).await?;
    let mut expected = json!({
        "quality": "BAD", "qualitySince": "2026-11-06T21:21:40Z",
        "messagingLimit": "TIER_10K", "messagingLimitSince": "2026-11-06T21:21:40Z",
        "account": null, "accountSince": null, "disabledOn": null,
        "restrictions": [], "restrictionsSince": null, "violation": null, "violationSince": null,
    });
    becomes(expected.clone()).await?;

    let restriction = json!({"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_794_600_000});
    tell("account_update", 1_794_000_200, json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [restriction]}))
        .await?;
    // What is told late, and of before, changes nothing; nor does what is about other things, or about another number.
    tell(quality, 1_794_000_050, json!({"event": "UNFLAGGED", "current_limit": "TIER_50"})).await?;
    tell("account_update", 1_794_000_250, json!({"event": "PARTNER_ADDED"})).await?;
    tell(quality, 1_794_000_260, json!({"event": "UNFLAGGED", "display_phone_number": "+1 555 000 0000"})).await?;
    let violation = json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}});
    tell("account_update", 1_794_000_270, violation).await?;
    tell("business_capability_update", 1_794_000_300, json!({"max_daily_conversations_per_business": 2000})).await?;
    expected["messagingLimit"] = json!("2000");
    expected["messagingLimitSince"] = json!("2026-11-06T21:25:00Z");
    expected["restrictions"] = json!([{"kind": "RESTRICTED_BIZ_INITIATED_MESSAGING", "until": "2026-11-13T20:00:00Z"}]);
    expected["restrictionsSince"] = json!("2026-11-06T21:23:20Z");
    expected["violation"] = json!("ADULT");
    expected["violationSince"] = json!("2026-11-06T21:24:30Z");
    becomes(expected.clone()).await?;

    let info = json!({"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "April 17, 2027"});
    tell("account_update", 1_794_000_400, json!({"event": "DISABLED_UPDATE", "ban_info": info})).await?;
    expected["account"] = json!("TO_BE_DISABLED");
    expected["accountSince"] = json!("2026-11-06T21:26:40Z");
    expected["disabledOn"] = json!("April 17, 2027");
    becomes(expected).await?;
    assert_eq!(health(&other).await?, Value::Null, "another business is told nothing of it");

    // In another account nothing of that is known.
    let input = json!({
        "phoneNumberId": number.phone_number_id, "wabaId": format!("{}9", number.waba_id),
        "displayPhone": number.display_phone,
    });
    let connected: Value = journey.graphql.ask(CONNECT, &json!({ "input": input }), "/connectWhatsappNumber").await?;
    ensure!(connected["userErrors"] == json!([]), "{connected}");
    becomes(Value::Null).await
}
