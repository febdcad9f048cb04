//! Each kind of message is accepted as it should be, and told of to whoever asks the simulator.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

fn button(id: &str, title: &str) -> Value {
    json!({ "type": "reply", "reply": { "id": id, "title": title } })
}

/// One message of each kind and variant.
fn all() -> Vec<Value> {
    let link = json!({ "link": "https://example.com/a.bin" });
    let with = |more: Value| {
        let mut said = link.clone();
        for (key, value) in more.as_object().unwrap() {
            said[key] = value.clone();
        }
        said
    };
    let body = json!({ "text": "Which one?" });
    let interactive = |kind: &str, action: Value| json!({ "type": kind, "body": body, "action": action });
    let mut buttons = interactive("button", json!({ "buttons": [button("a", "Yes"), button("b", "No")] }));
    buttons["header"] = json!({ "type": "image", "image": link });
    buttons["footer"] = json!({ "text": "Saffron Sofas" });
    let rows = json!([{ "id": "1", "title": "Blue", "description": "As the sea" }, { "id": "2", "title": "Red" }]);
    let products = json!([{ "product_retailer_id": "sofa-1" }, { "product_retailer_id": "sofa-2" }]);
    let mut product_list = interactive(
        "product_list",
        json!({ "catalog_id": "7", "sections": [{ "title": "Sofas", "product_items": products }] }),
    );
    product_list["header"] = json!({ "type": "text", "text": "Sofas" });
    vec![
        message("text", &json!({ "body": "Hello 👋 https://example.com", "preview_url": true })),
        message("image", &with(json!({ "caption": "A sofa" }))),
        message("video", &with(json!({ "caption": "A sofa moves" }))),
        message("audio", &link),
        message("sticker", &link),
        message("document", &with(json!({ "caption": "The bill", "filename": "Currículum café.pdf" }))),
        message("location", &json!({ "latitude": 48.1, "longitude": "11.5", "name": "Shop", "address": "Street 1" })),
        message(
            "contacts",
            &json!([{ "name": { "formatted_name": "Ada L.", "first_name": "Ada" }, "phones": [{ "phone": "+1", "type": "WORK" }] }]),
        ),
        message("interactive", &buttons),
        message(
            "interactive",
            &interactive("list", json!({ "button": "Choose", "sections": [{ "title": "Colours", "rows": rows }] })),
        ),
        message(
            "interactive",
            &interactive(
                "cta_url",
                json!({ "name": "cta_url", "parameters": { "display_text": "Look", "url": "https://example.com" } }),
            ),
        ),
        message(
            "interactive",
            &json!({ "type": "product", "action": { "catalog_id": "7", "product_retailer_id": "sofa-1" } }),
        ),
        message("interactive", &product_list),
        message("interactive", &interactive("location_request_message", json!({ "name": "send_location" }))),
        message("reaction", &json!({ "message_id": "wamid.HBgL", "emoji": "👍🏽" })),
        message("reaction", &json!({ "message_id": "wamid.HBgL", "emoji": "" })),
    ]
}

#[tokio::test]
async fn each_kind_is_accepted_and_remembered() {
    let bed = Bed::new().await;
    let mut ids = Vec::new();
    for mut message in all() {
        message["biz_opaque_callback_data"] = json!(format!("ours-{}", ids.len()));
        message["context"] = json!({ "message_id": "wamid.HBgL" });
        let (status, said) = bed.sends(&message).await;
        assert_eq!(status, 200, "{message} {said}");
        assert_eq!(said["messaging_product"], "whatsapp");
        assert_eq!(said["contacts"], json!([{ "input": "+16505551234", "wa_id": ADA }]));
        let accepted = bed.simulator.accepted().pop().unwrap();
        assert_eq!(said["messages"], json!([{ "id": accepted.wamid }]));
        assert_eq!(accepted.body, message);
        assert_eq!(accepted.kind, message["type"].as_str().unwrap());
        assert_eq!((accepted.number.as_str(), accepted.to.as_str()), (NUMBER, ADA));
        assert_eq!(accepted.callback_data.as_deref(), message["biz_opaque_callback_data"].as_str());
        ids.push(accepted.wamid);
    }
    assert!(ids.iter().all(|id| ids.iter().filter(|other| *other == id).count() == 1), "{ids:?}");
    // Around the recipient's number, as Meta's are.
    let bytes = STANDARD.decode(ids[0].strip_prefix("wamid.").unwrap()).unwrap();
    assert!(bytes.windows(ADA.len()).any(|window| window == ADA.as_bytes()));
    bed.simulator.seen(|seen| {
        assert_eq!((seen.accepted_with("ours-0"), seen.accepted_with("ours-99")), (1, 0));
        assert!(seen.accepted_twice().is_empty());
        assert!(seen.requests().iter().all(|request| request.outcome == Outcome::Answered(200)));
    });
    let mut again = text("Hello");
    again["biz_opaque_callback_data"] = json!("ours-0");
    bed.sent(&again).await;
    assert_eq!(bed.simulator.seen(Seen::accepted_twice), [("ours-0".to_owned(), 2)]);
}

