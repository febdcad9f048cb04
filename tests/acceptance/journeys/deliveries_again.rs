use anyhow::{Result, ensure};
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::{Journey, text};

/// Makes the delivery look as an older program would have left it, that could not read its first item.
async fn age(installation: &Installation) -> Result<()> {
    let sql = "update webhook_items set state = 'notice', reason = 'items of this kind are not read yet', \
               command_id = null, position = null where delivery_id = 1 and ordinal = 0";
    installation.leadflow(&["db", "psql", "--", "-c", sql]).await?.succeeded()?;
    Ok(())
}

async fn state(installation: &Installation) -> Result<Value> {
    let shown: Value = installation.json(&["webhooks", "show", "1"]).await?;
    Ok(shown["items"][0]["state"].clone())
}

#[tokio::test]
async fn what_an_older_program_could_not_read_is_looked_at_and_then_applied() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let hello = text("919820012347", "hello", 0, "Hi!");
    journey.receive(std::slice::from_ref(&hello)).await?;
    journey.shows(std::slice::from_ref(&hello)).await?;
    installation.settle().await?;
    let body = installation.leadflow(&["webhooks", "show", "1", "--body"]).await?.succeeded()?.stdout;
    assert_eq!(body.as_bytes(), journey.business.webhook(&hello));
    let events = installation.verify().await?.events;

    let reprocess = ["webhooks", "reprocess", "--since", "2020-01-01T00:00:00Z"];
    let nothing: Value = installation.json(&reprocess).await?;
    assert_eq!(nothing, json!({"deliveries": 1, "unreadable": 0, "applied": 0, "corrected": 0, "changes": []}));

    age(&installation).await?;
    let looked: Value = installation.json(&reprocess).await?;
    assert_eq!(looked["changes"][0]["before"]["state"], "notice", "{looked}");
    assert_eq!(looked["changes"][0]["after"], json!({"kind": "messages.text", "state": "applied"}), "{looked}");
    assert_eq!(looked["applied"], 0);
    let words = installation.leadflow(&reprocess).await?.succeeded()?.stdout;
    assert!(words.contains("not read yet") && words.contains("Nothing was done"), "{words}");
    for elsewhere in [["--until", "2020-01-02T00:00:00Z"], ["--state", "parked"]] {
        let none: Value = installation.json(&[&reprocess[..], &elsewhere].concat()).await?;
        assert_eq!(none["deliveries"], 0, "{none}");
    }
    assert_eq!(state(&installation).await?, "notice", "a look changes nothing");

    let applied: Value = installation.json(&[&reprocess[..], &["--apply"]].concat()).await?;
    assert_eq!(applied["applied"], 1, "{applied}");
    installation.settle().await?;
    assert_eq!(state(&installation).await?, "applied");

    age(&installation).await?;
    let one: Value = installation.json(&["webhooks", "retry", "1"]).await?;
    assert_eq!(one, json!({"deliveries": 1}));
    eventually("it is applied again", || async {
        ensure!(state(&installation).await? == "applied");
        Ok(())
    })
    .await?;
    let all: Value = installation.json(&["webhooks", "retry", "--all"]).await?;
    assert_eq!(all, json!({"deliveries": 0}), "nothing failed, waits or is parked");
    for wrong in [&["webhooks", "retry", "7"][..], &["webhooks", "show", "7"], &["webhooks", "retry"]] {
        installation.leadflow(wrong).await?.refused()?;
    }

    assert_eq!(installation.verify().await?.events, events, "twice is once");
    journey.shows(&[hello]).await?;
    server.stop().await
}
