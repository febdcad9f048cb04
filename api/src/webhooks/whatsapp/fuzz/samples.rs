//! Sound messages, echoes and statuses of every kind, as the provider writes them.

use serde_json::{Value, json};

/// What customers write and do.
pub(super) fn messages() -> Vec<Value> {
    let media = |more: Value| {
        let mut file =
            json!({"id": "1037543291543636", "mime_type": "image/jpeg", "sha256": "m0Tq5fZsPbvXQ3b6vTn1oA=="});
        file.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        file
    };
    [
        json!({"type": "text", "text": {"body": "Is the blue one still there? 👋"}}),
        json!({"type": "image", "image": media(json!({"caption": "This one"}))}),
        json!({"type": "video", "video": media(json!({"url": "https://lookaside.example/1"}))}),
        json!({"type": "audio", "audio": media(json!({"voice": true, "mime_type": "audio/ogg; codecs=opus"}))}),
        json!({"type": "document", "document": media(json!({"filename": "../../price list.pdf"}))}),
        json!({"type": "sticker", "sticker": media(json!({"animated": true}))}),
        json!({"type": "location", "location": {"latitude": 45.4642, "longitude": 9.19, "name": "Duomo", "address": "Milano"}}),
        json!({"type": "contacts", "contacts": [{
            "name": {"formatted_name": "Bo Li", "first_name": "Bo"}, "phones": [{"phone": "+39 333 765 4321", "wa_id": "393337654321"}],
            "emails": [{"email": "bo@example.org"}], "org": {"company": "Li"}, "birthday": "1990-01-31",
        }]}),
        json!({"type": "button", "button": {"payload": "yes", "text": "Yes"}, "context": {"from": "390212345678", "id": "wamid.B"}}),
        json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Blue"}}}),
        json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "2", "title": "Red", "description": "or so"}}}),
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{\"a\":1}"}}}),
        json!({"type": "interactive"}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.B", "emoji": "👍"}}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.B"}}),
        json!({"type": "order", "order": {"catalog_id": "7", "text": "please", "product_items": [
            {"product_retailer_id": "blue-1", "quantity": "2", "item_price": 12.5, "currency": "EUR"},
        ]}}),
        json!({"type": "text", "text": {"body": "Hi"}, "referral": {
            "source_url": "https://fb.me/x", "source_id": "120", "source_type": "ad", "headline": "Blue ones", "ctwa_clid": "ARA", "media_type": "image",
        }}),
        json!({"type": "text", "text": {"body": "This"}, "context": {"forwarded": true, "referred_product": {"catalog_id": "7", "product_retailer_id": "blue-1"}}}),
        json!({"type": "system", "system": {"type": "user_changed_number", "body": "She changed", "wa_id": "393339999999", "user_id": "IT.9", "previous_user_id": "IT.1"}}),
        json!({"type": "edit", "edit": {"original_message_id": "wamid.B", "message": {"type": "text", "text": {"body": "Blue, I mean"}}}}),
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.B"}}),
        json!({"type": "unsupported", "errors": [{"code": 131_051, "title": "Message type is not supported", "error_data": {"details": "No"}}]}),
        json!({"type": "request_welcome"}),
        json!({"type": "of next year", "of next year": {"body": 1}}),
    ]
    .into_iter()
    .enumerate()
    .map(|(nth, kind)| {
        let mut message = json!({"from": "393331234567", "id": format!("wamid.{nth}"), "timestamp": "1763712000"});
        message.as_object_mut().expect("an object").extend(kind.as_object().expect("an object").clone());
        message
    })
    .collect()
}

/// How far messages of the business got.
pub(super) fn statuses() -> Vec<Value> {
    vec![
        json!({"id": "wamid.O", "status": "sent", "timestamp": "1763712000", "recipient_id": "393331234567",
            "conversation": {"id": "c", "expiration_timestamp": "1763798400", "origin": {"type": "service"}},
            "pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "service"},
            "biz_opaque_callback_data": "ours"}),
        json!({"id": "wamid.O", "status": "read", "timestamp": 1_763_712_060, "recipient_id": "g", "recipient_type": "group",
            "recipient_participant_id": "393331234567"}),
        json!({"id": "wamid.O", "status": "failed", "timestamp": "1763712000", "recipient_user_id": "IT.1",
            "errors": [{"code": "131047", "title": "Re-engagement", "href": "https://example.org"}]}),
    ]
}

/// What stands beside them in a change.
pub(super) fn metadata() -> Value {
    json!({"phone_number_id": "106540352242922", "display_phone_number": "+39 02 1234 5678"})
}

/// Who they are.
pub(super) fn contacts() -> Value {
    json!([{"wa_id": "393331234567", "user_id": "IT.1", "profile": {"name": "Ada", "username": "@ada"}}])
}

/// One body with all of it.
pub(super) fn body() -> Value {
    let echo = |mut message: Value| {
        message["to"] = message["from"].take();
        message["from"] = json!("390212345678");
        message
    };
    let echoes: Vec<Value> = messages().into_iter().map(echo).collect();
    json!({"object": "whatsapp_business_account", "entry": [
        {"id": "1", "time": 1_763_712_000, "changes": [
            {"field": "messages", "value": {
                "messaging_product": "whatsapp", "metadata": metadata(), "contacts": contacts(), "messages": messages(),
                "statuses": statuses(), "errors": [{"code": 130_429, "title": "Rate limit hit"}],
            }},
            {"field": "smb_message_echoes", "value": {"metadata": metadata(), "message_echoes": echoes}},
        ]},
        {"id": "2", "changes": [{"field": "account_alerts", "value": {"event": "x"}}, {}]},
    ]})
}
