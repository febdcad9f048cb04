//! Shapes that were seen in the wild and broke other products, each alone. See `docs/NASTY_CASES.md`.

use leadflow_domain::conversation::MessageContent;
use serde_json::{Value, json};

use super::envelope::{EnvelopeItem, Reading, read};
use super::message::{Act, Inbound};

fn message() -> Value {
    json!({"from": "393331234567", "id": "a", "timestamp": "1763712000", "type": "text", "text": {"body": "Hi"}})
}

fn items(changes: Value) -> Vec<EnvelopeItem> {
    read(
        json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]})
            .to_string()
            .as_bytes(),
    )
}

fn change(contacts: Option<Value>, message: Value) -> Value {
    let mut value = json!({"metadata": {"phone_number_id": "10"}, "messages": [message]});
    if let Some(contacts) = contacts {
        value["contacts"] = contacts;
    }
    json!([{"field": "messages", "value": value}])
}

/// The only item, which is a message.
fn received(changes: Value) -> Inbound {
    let EnvelopeItem { reading: Reading::Inbound(inbound), .. } = items(changes).remove(0) else {
        panic!("it is not received")
    };
    *inbound
}

#[test]
fn a_message_needs_no_people_beside_it_and_they_need_no_names() {
    for contacts in [
        None,
        Some(Value::Null),
        Some(json!([])),
        Some(json!({})),
        Some(json!([{"wa_id": "393331234567"}])),
        Some(json!([{"wa_id": "393331234567", "profile": null}])),
        Some(json!([{"wa_id": "393331234567", "profile": {}}])),
        Some(json!([{"wa_id": "393331234567", "profile": {"name": "  "}}])),
        Some(json!([null, 7, {"profile": {"name": "Nobody"}}])),
    ] {
        let inbound = received(change(contacts.clone(), message()));
        assert_eq!((inbound.name, inbound.sender.user_id), (None, None), "{contacts:?}");
    }
}

#[test]
fn whoever_hides_her_number_is_known_by_her_user_id() {
    for from in [Some(json!("")), Some(Value::Null), None] {
        let mut message = message();
        match from {
            Some(from) => message["from"] = from,
            None => drop(message.as_object_mut().unwrap().remove("from")),
        }
        message["from_user_id"] = json!("IT.1");
        let inbound = received(change(Some(json!([{"user_id": "IT.1", "profile": {"name": "Ada"}}])), message));
        assert_eq!((inbound.sender.phone, inbound.sender.user_id.as_deref()), (None, Some("IT.1")));
        assert_eq!(inbound.name.as_deref(), Some("Ada"));
    }
}

#[test]
fn what_has_no_number_no_id_or_no_sender_is_set_aside_with_the_reason() {
    let without = |field: &str| {
        let mut message = message();
        message.as_object_mut().unwrap().remove(field);
        change(None, message)
    };
    let mut nowhere = change(None, message());
    nowhere[0]["value"].as_object_mut().unwrap().remove("metadata");
    for (changes, why) in [(nowhere, "phone number id"), (without("id"), "no id"), (without("from"), "no sender")] {
        let found = items(changes);
        assert!(
            matches!(&found[..], [EnvelopeItem { reading: Reading::Unreadable(reason), .. }] if reason.contains(why))
        );
    }
}

#[test]
fn an_entry_that_is_no_list_and_changes_that_are_empty_are_seen() {
    let body = json!({"object": "whatsapp_business_account", "entry": {"changes": change(None, message())}});
    let found = read(body.to_string().as_bytes());
    assert!(
        matches!(&found[..], [EnvelopeItem { reading: Reading::Unreadable(_), pointer, .. }] if pointer == "/entry")
    );
    assert!(matches!(items(json!([{}]))[..], [EnvelopeItem { reading: Reading::Notice(_), .. }]));
    for changes in [json!([{"field": "messages"}]), json!([{"field": "messages", "value": "x"}])] {
        assert!(matches!(items(changes)[..], [EnvelopeItem { reading: Reading::Unreadable(_), .. }]));
    }
}

#[test]
fn a_field_counts_also_inside_its_value_or_by_what_there_is() {
    let mut nested = change(None, message());
    nested[0]["value"]["field"] = nested[0]["field"].take();
    let mut absent = change(None, message());
    absent[0].as_object_mut().unwrap().remove("field");
    for changes in [nested, absent] {
        assert_eq!(received(changes).id, "a");
    }
    let mut account = json!([{"value": {"field": "account_update", "event": "DISABLED_UPDATE"}}]);
    assert_eq!(items(account.clone())[0].kind, "account_update");
    account[0]["field"] = json!("xyz");
    let found = items(account).remove(0);
    assert_eq!((found.kind.as_str(), found.reading), ("xyz", Reading::Notice("DISABLED_UPDATE".to_owned())));
}

#[test]
fn a_kind_that_nobody_knows_and_a_choice_of_nothing_are_shown_as_they_are() {
    let odd = |kind: &str, inside: Option<Value>| {
        let mut message = json!({"from": "393331234567", "id": "a", "timestamp": "1763712000", "type": kind});
        if let Some(inside) = inside {
            message[kind] = inside;
        }
        let Act::Message(written) = received(change(None, message)).act else { panic!("a message") };
        written.content
    };
    for (kind, inside) in
        [("hologram", Some(json!({"depth": 3}))), ("interactive", None), ("interactive", Some(json!({"type": "new"})))]
    {
        let content = odd(kind, inside);
        assert!(matches!(&content, MessageContent::Unknown { .. }), "{content:?}");
    }
}

#[test]
fn a_file_keeps_the_name_and_the_type_that_it_was_given() {
    for name in ["../../x", "Currículum café.pdf", "a\u{202e}fdp.exe", "C:\\x"] {
        let mut sent = message();
        sent["type"] = json!("document");
        sent["document"] = json!({"id": "7", "mime_type": "application/pdf", "filename": name});
        let Act::Message(written) = received(change(None, sent)).act else { panic!("a message") };
        let MessageContent::Document(media) = written.content else { panic!("a document") };
        // A name to be shown. Nothing is stored under it.
        assert_eq!(media.file.known().unwrap().filename.as_deref(), Some(name));
    }
    let mut sent = message();
    sent["type"] = json!("audio");
    sent["audio"] = json!({"id": "7", "mime_type": "audio/ogg; codecs=opus", "voice": true});
    let Act::Message(written) = received(change(None, sent)).act else { panic!("a message") };
    let MessageContent::Audio { media, .. } = written.content else { panic!("a recording") };
    assert_eq!(media.mime_type.as_deref(), Some("audio/ogg; codecs=opus"));
}
