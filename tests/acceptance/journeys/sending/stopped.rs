use anyhow::{Context as _, Result, ensure};
use leadflow_tests::patience::eventually;
use serde_json::{Value, json};

use super::desk::{Desk, token};

#[tokio::test]
async fn a_number_whose_token_is_over_holds_its_queue_until_another_is_entered() -> Result<()> {
    let desk = Desk::open().await?;
    let number = desk.journey.business.number.clone();
    desk.shared.meta.revoke(&token(&number.phone_number_id));
    let first = desk.writes("One").await?;
    let stopped = eventually("the number is stopped", async || {
        let found =
            desk.ask("{ channels(first: 1) { edges { node { sendingStopped { code title } } } } }", json!({})).await?;
        let stopped = found["channels"]["edges"][0]["node"]["sendingStopped"].clone();
        ensure!(stopped.is_object(), "{found}");
        Ok(stopped)
    });
    assert_eq!(stopped.await?["code"], 190);
    assert_eq!(desk.message(&first).await?["status"], "QUEUED", "it waits");
    let refused = desk.sends(json!({ "text": "Two" })).await?;
    assert_eq!(refused["userErrors"][0]["code"], "NUMBER_NOT_READY", "whoever writes is told");
    let jobs: Value = desk.jobs().await?;
    let held = jobs["jobs"]
        .as_array()
        .and_then(|jobs| jobs.iter().find(|job| job["tenant"] == desk.journey.business.tenant.as_str()));
    assert!(held.is_some_and(|job| job["stoppedBecause"].as_str().is_some_and(|why| why.contains("190"))), "{jobs}");

    let other = format!("{}b", token(&number.phone_number_id));
    desk.shared.meta.reaches(&other, number, "A shop");
    desk.enter_credentials(&other).await?;
    assert_eq!(desk.taken(1).await?[0].body["text"]["body"], "One");
    desk.becomes(&first, "ACCEPTED").await?;
    desk.writes("Two").await?;
    let taken = desk.taken(2).await?;
    assert_eq!(taken[1].body["text"]["body"], "Two", "in their order");
    Ok(())
}

#[tokio::test]
async fn an_operator_sees_to_a_job() -> Result<()> {
    let desk = Desk::open().await?;
    let operator = desk.operator().await?;
    let number = desk.journey.business.number.clone();
    desk.shared.meta.revoke(&token(&number.phone_number_id));
    desk.writes("One").await?;
    let tenant = desk.journey.business.tenant.clone();
    let id = eventually("its job waits for the number", async || {
        let listed: Value = operator
            .ask(
                "{ jobs(first: 100, status: WAITING, kind: \"send_message\") { edges { node { id tenantId stoppedAt } } } }",
                &json!({}),
                "/jobs/edges",
            )
            .await?;
        let hers = listed.as_array().and_then(|jobs| jobs.iter().find(|job| job["node"]["tenantId"] == tenant.as_str()));
        let job = hers.context("no job yet")?["node"].clone();
        ensure!(job["stoppedAt"].is_string(), "{job}");
        job["id"].as_str().map(str::to_owned).context("no id")
    })
    .await?;
    let document = |mutation: &str| {
        format!(
            "mutation ($id: ID!) {{ done: {mutation}(input: {{ jobId: $id }}) {{ job {{ id status }} userErrors {{ code field }} }} }}"
        )
    };
    let done = async |mutation: &str, id: &str| -> Result<Value> {
        operator.ask(&document(mutation), &json!({ "id": id }), "/done").await
    };
    let with = |status: &str| json!({ "job": { "id": id, "status": status }, "userErrors": [] });
    let refused = |job: Value, code: &str| json!({ "job": job, "userErrors": [{ "code": code, "field": "jobId" }] });
    assert_eq!(done("cancelJob", &id).await?, with("CANCELLED"));
    let cancelled = json!({ "id": id, "status": "CANCELLED" });
    assert_eq!(done("cancelJob", &id).await?, refused(cancelled.clone(), "WRONG_STATUS"), "it does not wait any more");
    let shown: Value =
        operator.ask("query ($id: ID!) { job(id: $id) { id status } }", &json!({ "id": id }), "/job").await?;
    assert_eq!(shown, cancelled);
    let nowhere = "00000000-0000-0000-0000-000000000bad";
    for mutation in ["retryJob", "cancelJob"] {
        assert_eq!(done(mutation, nowhere).await?, refused(Value::Null, "NOT_FOUND"));
        let hers = desk.graphql().send(&document(mutation), &json!({ "id": id })).await?;
        assert_eq!(hers.code(), Some("FORBIDDEN"), "{mutation}: nobody of a business sees to jobs");
    }
    let hers = desk.graphql().send("query ($id: ID!) { job(id: $id) { id } }", &json!({ "id": id })).await?;
    assert_eq!(hers.code(), Some("FORBIDDEN"));
    assert_eq!(done("retryJob", &id).await?, with("WAITING"));
    let other = format!("{}c", token(&number.phone_number_id));
    desk.shared.meta.reaches(&other, number, "A shop");
    desk.enter_credentials(&other).await?;
    assert_eq!(desk.taken(1).await?[0].body["text"]["body"], "One", "once");
    Ok(())
}
