use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use leadflow_gateways::whatsapp::simulator::{self, Text};
use leadflow_tests::installation::Installation;
use leadflow_tests::patience::eventually;
use leadflow_tests::sender::Sender;
use leadflow_tests::server::Server;
use serde_json::{Value, json};

use super::begin::Journey;

const PHONE: &str = "393339990001";
const NAME: &str = "Marisol Quintanilla-Übeda";
const WORDS: &str = "zanzibar-cobalt-teapot, please";

/// Somebody's text with an id as Meta makes them: base64 around the phone.
fn text(phone: &str, name: &str, nth: i64, body: &str) -> Text {
    Text {
        from: phone.to_owned(),
        name: name.to_owned(),
        id: format!("wamid.{}", STANDARD.encode(format!("\u{1d}\u{5}\u{c}{phone}\u{15}\u{2}{nth:016}"))),
        timestamp: 1_794_000_000 + nth,
        body: body.to_owned(),
    }
}

/// Every form in which a marker could lie around: as it is, in hex, and in base64 at any of its three offsets.
fn forms(marker: &str) -> Vec<String> {
    let bytes = marker.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let base64 = (0..3).map(|offset| {
        let padded = [&[0; 3][..offset], bytes].concat();
        // What comes before and after decides the characters at either end.
        let begin = [0, 2, 3][offset];
        let end = padded.len() * 8 / 6;
        STANDARD.encode(&padded)[begin..end].to_owned()
    });
    [marker.to_owned(), hex].into_iter().chain(base64).collect()
}

/// Everything the database holds, as text, and with it the bodies of all deliveries, opened.
pub(super) async fn dump(installation: &Installation) -> Result<String> {
    let mut dump = installation.leadflow(&["db", "dump", "--", "--inserts"]).await?.succeeded()?.stdout;
    for delivery in 1..=installation.deliveries().await?.len() {
        let arguments = ["webhooks", "show", &delivery.to_string(), "--body"];
        dump.push_str(&as_it_was_meant(&installation.leadflow(&arguments).await?.succeeded()?.stdout));
    }
    Ok(dump)
}

/// A body as JSON spells it, without the escapes that Meta puts in.
fn as_it_was_meant(body: &str) -> String {
    serde_json::from_str(body).map_or_else(|_| body.to_owned(), |body: Value| body.to_string())
}

pub(super) fn found(dump: &str, markers: &[&str]) -> Vec<String> {
    markers.iter().flat_map(|marker| forms(marker)).filter(|form| dump.contains(form)).collect()
}

const CONTACTS: &str = "{ conversations(first: 10) { edges { node { id contact { id displayName phone }
    lastMessage { text } messages(first: 10) { edges { node { text } } totalCount } } } } }";

const ERASE: &str =
    "mutation ($id: ID!, $key: String) { eraseContact(input: { contactId: $id, idempotencyKey: $key }) {
    contact { id displayName phone } userErrors { code field } position stale } }";

async fn threads(journey: &Journey) -> Result<Vec<Value>> {
    let edges: Vec<Value> = journey.graphql.ask(CONTACTS, &json!({}), "/conversations/edges").await?;
    Ok(edges.into_iter().map(|edge| edge["node"].clone()).collect())
}

