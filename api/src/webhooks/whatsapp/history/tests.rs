//! Histories in every shape, and in none.

use leadflow_domain::E164;
use leadflow_domain::conversation::MessageContent;
use serde_json::json;

use super::super::{envelope, inbound};
use super::*;

const BUSINESS: &str = "390212345678";
const ADA: &str = "393331234567";

fn message(from: &str, id: &str) -> Value {
    let text = json!({"body": "Hi"});
    json!({"from": from, "id": id, "timestamp": "1763712000", "type": "text", "text": text,
        "history_context": {"status": "READ"}})
}

fn with(field: &str, value: Value) -> Value {
    let mut message = message(BUSINESS, "a");
    message[field] = value;
    message
}

fn body(value: &Value) -> Vec<u8> {
    let mut value = value.clone();
    if value.get("metadata").is_none() {
        value["metadata"] = json!({"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"});
    }
    json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "history", "value": value}]}]})
        .to_string()
        .into_bytes()
}

fn items(value: &Value) -> Vec<EnvelopeItem> {
    envelope::read(&body(value))
}

/// What a thread with Ada comes to.
fn thread(messages: &Value) -> Vec<EnvelopeItem> {
    items(&json!({"history": [{"threads": [{"id": ADA, "messages": messages}]}]}))
}

fn one(message: Value) -> Reading {
    thread(&json!([message])).remove(0).reading
}

fn ada() -> Party {
    Party { phone: Some(E164::parse(ADA).unwrap()), user_id: None, scoped: None }
}

/// Where each item stands, what it is, and what was made of it.
fn read(items: &[EnvelopeItem]) -> Vec<(&str, &str, &str)> {
    let made = |item: &EnvelopeItem| match item.reading {
        Reading::Inbound(_) => "hers",
        Reading::Echo(_) => "ours",
        Reading::Status(_) => "status",
        Reading::Group(_) => "group",
        Reading::Template(_) => "template",
        Reading::Lead(_) => "lead",
        Reading::Health(_) => "health",
        Reading::Reach(_) => "reach",
        Reading::Notice(_) => "notice",
        Reading::Unreadable(_) => "parked",
        Reading::Fact(_) => "fact",
    };
    let place = |item: &EnvelopeItem| item.pointer.len() - "/entry/0/changes/0/value".len().min(item.pointer.len());
    items.iter().map(|item| (&item.pointer[item.pointer.len() - place(item)..], &*item.kind, made(item))).collect()
}

#[test]
fn both_sides_of_every_thread_are_items() {
    let placeholder = json!({"from": BUSINESS, "id": "b", "timestamp": "1763712001", "type": "media_placeholder"});
    let items = items(&json!({"history": [
        {"metadata": {"phase": 0}, "threads": [
            {"id": ADA, "messages": [message(ADA, "a"), placeholder]},
            {"id": "393330000000", "messages": [message(BUSINESS, "c")]},
        ]},
        {"threads": [{"id": ADA, "messages": [message(ADA, "d")]}]},
    ]}));
    let expected = [
        ("/history/0/threads/0/messages/0", "history.text", "hers"),
        ("/history/0/threads/0/messages/1", "history.media_placeholder", "ours"),
        ("/history/0/threads/1/messages/0", "history.text", "ours"),
        ("/history/1/threads/0/messages/0", "history.text", "hers"),
    ];
    assert_eq!(read(&items), expected);
    let Reading::Inbound(inbound) = &items[0].reading else { panic!("hers") };
    assert_eq!((&inbound.sender, inbound.id.as_str(), inbound.place.id()), (&ada(), "a", "10"));
    let Act::Import(imported) = &inbound.act else { panic!("imported") };
    assert_eq!(imported.status, None, "how far hers got says nothing of the business's");
    let Reading::Echo(echo) = &items[1].reading else { panic!("ours") };
    assert_eq!((&echo.recipient, &echo.via), (&ada(), &Via::BusinessApp));
    let Act::Import(imported) = &echo.act else { panic!("imported") };
    assert_eq!(imported.written.content, MessageContent::MediaPlaceholder {});
}

