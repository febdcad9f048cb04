use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{Fault, Mishap, Status};
use serde_json::json;

use super::desk::Desk;

#[tokio::test]
async fn what_may_pass_is_sent_again_and_what_will_not_fails_with_its_reason() -> Result<()> {
    let desk = Desk::open().await?;
    desk.shared.meta.plan(Fault::refused(131_000).to(&desk.customer));
    let id = desk.writes("One").await?;
    assert_eq!(desk.taken(1).await?.len(), 1);
    let accepted = desk.becomes(&id, "ACCEPTED").await?;
    assert_eq!(accepted["sending"]["attempts"], 2, "the first was refused for now");
    assert_eq!(accepted["sending"]["error"]["code"], "131000", "and why is told");
    assert_eq!(accepted["sending"]["error"]["class"], "RETRY", "and what follows from it");

    desk.shared.meta.plan(Fault::refused(131_026).to(&desk.customer));
    let undeliverable = desk.writes("Two").await?;
    let failed = desk.becomes(&undeliverable, "FAILED").await?;
    assert_eq!(failed["failure"]["code"], "131026");

    // A person may ask for it to be sent again.
    let retried = desk.asks("retryMessage", &undeliverable).await?;
    assert_eq!(retried["userErrors"], json!([]));
    desk.taken(2).await?;
    desk.becomes(&undeliverable, "ACCEPTED").await?;
    Ok(())
}

#[tokio::test]
async fn who_has_it_sent_again_has_it_tried_as_often_as_the_first_time() -> Result<()> {
    let desk = Desk::open().await?;
    // Nothing here knows this code: it is tried once more.
    desk.shared.meta.plan(Fault::refused(999_999).to(&desk.customer).times(3));
    let id = desk.writes("One").await?;
    assert_eq!(desk.becomes(&id, "FAILED").await?["sending"]["attempts"], 2);
    assert_eq!(desk.asks("retryMessage", &id).await?["userErrors"], json!([]));
    desk.taken(1).await?;
    let accepted = desk.becomes(&id, "ACCEPTED").await?;
    assert_eq!(accepted["sending"]["attempts"], 4, "refused for the third time, and taken the fourth");
    Ok(())
}

#[tokio::test]
async fn one_that_failed_on_its_way_may_be_sent_again_and_its_old_statuses_count_no_more() -> Result<()> {
    let desk = Desk::open().await?;
    let id = desk.writes("One").await?;
    let first = desk.taken(1).await?[0].wamid.clone();
    desk.shared.meta.tell(&first, Status::Failed(131_049)).await?;
    let failed = desk.becomes(&id, "FAILED").await?;
    assert_eq!((&failed["failure"]["code"], &failed["failure"]["class"]), (&json!("131049"), &json!("NEVER")));
    assert_eq!(desk.asks("retryMessage", &id).await?["userErrors"], json!([]));
    let second = desk.taken(2).await?[1].wamid.clone();
    desk.becomes(&id, "ACCEPTED").await?;
    desk.shared.meta.tell(&first, Status::Sent).await?;
    desk.shared.meta.tell(&second, Status::Delivered).await?;
    let delivered = desk.becomes(&id, "DELIVERED").await?;
    assert_eq!((&delivered["sending"]["attempts"], &delivered["failure"]), (&json!(2), &json!(null)));
    assert_eq!(desk.asks("retryMessage", &id).await?["userErrors"], json!([{ "code": "WRONG_STATUS" }]));
    assert_eq!(desk.asks("cancelMessage", &id).await?["userErrors"], json!([{ "code": "WRONG_STATUS" }]));
    Ok(())
}

#[tokio::test]
async fn one_that_waits_is_taken_back_and_the_next_goes_on() -> Result<()> {
    let desk = Desk::open().await?;
    // It waits some seconds to be sent again.
    desk.shared.meta.plan(Fault::refused(131_056).to(&desk.customer));
    let first = desk.writes("One").await?;
    let second = desk.writes("Two").await?;
    let waiting = leadflow_tests::patience::eventually("it is refused for now", async || {
        let message = desk.message(&first).await?;
        anyhow::ensure!(message["sending"]["nextAttemptAt"].is_string(), "{message}");
        Ok(message)
    });
    assert_eq!(waiting.await?["status"], "QUEUED");
    assert_eq!(desk.asks("cancelMessage", &first).await?["message"]["status"], "CANCELLED");
    assert_eq!(desk.taken(1).await?[0].body["text"]["body"], "Two", "the first never left");
    desk.becomes(&second, "ACCEPTED").await?;
    assert_eq!(desk.message(&first).await?["status"], "CANCELLED");
    Ok(())
}

#[tokio::test]
async fn a_conversation_that_is_not_hers_is_nobody_s_to_write_to() -> Result<()> {
    let (desk, other) = (Desk::open().await?, Desk::open().await?);
    let foreign = Desk { conversation: other.conversation.clone(), ..desk };
    let sent = foreign.sends(json!({ "text": "Hi" })).await?;
    assert_eq!(sent["userErrors"][0]["code"], "NOT_FOUND", "{sent}");
    Ok(())
}

#[tokio::test]
async fn a_page_of_an_outage_leaves_it_unknown() -> Result<()> {
    let desk = Desk::open().await?;
    desk.shared.meta.plan(Fault::new(Mishap::Page { status: 502 }).to(&desk.customer));
    let id = desk.writes("One").await?;
    let unknown = desk.becomes(&id, "UNKNOWN").await?;
    assert_eq!(unknown["sending"]["cause"], "NO_ANSWER");
    assert_eq!(desk.asks("retryMessage", &id).await?["userErrors"], json!([{ "code": "OUTCOME_UNKNOWN" }]));
    Ok(())
}
