//! Deliveries that hurt other products: repeated, mixed, huge, moved, and made up by Meta itself. See `docs/NASTY_CASES.md`.

use anyhow::{Context as _, Result, ensure};
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber, Text};
use leadflow_tests::business::Business;
use leadflow_tests::export::CanonicalExport;
use leadflow_tests::installation::Installation;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use leadflow_tests::trace::Trace;
use serde_json::{Value, json};

use super::begin::{Journey, shared, text};

const ASHA: &str = "919820012352";

async fn deliver(server: &Server, at_once: usize, bodies: &[Vec<u8>]) -> Result<()> {
    Sender::new(server.address(), at_once)?.deliver(bodies).await
}

#[tokio::test]
async fn one_delivery_again_and_again_and_in_another_batch_is_one_message() -> Result<()> {
    let (journey, server) = (Journey::begin().await?, &shared().await?.server);
    let (hello, more) = (text(ASHA, "hello", 0, "Hi!"), text(ASHA, "more", 1, "Anybody there?"));
    let body = journey.business.webhook(&hello);
    deliver(server, 1, &vec![body.clone(); 2]).await?;
    deliver(server, 3, &vec![body; 3]).await?;
    let batch = simulator::texts(&journey.business.number, &[more.clone(), hello.clone(), more.clone()]);
    deliver(server, 1, &[batch]).await?;
    shared().await?.installation.settle().await?;
    journey.shows(&[hello, more]).await
}

#[tokio::test]
async fn one_delivery_to_two_businesses_is_read_by_each_alone() -> Result<()> {
    let server = &shared().await?.server;
    let (one, other) = (Journey::begin().await?, Journey::begin().await?);
    let (to_one, to_other) = (text(ASHA, "to-one", 0, "A secret"), text(ASHA, "to-other", 1, "Another"));
    let nobody = BusinessNumber { phone_number_id: "888000222".into(), ..one.business.number.clone() };
    let status = json!({"id": "wamid.sent", "status": "read", "timestamp": "1794000000", "recipient_id": ASHA});
    let mut entries = Vec::new();
    for body in [
        one.business.webhook(&to_one),
        simulator::texts(&nobody, &[text(ASHA, "to-nobody", 2, "Hello?")]),
        simulator::changes(&one.business.number, &[("messages", json!({ "statuses": [status] }))]),
        other.business.webhook(&to_other),
    ] {
        let mut body: Value = serde_json::from_slice(&body)?;
        entries.push(body["entry"][0].take());
    }
    let body = json!({"object": "whatsapp_business_account", "entry": entries}).to_string().into_bytes();
    deliver(server, 1, &[body]).await?;
    shared().await?.installation.settle().await?;
    one.shows(&[to_one]).await?;
    other.shows(&[to_other]).await
}

#[tokio::test]
async fn a_number_that_moves_to_another_business_takes_nothing_along() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let before = Journey::begin_on(&installation, &server).await?;
    let (early, late) = (text(ASHA, "early", 0, "A secret between us"), text(ASHA, "late", 1, "Who is this?"));
    before.receive(std::slice::from_ref(&early)).await?;
    before.shows(std::slice::from_ref(&early)).await?;

    installation.leadflow(&["channel", "disconnect", &before.business.channel]).await?.succeeded()?;
    // What comes in between waits for whoever has the number next.
    before.receive(std::slice::from_ref(&late)).await?;
    installation.settle().await?;
    let number = before.business.number.clone();
    let after = Journey::of(&server, Business::register_with(&installation, number).await?)?;
    after.shows(&[late]).await?;
    installation.settle().await?;
    before.shows(&[early]).await?;
    server.stop().await
}

#[tokio::test]
async fn a_text_of_twenty_thousand_characters_is_shown_whole() -> Result<()> {
    let journey = Journey::begin().await?;
    let long = text(ASHA, "long", 0, &"é👩\u{200d}💻 ".repeat(4_000));
    journey.receive(std::slice::from_ref(&long)).await?;
    journey.shows(&[long]).await
}

#[tokio::test]
async fn three_megabytes_of_a_thousand_messages_are_taken_in_one_piece() -> Result<()> {
    let journey = Journey::begin().await?;
    // A change names each of its people once.
    let named = |text: Text| Text { name: format!("Customer {}", text.from), ..text };
    let texts: Vec<Text> = Trace::new(15, 50).take(1_000).map(named).collect();
    let mut body: Value = serde_json::from_slice(&simulator::texts(&journey.business.number, &texts))?;
    let missing = 3_000_000_usize.checked_sub(body.to_string().len()).context("the texts alone are longer")?;
    body["padding"] = json!("x".repeat(missing));
    deliver(&shared().await?.server, 1, &[body.to_string().into_bytes()]).await?;
    shared().await?.installation.settle().await?;
    journey.shows(&texts).await
}

/// As Meta's dashboard makes one up: the same id and the same number each time, of no account.
fn sample() -> (BusinessNumber, Value) {
    let number = BusinessNumber {
        phone_number_id: "123456123".into(),
        waba_id: "0".into(),
        display_phone: "16505551111".into(),
    };
    let message = json!({
        "from": "16315551181", "id": "ABGGFlA5Fpa", "timestamp": "1504902988", "type": "text",
        "text": {"body": "this is a text message"},
    });
    (number, message)
}

#[tokio::test]
async fn a_sample_of_meta_s_dashboard_reaches_nobody_however_often_it_comes() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let (number, message) = sample();
    let people = json!([{"wa_id": message["from"], "profile": {"name": "test user name"}}]);
    let wrapped = simulator::messages_change(&number, &people, &json!([message]));
    // One of the dashboard's buttons sends the change alone.
    let whole: Value = serde_json::from_slice(&wrapped)?;
    let alone = whole["entry"][0]["changes"][0].to_string().into_bytes();
    let before = installation.verify().await?.events;
    deliver(&server, 1, &[wrapped.clone(), alone.clone(), wrapped]).await?;
    installation.settle().await?;
    let kept: Vec<_> = installation.deliveries().await?.into_iter().map(|delivery| delivery.items).collect();
    ensure!(kept.len() == 3 && kept.iter().all(|items| items.get("waiting") == Some(&1)), "{kept:?}");
    assert_eq!(installation.verify().await?.events, before);
    assert_eq!(CanonicalExport::read(&journey.graphql).await?.message_count(), 0);

    // It is a message like any other to whoever connects that number, and one.
    let tester = Journey::of(&server, Business::register_with(&installation, number).await?)?;
    deliver(&server, 1, &[alone]).await?;
    installation.settle().await?;
    let shown = CanonicalExport::read(&tester.graphql).await?;
    assert_eq!(shown.message_count(), 1);
    assert_eq!(shown.conversations[0].last_message.as_deref(), Some("ABGGFlA5Fpa"));
    server.stop().await
}
