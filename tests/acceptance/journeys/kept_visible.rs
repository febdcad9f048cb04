use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber};
use leadflow_tests::cli::Delivery;
use leadflow_tests::installation::Installation;
use leadflow_tests::sender::{Sender, connection, unsigned_webhook};
use leadflow_tests::server::Server;
use serde_json::json;

use super::begin::{Journey, text};

#[tokio::test]
async fn what_cannot_be_read_yet_is_kept_where_it_is_seen() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let number = &journey.business.number;
    let strangers = BusinessNumber { phone_number_id: "99999999".into(), ..number.clone() };
    let hello = text("919820012347", "hello", 0, "Hi!");
    let contacts = json!([{"profile": {"name": "Asha Rao"}, "wa_id": hello.from}]);
    let nameless = json!({
        "from": hello.from, "timestamp": "1794000001", "type": "text", "text": {"body": "It has no id"},
    });
    let words = json!({
        "from": hello.from, "id": hello.id, "timestamp": hello.timestamp.to_string(), "type": "text",
        "text": {"body": hello.body},
    });

    // What each delivery holds, and how many of its items become a message or are kept as they are.
    let deliveries = [
        (simulator::texts(&strangers, &[text("919820012347", "astray", 0, "Anybody there?")]), 0, 1),
        (simulator::messages_change(number, &contacts, &json!([nameless])), 0, 1),
        (simulator::messages_change(number, &contacts, &json!([nameless, words, {"type": "from the future"}])), 1, 2),
        (br#"{"object":"page","entry":[{"id":"1","changes":[{"field":"leadgen","value":{}}]}]}"#.to_vec(), 0, 1),
        (b"{\"object\":\"whatsapp_business_account\",\"entry\":[{".to_vec(), 0, 1),
        (b"\xff\xfe not even text".to_vec(), 0, 1),
    ];
    let sender = Sender::new(server.address(), 1)?;
    for (index, (body, applied, kept)) in deliveries.iter().enumerate() {
        let before = counts(&installation).await?;
        sender.deliver(std::slice::from_ref(body)).await?;
        installation.settle().await?;
        let after = counts(&installation).await?;
        let expected = (before.0 + 1, before.1 + applied, before.2 + kept);
        assert_eq!(after, expected, "delivery {index}: {:?}", installation.deliveries().await?);
    }

    // What is not Meta's is nobody's to look at.
    let forged = unsigned_webhook(&connection()?, server.address(), journey.business.webhook(&hello)).send().await?;
    assert_eq!(forged.status(), 401);
    assert_eq!(installation.deliveries().await?.len(), deliveries.len());
    journey.shows(&[hello]).await?;
    server.stop().await
}

/// Deliveries; items that became commands; items that were kept.
async fn counts(installation: &Installation) -> Result<(usize, u64, u64)> {
    let deliveries = installation.deliveries().await?;
    let applied = deliveries.iter().map(Delivery::applied).sum();
    let kept = deliveries.iter().map(Delivery::kept).sum();
    Ok((deliveries.len(), applied, kept))
}
