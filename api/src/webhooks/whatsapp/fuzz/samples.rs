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
        json!({"type": "text", "text": {"body": "To all of us"}, "group_id": "Y2FwaV9ncm91cDox"}),
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

/// What is told of groups, each with the field it comes under and how many items it is.
pub(super) fn groups() -> Vec<(&'static str, usize, Value)> {
    [
        ("group_lifecycle_update", 1, json!({"type": "group_create", "subject": "Blue ones", "request_id": "r"})),
        (
            "group_participants_update",
            4,
            json!({
                "type": "group_participants_add", "reason": "invite_link", "initiated_by": "393337654321",
                "added_participants": [{"wa_id": "393331234567"}, {"user_id": "IT.2"}],
                "removed_participants": [{"input": "+393337654321"}],
                "failed_participants": [{"input": "393330000000", "errors": [{"code": 131_000, "title": "No"}]}],
            }),
        ),
        (
            "group_participants_update",
            1,
            json!({
                "type": "group_join_request_created", "join_request_id": "j", "wa_id": "393331234567",
            }),
        ),
        (
            "group_settings_update",
            1,
            json!({
                "type": "group_settings_update", "group_subject": {"text": "Red ones", "update_successful": true},
                "group_description": {"text": "All red", "update_successful": false, "errors": [{"code": 131_000}]},
            }),
        ),
        ("group_status_update", 1, json!({"type": "group_suspend"})),
    ]
    .into_iter()
    .map(|(field, items, told)| {
        let mut group = json!({"group_id": "Y2FwaV9ncm91cDox", "timestamp": "1763712000"});
        group.as_object_mut().expect("an object").extend(told.as_object().expect("an object").clone());
        (field, items, group)
    })
    .collect()
}

/// What stands beside them in a change.
pub(super) fn metadata() -> Value {
    json!({"phone_number_id": "106540352242922", "display_phone_number": "+39 02 1234 5678"})
}

/// Who they are.
pub(super) fn contacts() -> Value {
    json!([{"wa_id": "393331234567", "user_id": "IT.1", "profile": {"name": "Ada", "username": "@ada"}}])
}

/// The same, as the business writes and does it. Nobody tells of what it writes in groups.
pub(super) fn echoes() -> Vec<Value> {
    let echo = |mut message: Value| {
        message["to"] = message["from"].take();
        message["from"] = json!("390212345678");
        message
    };
    messages().into_iter().filter(|message| message.get("group_id").is_none()).map(echo).collect()
}

/// A history of two threads, and what is told of people beside messages: changes, and how many items each has.
pub(super) fn beside() -> Vec<(usize, Value)> {
    let then = |from: &str, id: &str| json!({"from": from, "id": id, "timestamp": "1763000000", "type": "text", "text": {"body": "Then"}, "history_context": {"status": "READ"}});
    let threads = json!([
        {"id": "393331234567", "messages": [then("393331234567", "wamid.h1"), then("390212345678", "wamid.h2")]},
        {"id": "393337654321", "messages": [then("390212345678", "wamid.h3")]},
    ]);
    let both = json!([{"wa_id": "393331234567", "profile": {"name": "Ada"}}, {"wa_id": "393337654321"}]);
    let call = json!({"id": "wacid.1", "from": "393331234567", "to": "390212345678", "event": "connect", "direction": "USER_INITIATED", "timestamp": "1763712000"});
    let wish =
        json!({"wa_id": "393331234567", "category": "marketing_messages", "value": "stop", "timestamp": 1_763_712_000});
    let entry = json!({"type": "contact", "action": "add", "contact": {"full_name": "Ada", "phone_number": "393331234567"}, "metadata": {"timestamp": "1763712000"}});
    let change = |field: &str, list: &str, told: Value| json!({"field": field, "value": {"metadata": metadata(), "contacts": both, (list): told}});
    vec![
        (3, change("history", "history", json!([{"metadata": {"phase": 0}, "threads": threads}]))),
        (1, change("calls", "calls", json!([call]))),
        (1, change("user_preferences", "user_preferences", json!([wish]))),
        (1, change("smb_app_state_sync", "state_sync", json!([entry]))),
    ]
}

/// One body with all of it.
pub(super) fn body() -> Value {
    let groups: Vec<Value> = groups()
        .into_iter()
        .map(|(field, _, group)| json!({"field": field, "value": {"metadata": metadata(), "groups": [group]}}))
        .collect();
    json!({"object": "whatsapp_business_account", "entry": [
        {"id": "1", "time": 1_763_712_000, "changes": [
            {"field": "messages", "value": {
                "messaging_product": "whatsapp", "metadata": metadata(), "contacts": contacts(), "messages": messages(),
                "statuses": statuses(), "errors": [{"code": 130_429, "title": "Rate limit hit"}],
            }},
            {"field": "smb_message_echoes", "value": {"metadata": metadata(), "message_echoes": echoes()}},
        ]},
        {"id": "2", "changes": [{"field": "account_alerts", "value": {"event": "x"}}, {}]},
        {"id": "3", "changes": groups},
        {"id": "4", "changes": beside().into_iter().map(|(_, change)| change).collect::<Vec<_>>()},
    ]})
}