#[test]
fn how_far_a_message_got_is_read_in_any_case() {
    let status = |word: Value| {
        let Reading::Echo(echo) = one(with("history_context", json!({ "status": word }))) else { panic!("ours") };
        let Act::Import(imported) = echo.act else { panic!("imported") };
        imported.status
    };
    for (word, reached) in [
        ("SENT", DeliveryStatus::Sent),
        ("ERROR", DeliveryStatus::Failed),
        ("DELIVERED", DeliveryStatus::Delivered),
        ("read", DeliveryStatus::Read),
        ("PLAYED", DeliveryStatus::Played),
    ] {
        assert_eq!(status(json!(word)), Some(ReportedStatus::Reached(reached)), "{word}");
    }
    assert_eq!(status(json!("PENDING")), Some(ReportedStatus::Other("PENDING".to_owned())));
    for nothing in [json!(null), json!(""), json!(7)] {
        assert_eq!(status(nothing), None);
    }
}

#[test]
fn who_wrote_it_may_be_said() {
    let mut ours = with("from", json!("393339999999"));
    ours["history_context"] = json!({"from_me": true});
    assert!(matches!(one(ours), Reading::Echo(echo) if echo.recipient == ada()));
    let mut hers = with("from", json!(BUSINESS));
    hers["history_context"] = json!({"from_me": false});
    assert!(matches!(one(hers), Reading::Inbound(inbound) if inbound.sender == ada()));
}

#[test]
fn she_may_be_known_by_a_user_id_in_either_place() {
    let mut by_user_id = message("", "a");
    by_user_id["from_user_id"] = json!("IT.1");
    let both = Party { user_id: Some("IT.1".to_owned()), ..ada() };
    assert!(matches!(one(by_user_id.clone()), Reading::Inbound(inbound) if inbound.sender == both));
    let without_number = json!({"id": "IT.1", "messages": [by_user_id, message(BUSINESS, "b")]});
    let items = items(&json!({"history": [{"threads": [without_number]}]}));
    let user_id = Party { phone: None, user_id: Some("IT.1".to_owned()), scoped: None };
    assert!(matches!(&items[0].reading, Reading::Inbound(inbound) if inbound.sender == user_id));
    assert!(matches!(&items[1].reading, Reading::Echo(echo) if echo.recipient == user_id));
}

#[test]
fn a_file_that_comes_later_is_whoever_s_number_it_is_from() {
    let file =
        |from: &str| json!({"from": from, "id": "a", "timestamp": "1763712000", "type": "image", "image": {"id": "7"}});
    let mut ours = file(BUSINESS);
    ours["to"] = json!(ADA);
    let read_items = items(&json!({"messages": [file(ADA), ours, file(BUSINESS)]}));
    let expected = [
        ("/messages/0", "history.image", "hers"),
        ("/messages/1", "history.image", "ours"),
        ("/messages/2", "history.image", "parked"),
    ];
    assert_eq!(read(&read_items), expected);
    let Reading::Echo(echo) = &read_items[1].reading else { panic!("ours") };
    assert_eq!(echo.recipient, ada());
    assert!(matches!(&echo.act, Act::Import(_)));
    let alone = items(&json!({"messages": [file(BUSINESS)], "contacts": [{"wa_id": ADA}]}));
    assert!(matches!(&alone[0].reading, Reading::Echo(echo) if echo.recipient == ada()));
}

#[test]
fn what_was_done_to_messages_is_told_as_when_it_happens() {
    let mut reaction = message(ADA, "r");
    reaction["type"] = json!("reaction");
    reaction["reaction"] = json!({"message_id": "a", "emoji": "👍"});
    assert!(matches!(one(reaction), Reading::Inbound(inbound) if matches!(inbound.act, Act::Reaction { .. })));
    let revoked = json!({"from": BUSINESS, "id": "v", "timestamp": "1763712000", "type": "revoke",
        "revoke": {"original_message_id": "a"}});
    assert!(matches!(one(revoked), Reading::Echo(echo) if matches!(echo.act, Act::Revocation { .. })));
}

