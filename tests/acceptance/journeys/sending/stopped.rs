use anyhow::{Result, ensure};
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
