use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber};
use leadflow_tests::business::Business;
use leadflow_tests::installation::Installation;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::Value;

use super::begin::{Journey, text};

#[tokio::test]
async fn what_customers_wrote_before_the_number_was_connected_is_in_the_inbox_once_it_is() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let number = BusinessNumber {
        phone_number_id: "777000111".into(),
        waba_id: "888000111".into(),
        display_phone: "15559990001".into(),
    };
    let texts = [text("919820012347", "early", 0, "Anybody there?"), text("393331234567", "later", 1, "Ciao")];
    Sender::new(server.address(), 1)?.deliver(&[simulator::texts(&number, &texts)]).await?;
    installation.settle().await?;
    let shown: Value = installation.json(&["webhooks", "show", "1"]).await?;
    assert_eq!(shown["items"][0]["waitsFor"], "number:777000111", "{shown}");
    assert_eq!(shown["items"][1]["state"], "waiting", "{shown}");

    let journey = Journey::of(&server, Business::register_with(&installation, number).await?)?;
    journey.shows(&texts).await?;
    installation.settle().await?;
    let shown: Value = installation.json(&["webhooks", "show", "1"]).await?;
    assert!(shown["items"].as_array().is_some_and(|items| items.iter().all(|item| item["state"] == "applied")));
    assert!(shown["items"][0]["contactId"].is_string(), "{shown}");
    server.stop().await
}