#[test]
fn a_number_that_changed_long_ago_changes_nothing_now() {
    let mut system = message(ADA, "s");
    system["type"] = json!("system");
    system["system"] = json!({"type": "user_changed_number", "wa_id": "393337654321", "body": "She moved."});
    let Reading::Inbound(inbound) = one(system) else { panic!("hers") };
    assert!(matches!(inbound.act, Act::Import(_)));
    assert_eq!(inbound::now_known_by(&inbound), None);
}

#[test]
fn a_part_without_messages_is_a_notice_of_how_far_it_has_come() {
    for (chunk, told) in [
        (
            json!({"metadata": {"phase": 1, "chunk_order": 3, "progress": "80"}, "threads": []}),
            "it holds no message: phase 1, chunk_order 3, progress 80",
        ),
        (json!({"metadata": {"phase": 2}}), "it holds no message: phase 2"),
        (json!({"threads": [{"id": ADA, "messages": []}]}), "it holds no message"),
        (json!({"metadata": 7}), "it holds no message"),
    ] {
        let items = items(&json!({ "history": [chunk] }));
        assert_eq!(read(&items), [("/history/0", "history", "notice")]);
        assert_eq!(items[0].reading, Reading::Notice(told.to_owned()));
    }
}

#[test]
fn a_history_that_is_not_shared_is_a_notice() {
    let declined = json!({"code": 2_593_109, "title": "History sync is turned off"});
    let items = items(&json!({"history": [{"errors": [declined]}]}));
    assert_eq!(read(&items), [("/history/0/errors/0", "errors", "notice")]);
    assert_eq!(items[0].reading, Reading::Notice("error 2593109: History sync is turned off".to_owned()));
}

#[test]
fn what_is_broken_is_parked_alone() {
    let good = message(ADA, "good");
    let mut of_group = good.clone();
    of_group["group_id"] = json!("g");
    let threads = json!([
        7,
        {"id": ADA},
        {"id": ADA, "messages": {}},
        {"id": ADA, "messages": [null, {}, {"type": "text"}, message(ADA, ""), of_group, good]},
        {"messages": [message(BUSINESS, "a"), message(ADA, "b")]},
        {"id": BUSINESS, "messages": [message(BUSINESS, "a")]},
    ]);
    let items = items(&json!({"history": [null, "x", {"threads": 7}, {"errors": {}}, {"threads": threads}]}));
    let expected = [
        ("/history/0", "history", "parked"),
        ("/history/1", "history", "parked"),
        ("/history/2/threads", "threads", "parked"),
        ("/history/3/errors", "errors", "parked"),
        ("/history/4/threads/0/messages", "messages", "parked"),
        ("/history/4/threads/1/messages", "messages", "parked"),
        ("/history/4/threads/2/messages", "messages", "parked"),
        ("/history/4/threads/3/messages/0", "history", "parked"),
        ("/history/4/threads/3/messages/1", "history", "parked"),
        ("/history/4/threads/3/messages/2", "history.text", "parked"),
        ("/history/4/threads/3/messages/3", "history.text", "parked"),
        ("/history/4/threads/3/messages/4", "history.text", "parked"),
        ("/history/4/threads/3/messages/5", "history.text", "hers"),
        ("/history/4/threads/4/messages/0", "history.text", "parked"),
        ("/history/4/threads/4/messages/1", "history.text", "hers"),
        ("/history/4/threads/5/messages/0", "history.text", "parked"),
    ];
    assert_eq!(read(&items), expected);
}

#[test]
fn without_the_business_s_number_only_hers_are_known_to_be_hers() {
    let metadata = json!({"phone_number_id": "10"});
    let messages = json!([message(ADA, "a"), message(BUSINESS, "b")]);
    let items = items(&json!({"metadata": metadata, "history": [{"threads": [{"id": ADA, "messages": messages}]}]}));
    let made: Vec<&str> = read(&items).into_iter().map(|(.., made)| made).collect();
    assert_eq!(made, ["hers", "parked"]);
}

#[test]
fn thousands_of_messages_are_read() {
    let messages: Vec<Value> = (0..5_000).map(|nth| message(ADA, &nth.to_string())).collect();
    let items = thread(&json!(messages));
    assert_eq!(items.len(), 5_000);
    assert!(items.iter().all(|item| matches!(item.reading, Reading::Inbound(_))));
}
