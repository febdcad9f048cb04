use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{Seen, Status};
use leadflow_tests::patience::PATIENCE;
use serde_json::{Value, json};

use super::desk::Desk;

#[tokio::test]
async fn an_agent_answers_and_sees_how_far_it_got() -> Result<()> {
    let desk = Desk::open().await?;
    let id = desk.writes("It is. 🦊").await?;
    let taken = desk.taken(1).await?;
    assert_eq!(taken[0].body["text"]["body"], "It is. 🦊");
    assert_eq!(taken[0].number, desk.journey.business.number.phone_number_id);
    let accepted = desk.becomes(&id, "ACCEPTED").await?;
    assert_eq!(accepted["providerMessageId"], taken[0].wamid.as_str());
    assert_eq!(accepted["sending"]["attempts"], 1);
    for (status, word) in [(Status::Sent, "SENT"), (Status::Delivered, "DELIVERED"), (Status::Read, "READ")] {
        desk.shared.meta.tell(&taken[0].wamid, status).await?;
        let message = desk.becomes(&id, word).await?;
        assert_eq!(message["pricing"]["category"], "service");
    }
    // She reacts to it, and answers it: both name it by Meta's id.
    let number = &desk.journey.business.number.phone_number_id;
    let reaction = json!({ "type": "reaction", "reaction": { "message_id": taken[0].wamid, "emoji": "👍" } });
    let reaction = reaction.as_object().cloned().unwrap_or_default();
    desk.shared.meta.customer_sends(number, &desk.customer, "Ada", &reaction).await?;
    leadflow_tests::patience::eventually("her reaction", async || {
        let message = desk.message(&id).await?;
        anyhow::ensure!(message["reaction"] == "👍", "{message}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_was_read_sees_it() -> Result<()> {
    let desk = Desk::open().await?;
    let last = desk.customer_writes("Hello?").await?;
    leadflow_tests::patience::eventually("both are there", async || {
        anyhow::ensure!(desk.messages().await?.len() == 2);
        Ok(())
    })
    .await?;
    let read = "mutation ($id: ID!) { markConversationRead(input: { conversationId: $id }) { userErrors { code } } }";
    desk.ask(read, json!({ "id": desk.conversation })).await?;
    let number = desk.journey.business.number.phone_number_id.clone();
    let is_read = |seen: &Seen| seen.reads().iter().any(|mark| mark.number == number && mark.message_id == last);
    desk.shared.meta.until(PATIENCE, is_read).await?;
    Ok(())
}

#[tokio::test]
async fn statuses_in_every_order_come_to_the_furthest() -> Result<()> {
    use Status::{Delivered, Read, Sent};
    let desk = Desk::open().await?;
    let orders = [[Sent, Delivered, Read], [Read, Sent, Delivered], [Delivered, Read, Sent], [Read, Delivered, Sent]];
    for (nth, order) in orders.into_iter().enumerate() {
        let id = desk.writes(&format!("Answer {nth}")).await?;
        let wamid = desk.taken(nth + 1).await?[nth].wamid.clone();
        for status in order {
            desk.shared.meta.tell(&wamid, status).await?;
        }
        desk.becomes(&id, "READ").await?;
    }
    Ok(())
}

#[tokio::test]
async fn everything_that_can_be_written_arrives_in_its_order_and_once() -> Result<()> {
    let desk = Desk::open().await?;
    let hers = desk.messages().await?;
    let asked = hers[0]["id"].clone();
    let number = &desk.journey.business.number.phone_number_id;
    let (offer, _) = desk.shared.meta.keeps_medium(number, "application/pdf", b"%PDF-1.7".to_vec());
    let long = "All about sofas. ".repeat(300);
    let said = [
        json!({ "text": "One", "repliesToMessageId": asked }),
        json!({ "media": { "kind": "IMAGE", "link": "https://example.com/sofa.jpg", "caption": "The blue one" } }),
        json!({ "media": { "kind": "DOCUMENT", "mediaId": offer, "filename": "offer.pdf" } }),
        json!({ "location": { "latitude": 45.4642, "longitude": 9.19, "name": "The shop" } }),
        json!({ "contacts": [{ "name": "Bob", "phones": ["+391234567"] }] }),
        json!({ "reaction": { "messageId": asked, "emoji": "👍" } }),
        json!({ "buttons": { "body": "Which one?", "buttons": [{ "id": "blue", "title": "The blue one" }] } }),
        json!({ "list": { "body": "Which one?", "button": "Sofas",
                          "sections": [{ "rows": [{ "id": "1", "title": "Large" }] }] } }),
        json!({ "product": { "catalogId": "194836987003835", "productId": "sofa-1", "body": "This one?" } }),
        json!({ "products": { "catalogId": "194836987003835", "header": "Sofas", "body": "These?",
                              "sections": [{ "productIds": ["sofa-1", "sofa-2"] }] } }),
        json!({ "catalog": { "body": "All of them", "thumbnailProductId": "sofa-1" } }),
        json!({ "text": long }),
    ];
    for (nth, said) in said.iter().enumerate() {
        let mut said = said.clone();
        said["idempotencyKey"] = json!(format!("message {nth}"));
        for time in 0..2 {
            let sent = desk.sends(said.clone()).await?;
            assert_eq!(sent["userErrors"], json!([]), "{said}");
            let parts = if nth == 11 { 2 } else { 1 };
            assert_eq!(sent["messages"].as_array().map(Vec::len), Some(parts), "{time}: {said}: {sent}");
        }
    }
    let taken = desk.taken(said.len() + 1).await?;
    let kinds: Vec<&str> = taken.iter().map(|one| one.kind.as_str()).collect();
    let expected = [
        ["text", "image", "document", "location", "contacts", "reaction"].as_slice(),
        &["interactive"; 5],
        &["text", "text"],
    ]
    .concat();
    assert_eq!(kinds, expected, "once each, in the order in which they were written");
    let body = |nth: usize| taken[nth].body["text"]["body"].as_str().unwrap_or_default();
    assert_eq!(format!("{} {} ", body(11), body(12)), long, "what is too long for one is two, cut between words");
    let picked: Vec<&Value> = taken[6..11].iter().map(|one| &one.body["interactive"]["type"]).collect();
    assert_eq!(picked, ["button", "list", "product", "product_list", "catalog_message"]);
    assert_eq!(taken[0].body["context"]["message_id"], hers[0]["providerMessageId"]);
    Ok(())
}

#[tokio::test]
async fn what_can_not_be_said_is_refused_and_nothing_is_sent() -> Result<()> {
    let desk = Desk::open().await?;
    for (said, field) in [
        (json!({}), Value::Null),
        (json!({ "text": "One", "location": { "latitude": 1.0, "longitude": 1.0 } }), Value::Null),
        (json!({ "text": " \n " }), json!("text")),
        (json!({ "media": { "kind": "IMAGE" } }), json!("media")),
        (json!({ "media": { "kind": "AUDIO", "mediaId": "7", "caption": "Listen" } }), json!("media")),
        (json!({ "media": { "kind": "IMAGE", "link": "ftp://example.com/a.jpg" } }), json!("media")),
        (json!({ "media": { "kind": "IMAGE", "link": "http://example.com/a.jpg" } }), json!("media")),
        (json!({ "catalog": { "body": "B".repeat(1025) } }), json!("catalog")),
        (
            json!({ "products": { "catalogId": "1", "header": "H", "body": "B",
                                  "sections": [{ "productIds": vec!["sofa"; 31] }] } }),
            json!("products"),
        ),
        (json!({ "product": { "catalogId": "", "productId": "sofa" } }), json!("product")),
        (json!({ "buttons": { "body": "Which?", "buttons": [] } }), json!("buttons")),
        (
            json!({ "buttons": { "body": "Which?", "buttons": [{ "id": "1", "title": "T".repeat(21) }] } }),
            json!("buttons"),
        ),
        (json!({ "list": { "body": "Which?", "button": "B", "sections": [] } }), json!("list")),
    ] {
        let sent = desk.sends(said.clone()).await?;
        assert_eq!(sent["userErrors"][0]["code"], "INVALID", "{said}: {sent}");
        assert_eq!(sent["userErrors"][0]["field"], field, "{said}: {sent}");
    }
    assert_eq!(desk.messages().await?.len(), 1, "hers alone");
    Ok(())
}