#[tokio::test]
async fn an_erased_person_is_gone_from_everywhere_and_the_history_stays() -> Result<()> {
    let installation = Installation::new()?;
    let server = Server::start(&installation).await?;
    let journey = Journey::begin_on(&installation, &server).await?;
    let hers: Vec<Text> = (0..3).map(|nth| text(PHONE, NAME, nth, WORDS)).collect();
    let others = text("919820012345", "Asha Rao", 3, "Is the blue one still there?");
    journey.receive(&hers).await?;
    journey.receive(std::slice::from_ref(&others)).await?;
    // Both in one delivery, which comes for the second time.
    let both = simulator::texts(&journey.business.number, &[hers[0].clone(), others.clone()]);
    Sender::new(server.address(), 1)?.deliver(std::slice::from_ref(&both)).await?;
    journey.shows(&[hers.clone(), vec![others.clone()]].concat()).await?;
    installation.settle().await?;

    let ids: Vec<&str> = hers.iter().map(|text| text.id.as_str()).collect();
    let markers = [&[PHONE, NAME, WORDS], ids.as_slice()].concat();
    // The search finds what the inbox must show, so it would find it elsewhere too; and in a delivery.
    ensure!(!found(&dump(&installation).await?, &markers).is_empty());
    ensure!(!found(&as_it_was_meant(&String::from_utf8(both)?), &markers).is_empty());
    let contact = threads(&journey).await?.into_iter().find(|thread| thread["contact"]["displayName"] == NAME);
    let id = contact.map(|thread| thread["contact"]["id"].clone()).expect("she is in the inbox");

    // Twice is fine, also by the same key.
    for key in [json!("forget her"), json!("forget her"), json!(null)] {
        let erased: Value = journey.graphql.ask(ERASE, &json!({"id": id, "key": key}), "/eraseContact").await?;
        assert_eq!(erased["userErrors"], json!([]), "{erased}");
        assert_eq!(erased["contact"], json!({"id": id, "displayName": null, "phone": null}), "{erased}");
    }
    installation.settle().await?;
    assert_eq!(found(&dump(&installation).await?, &markers), Vec::<String>::new());
    let verified = installation.verify().await?;
    ensure!(verified.ok, "{verified:?}");

    // What happened stays, without her; everybody else is as before.
    let shown = threads(&journey).await?;
    assert_eq!(shown.len(), 2);
    for thread in shown {
        let is_hers = thread["contact"]["id"] == id;
        assert_eq!(thread["messages"]["totalCount"], if is_hers { 3 } else { 1 });
        assert_eq!(thread["lastMessage"]["text"], if is_hers { json!(null) } else { json!(others.body) });
    }

    // Her neighbour's item is still there to be read again, and hers is not.
    let mixed: Value = installation.json(&["webhooks", "show", "5"]).await?;
    assert_eq!((&mixed["items"][0]["erased"], &mixed["items"][1]["erased"]), (&json!(true), &json!(false)), "{mixed}");
    installation.leadflow(&["webhooks", "retry", "1", "2", "3", "4", "5"]).await?.succeeded()?;
    installation.settle().await?;
    assert_eq!(installation.json::<Value>(&["webhooks", "show", "5"]).await?["items"], mixed["items"]);
    let body = installation.leadflow(&["webhooks", "show", "5", "--body"]).await?.succeeded()?.stdout;
    ensure!(body.contains(&others.body) && body.contains(&others.from), "{body}");

    // An old message that comes again brings nobody back.
    journey.receive(&hers).await?;
    installation.settle().await?;
    assert_eq!(threads(&journey).await?.len(), 2);
    assert_eq!(found(&dump(&installation).await?, &markers), Vec::<String>::new());

    // When she writes again, she is somebody new.
    journey.receive(&[text(PHONE, NAME, 9, "hello again")]).await?;
    eventually("she is there anew", || async {
        let threads = threads(&journey).await?;
        ensure!(threads.len() == 3, "{threads:?}");
        let anew = threads.iter().find(|thread| thread["contact"]["displayName"] == NAME);
        ensure!(anew.is_some_and(|thread| thread["contact"]["id"] != id), "{threads:?}");
        Ok(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn nobody_erases_another_business_s_contact() -> Result<()> {
    let (mine, theirs) = (Journey::begin().await?, Journey::begin().await?);
    let hers = text(PHONE, NAME, 0, WORDS);
    theirs.receive(std::slice::from_ref(&hers)).await?;
    theirs.shows(std::slice::from_ref(&hers)).await?;
    let id = threads(&theirs).await?.remove(0)["contact"]["id"].clone();
    let refused: Value = mine.graphql.ask(ERASE, &json!({"id": id}), "/eraseContact").await?;
    assert_eq!(refused["userErrors"], json!([{"code": "NOT_FOUND", "field": "contactId"}]), "{refused}");
    theirs.shows(&[hers]).await
}

#[test]
fn a_marker_is_found_in_each_of_its_forms() {
    for before in ["", "x", "xy", "xyz"] {
        let hidden = STANDARD.encode(format!("{before}{PHONE} and more"));
        assert!(!found(&hidden, &[PHONE]).is_empty(), "{before}");
    }
    assert!(!found("33393333 39393930303031", &["3393333"]).is_empty());
    assert!(found("nothing of hers", &[PHONE, NAME, WORDS]).is_empty());
}