#[tokio::test]
async fn a_message_without_a_type_is_text_and_to_wins_over_recipient() {
    let bed = Bed::new().await;
    let said = json!({
        "messaging_product": "whatsapp", "to": "+1 (650) 555-1234", "recipient": "US.13491208655302741918", "text": { "body": "Hi" },
    });
    bed.sent(&said).await;
    let user = json!({ "messaging_product": "whatsapp", "recipient": "US.13491208655302741918", "type": "text", "text": { "body": "Hi" } });
    let (_, answer) = bed.sends(&user).await;
    let id = "US.13491208655302741918";
    assert_eq!(answer["contacts"], json!([{ "input": id, "user_id": id }]));
    let accepted = bed.simulator.accepted();
    assert_eq!((accepted[0].to.as_str(), accepted[0].wa_id.as_deref()), (ADA, Some(ADA)));
    assert_eq!((accepted[1].to.as_str(), accepted[1].wa_id.as_deref()), (id, None));
}

#[tokio::test]
async fn what_was_read_is_remembered() {
    let bed = Bed::new().await;
    let mut read = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.HBgL" });
    assert_eq!(bed.sends(&read).await, (200, json!({ "success": true })));
    read["typing_indicator"] = json!({ "type": "text" });
    assert_eq!(bed.sends(&read).await, (200, json!({ "success": true })));
    let expected = [false, true].map(|typing| MarkedRead {
        number: NUMBER.to_owned(),
        message_id: "wamid.HBgL".to_owned(),
        typing,
    });
    assert_eq!(bed.simulator.seen(|seen| seen.reads().to_vec()), expected);
    assert!(bed.simulator.accepted().is_empty());
}

#[tokio::test]
async fn numbers_are_told_of_to_whoever_reaches_them_and_tokens_can_be_revoked() {
    let bed = Bed::new().await;
    let other = BusinessNumber { phone_number_id: "7".to_owned(), ..number() };
    bed.simulator.reaches("EAAGother", other, "Another");
    let fields = "fields=id,display_phone_number,verified_name,quality_rating";
    let (status, said) = bed.gets(&format!("{NUMBER}?{fields}")).await;
    assert_eq!(status, 200);
    assert_eq!(
        said,
        json!({ "id": NUMBER, "display_phone_number": "15550783881", "verified_name": "Saffron Sofas", "quality_rating": "GREEN" })
    );
    assert_eq!(bed.simulator.asked(), [format!("/v24.0/{NUMBER}?{fields}")]);
    for path in ["7", "8"] {
        assert_eq!(code(&bed.gets(path).await), (400, 100), "{path}");
    }
    assert_eq!(code(&bed.gets(&format!("{NUMBER}?fields=token")).await), (400, 100));
    let elsewhere = bed.client.post(bed.at("7/messages")).bearer_auth(TOKEN).json(&text("Hi"));
    assert_eq!(code(&answered(elsewhere).await), (400, 100));
    let nobody = bed.client.post(bed.at(&format!("{NUMBER}/messages"))).json(&text("Hi"));
    assert_eq!(code(&answered(nobody).await), (401, 104));
    let version = format!("{}/latest/{NUMBER}", bed.simulator.url());
    assert_eq!(code(&answered(bed.client.get(version).bearer_auth(TOKEN)).await), (400, 2_500));
    bed.simulator.revoke(TOKEN);
    assert_eq!(code(&bed.sends(&text("Hi")).await), (401, 190));
    assert!(bed.simulator.accepted().is_empty());
}

#[tokio::test]
async fn brazil_and_mexico_are_known_by_other_numbers_if_asked_for() {
    let settings = Settings { rewrites_numbers: true, windows_open_for_all: true, ..Settings::default() };
    let bed = Bed::with(settings).await;
    let mut said = text("Oi");
    said["to"] = json!("+5511987654321");
    let (_, answer) = bed.sends(&said).await;
    assert_eq!(answer["contacts"], json!([{ "input": "+5511987654321", "wa_id": "551187654321" }]));
}
