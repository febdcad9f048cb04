//! Customers write, and answer.

use serde_json::Map;

use super::*;

#[tokio::test]
async fn a_customer_writes_as_meta_tells_of_it() {
    let settings = Settings { starts_at: Some(1_750_030_073), clock_stands: true, ..Settings::default() };
    let bed = Bed::with(settings).await;
    let written =
        bed.simulator.customer_writes(NUMBER, "+1 650 555 1234", "Ada é", "café a@b.com https://x.y/z").await.unwrap();
    assert_eq!(written.posted, Posted::Answered(200));
    let told = bed.business.takes(1).await;
    let value = value(&told[0]);
    let message = &value["messages"][0];
    assert_eq!(
        (&message["from"], &message["id"], &message["type"]),
        (&json!(ADA), &json!(written.wamid), &json!("text"))
    );
    assert_eq!(message["timestamp"], "1750030073");
    assert_eq!(message["text"]["body"], "café a@b.com https://x.y/z");
    assert_eq!(value["contacts"][0]["profile"]["name"], "Ada é");
    assert_eq!(value["contacts"][0]["user_id"], message["from_user_id"]);
    let content =
        Map::from_iter([("type".to_owned(), json!("location")), ("location".to_owned(), json!({ "latitude": 1 }))]);
    bed.simulator.customer_sends(NUMBER, ADA, "Ada", &content).await.unwrap();
    assert_eq!(super::value(&bed.business.takes(2).await[1])["messages"][0]["location"]["latitude"], 1);
    let nowhere = bed.simulator.customer_writes("7", ADA, "Ada", "Hi").await;
    assert_eq!(nowhere, Err(NotTold::NoNumber("7".to_owned())));
    let nobody = bed.simulator.customer_writes(NUMBER, "Ada", "Ada", "Hi").await;
    assert_eq!(nobody, Err(NotTold::NoPhone("Ada".to_owned())));
}

#[tokio::test]
async fn what_whatsapp_says_of_her_opens_no_window() {
    let bed = Bed::with(Settings::default()).await;
    for (content, expected) in [
        (json!({ "type": "system", "system": { "body": "A new number" } }), (400, 131_047)),
        (json!({ "type": "reaction", "reaction": { "message_id": "wamid.A", "emoji": "👍" } }), (200, -1)),
    ] {
        bed.simulator.customer_sends(NUMBER, ADA, "Ada", content.as_object().unwrap()).await.unwrap();
        assert_eq!(code(&bed.sends(&text("a")).await), expected, "{content}");
    }
}

#[tokio::test]
async fn a_customer_answers_what_reaches_her() {
    let bed = Bed::new().await;
    let texts = vec!["Thanks".to_owned(), "Bye".to_owned()];
    bed.simulator.plays(Script { customer: Some(format!("+{ADA}")), on: On::Delivered, texts, after: 0..=1 });
    bed.simulator.plays(Script { customer: None, on: On::Read, texts: vec!["I see".to_owned()], after: 0..=0 });
    let wamid = bed.sent(&text("a")).await;
    let mut answers = Vec::new();
    for (count, status) in [(2, Status::Delivered), (4, Status::Read), (6, Status::Delivered), (7, Status::Delivered)] {
        bed.simulator.tell(&wamid, status).await.unwrap();
        let told = bed.business.takes(count).await;
        answers.extend(value(told.last().unwrap())["messages"][0]["text"]["body"].as_str().map(str::to_owned));
    }
    assert_eq!(answers, ["Thanks", "I see", "Bye"], "and then she has nothing more to say");
}

#[tokio::test]
async fn whoever_wrote_can_be_written_to_by_her_user_id() {
    let bed = Bed::with(Settings::default()).await;
    bed.simulator.customer_writes(NUMBER, ADA, "Ada", "Hi").await.unwrap();
    let told = bed.business.takes(1).await;
    let user_id = &value(&told[0])["messages"][0]["from_user_id"];
    let said =
        json!({ "messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": { "body": "Hi" } });
    let (status, answer) = bed.sends(&said).await;
    assert_eq!((status, &answer["contacts"]), (200, &json!([{ "input": user_id, "wa_id": ADA, "user_id": user_id }])));
}
