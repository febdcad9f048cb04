//! A webhook body, split into its items. Whatever it holds, every part of it is accounted for, and nothing panics.
//! What a change holds is read in `change`.

mod change;

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use self::change::read_change;
use super::echo::Echo;
use super::fact::Fact;
use super::group_update::GroupUpdate;
use super::health_update::HealthUpdate;
use super::message::{Inbound, Unreceived};
use super::page::{self, LeadNotice};
use super::social::Reach;
use super::status::Status;
use super::template_update::TemplateUpdate;
use super::{content, sanitize};

/// One message, status or notice of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeItem {
    /// Where it stands in the body (RFC 6901); empty for the whole body.
    pub pointer: String,
    /// What the provider calls it, e.g. `messages.text`.
    pub kind: String,
    /// What was made of it.
    pub reading: Reading,
}

/// What was made of an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// What a customer wrote or did.
    Inbound(Box<Inbound>),
    /// What the business wrote or did elsewhere.
    Echo(Box<Echo>),
    /// How far a message of the business got.
    Status(Box<Status>),
    /// What is told of a group, or of somebody in it.
    Group(Box<GroupUpdate>),
    /// Kept for an operator to see; nothing acts on it. Says what it is, and nothing of a person.
    Notice(String),
    /// It is broken, or nothing here can take such yet: set aside with the reason.
    Unreadable(String),
    /// What is told of a person beside what she writes.
    Fact(Box<Fact>),
    /// What is told of a template.
    Template(Box<TemplateUpdate>),
    /// That somebody filled in a form of a page.
    Lead(Box<LeadNotice>),
    /// What is told of how a number, or its account, stands.
    Health(Box<HealthUpdate>),
    /// That all messages of an account to somebody got so far.
    Reach(Box<Reach>),
}

/// Splits a body into its items, in their order. At least one: a body without any is itself the item.
///
/// The body is taken apart level by level, and only the items themselves are read in full: one that is nested too deep
/// or holds a number out of range is odd alone, and its neighbours are read.
#[must_use]
pub fn read(body: &[u8]) -> Vec<EnvelopeItem> {
    let body = sanitize(body);
    let body: &RawValue = match serde_json::from_str(&body) {
        Ok(body) => body,
        // Syntax errors quote positions, never values.
        Err(error) => return vec![item("", "unreadable", Reading::Unreadable(format!("not JSON: {error}")))],
    };
    let mut items = Vec::new();
    let members = object(body);
    let of = text(&members, "object").unwrap_or_default();
    if page::OBJECTS.contains(&&*of) {
        for_each(&members, "", "entry", &mut items, |entry, at, items| page::read_entry(&of, entry, at, items));
    } else if of == "whatsapp_business_account" {
        for_each(&members, "", "entry", &mut items, |entry, at, items| {
            let entry = object(entry);
            for_each(&entry, at, "changes", items, |change, at, items| read_change(Some(&entry), change, at, items));
        });
    } else if members.contains_key("field") && members.contains_key("value") {
        // As Meta's dashboard shows a change, and sends it when asked to.
        read_change(None, body, "", &mut items);
    }
    if items.is_empty() {
        items.push(item("", "body", Reading::Notice("it holds no WhatsApp change".to_owned())));
    }
    items
}

pub(super) type Object<'a> = HashMap<String, &'a RawValue>;

/// The members of an object; none of anything else.
pub(super) fn object(raw: &RawValue) -> Object<'_> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// The elements of an array.
pub(super) fn array<'a>(members: &Object<'a>, key: &str) -> Option<Vec<&'a RawValue>> {
    serde_json::from_str(members.get(key)?.get()).ok()
}

/// A member that is a text.
pub(super) fn text(members: &Object<'_>, key: &str) -> Option<String> {
    serde_json::from_str(members.get(key)?.get()).ok()
}

/// Calls `each` for every element of the array `key` of `parent`, which stands at `at`. What is no array is an item of
/// its own.
pub(super) fn for_each(
    parent: &Object<'_>,
    at: &str,
    key: &str,
    items: &mut Vec<EnvelopeItem>,
    each: impl Fn(&RawValue, &str, &mut Vec<EnvelopeItem>),
) {
    let at = format!("{at}/{key}");
    match array(parent, key) {
        Some(elements) => {
            for (nth, element) in elements.into_iter().enumerate() {
                each(element, &format!("{at}/{nth}"), items);
            }
        }
        None => {
            items.push(misshapen(&at, key));
        }
    }
}

/// What is not what it should be, and has nothing in it that can be read.
pub(super) fn misshapen(at: &str, kind: &str) -> EnvelopeItem {
    item(at, kind, Reading::Unreadable("it is not in the shape that Meta documents".to_owned()))
}

/// An element of `list`, in full.
pub(super) fn whole(list: &str, element: &RawValue, at: &str) -> Result<Value, EnvelopeItem> {
    serde_json::from_str(element.get()).map_err(|_| {
        let members = object(element);
        let kind = text(&members, if list == "statuses" { "status" } else { "type" });
        let kind = kind.map_or_else(|| list.to_owned(), |kind| format!("{list}.{kind}"));
        item(at, &kind, Reading::Unreadable("it is nested too deep, or holds a number out of range".to_owned()))
    })
}

/// What the provider could not do, in its words.
pub(super) fn error(error: Value) -> String {
    let error = content::errors(Some(&Value::Array(vec![error])));
    let said = error.first().map(|error| match &error.title {
        Some(title) => format!("error {}: {title}", error.code),
        None => format!("error {}", error.code),
    });
    said.unwrap_or_default()
}

pub(super) fn reading<T>(read: Result<T, Unreceived>, as_what: fn(Box<T>) -> Reading) -> Reading {
    match read {
        Ok(read) => as_what(Box::new(read)),
        Err(Unreceived::Broken(reason)) => Reading::Unreadable(reason.to_owned()),
    }
}

/// Longest kind that is kept; the provider's are some twenty characters.
const LONGEST_KIND: usize = 64;

pub(super) fn item(pointer: &str, kind: &str, reading: Reading) -> EnvelopeItem {
    EnvelopeItem { pointer: pointer.to_owned(), kind: kind.chars().take(LONGEST_KIND).collect(), reading }
}

#[cfg(test)]
mod tests {
    use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text, texts};
    use serde_json::{Value, json};

    use super::*;

    fn kinds(body: &Value) -> Vec<(String, String)> {
        read(body.to_string().as_bytes()).into_iter().map(|item| (item.pointer, item.kind)).collect()
    }

    #[test]
    fn every_text_of_a_body_is_an_item() {
        let number = BusinessNumber { phone_number_id: "10".into(), waba_id: "20".into(), display_phone: "30".into() };
        let text = |id: &str| Text {
            from: "393331234567".into(),
            name: "Ada".into(),
            id: id.into(),
            timestamp: 1_763_712_000,
            body: "Hi 👋".into(),
        };
        let items = read(&texts(&number, &[text("a"), text("b")]));
        let ids: Vec<&str> = items
            .iter()
            .map(|item| match &item.reading {
                Reading::Inbound(inbound) => inbound.id.as_str(),
                Reading::Echo(_)
                | Reading::Status(_)
                | Reading::Fact(_)
                | Reading::Group(_)
                | Reading::Template(_)
                | Reading::Lead(_)
                | Reading::Health(_)
                | Reading::Reach(_)
                | Reading::Notice(_)
                | Reading::Unreadable(_) => panic!("{item:?}"),
            })
            .collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(items[1].pointer, "/entry/0/changes/0/value/messages/1");
        assert!(matches!(&items[0].reading, Reading::Inbound(inbound) if inbound.name.as_deref() == Some("Ada")));
    }

    #[test]
    fn two_entries_with_two_changes_of_three_items_are_twelve() {
        let change = json!({"field": "messages", "value": {
            "messages": [{"type": "image"}, {"type": "text"}], "statuses": [{"status": "read"}],
        }});
        let entry = json!({"id": "1", "changes": [change, change]});
        assert_eq!(kinds(&json!({"object": "whatsapp_business_account", "entry": [entry, entry]})).len(), 12);
    }

    #[test]
    fn what_the_business_wrote_elsewhere_and_what_became_of_it_are_items() {
        let echo = json!({"id": "a", "to": "393331234567", "type": "text", "text": {"body": "Hi"}});
        let status = json!({"id": "a", "status": "read"});
        let metadata = json!({"phone_number_id": "10"});
        for change in [
            json!({"field": "smb_message_echoes", "value": {"metadata": metadata, "message_echoes": [echo, {}]}}),
            json!({"field": "message_echoes", "value": {"metadata": metadata, "message_echoes": [echo, null]}}),
            json!({"value": {"metadata": metadata, "message_echoes": [echo, 7]}}),
        ] {
            let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]});
            let items = read(body.to_string().as_bytes());
            assert!(
                matches!(
                    &items[..],
                    [
                        EnvelopeItem { reading: Reading::Echo(_), .. },
                        EnvelopeItem { reading: Reading::Unreadable(_), .. }
                    ]
                ),
                "{items:?}"
            );
        }
        let value = json!({"metadata": metadata, "statuses": [{"status": "sent"}, status]});
        let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]});
        let items = read(body.to_string().as_bytes());
        assert!(
            matches!(
                &items[..],
                [
                    EnvelopeItem { reading: Reading::Unreadable(_), .. },
                    EnvelopeItem { reading: Reading::Status(_), .. }
                ]
            ),
            "{items:?}"
        );
    }

    #[test]
    fn nothing_is_dropped_whatever_its_shape() {
        let whatsapp = |entry: Value| json!({"object": "whatsapp_business_account", "entry": entry});
        for (body, kind, pointer) in [
            (json!({}), "body", ""),
            (json!([]), "body", ""),
            (json!("text"), "body", ""),
            (json!({"object": "page", "entry": []}), "body", ""),
            (whatsapp(json!([])), "body", ""),
            (whatsapp(json!({})), "entry", "/entry"),
            (whatsapp(json!([null])), "changes", "/entry/0/changes"),
            (whatsapp(json!([{"changes": {}}])), "changes", "/entry/0/changes"),
            (whatsapp(json!([{"changes": [{}]}])), "no_field", "/entry/0/changes/0"),
            (whatsapp(json!([{"changes": [{"field": "messages", "value": "x"}]}])), "messages", "/entry/0/changes/0"),
            (
                whatsapp(json!([{"changes": [{"field": "account_alerts", "value": {}}]}])),
                "account_alerts",
                "/entry/0/changes/0",
            ),
            (
                whatsapp(json!([{"changes": [{"field": "messages", "value": {"messages": [null]}}]}])),
                "messages",
                "/entry/0/changes/0/value/messages/0",
            ),
            (
                whatsapp(json!([{"changes": [{"field": "messages", "value": {"messages": [{"type": "order"}]}}]}])),
                "messages.order",
                "/entry/0/changes/0/value/messages/0",
            ),
        ] {
            assert_eq!(kinds(&body), [(pointer.to_owned(), kind.to_owned())], "{body}");
        }
    }

    #[test]
    fn an_odd_item_leaves_its_neighbours_alone() {
        let good =
            r#"{"from": "393331234567", "id": "a", "timestamp": "1763712000", "type": "text", "text": {"body": "Hi"}}"#;
        let deep = format!(r#"{{"type": "text", "x": {}{}}}"#, "[".repeat(200), "]".repeat(200));
        for odd in [deep.as_str(), r#"{"type": "text", "latitude": 1e999}"#, r#"{"type": "new", "x": 1e999}"#, "7"] {
            let body = format!(
                r#"{{"object": "whatsapp_business_account", "entry": [{{"changes": [{{"field": "messages", "value": {{
                    "metadata": {{"phone_number_id": "1"}}, "messages": [{odd}, {good}]}}}}]}}]}}"#
            );
            let items = read(body.as_bytes());
            assert_eq!(items.len(), 2, "{odd}");
            assert!(!matches!(items[0].reading, Reading::Inbound(_)), "{odd}");
            assert!(matches!(items[1].reading, Reading::Inbound(_)), "{odd}");
        }
    }

    #[test]
    fn odd_words_about_the_number_or_a_person_take_nothing_from_the_others() {
        let body = r#"{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": {
            "metadata": {"phone_number_id": "1", "new": 1e999},
            "contacts": [{"wa_id": "390", "new": -1e999}, 7, {"wa_id": "393331234567", "profile": {"name": "Ada"}}],
            "messages": [{"from": "393331234567", "id": "a", "timestamp": "1763712000", "type": "text",
                          "text": {"body": "Hi"}}]}}]}]}"#;
        let items = read(body.as_bytes());
        assert!(matches!(&items[0].reading, Reading::Inbound(inbound) if inbound.name.as_deref() == Some("Ada")));
    }

    #[test]
    fn a_list_that_is_none_is_accounted_for_beside_its_neighbours() {
        let value = json!({"messages": {}, "statuses": [{"status": "read"}]});
        let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]});
        let at = "/entry/0/changes/0/value";
        let expected = [
            (format!("{at}/messages"), "messages".to_owned()),
            (format!("{at}/statuses/0"), "statuses.read".to_owned()),
        ];
        assert_eq!(kinds(&body), expected);
    }

    #[test]
    fn what_is_under_a_message_field_and_no_object_is_broken() {
        for field in ["messages", "standby", "history", "smb_message_echoes", "message_echoes"] {
            for value in [json!("x"), json!(null), json!([]), json!(7)] {
                let change = json!({"field": field, "value": value});
                let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]});
                let items = read(body.to_string().as_bytes());
                assert!(matches!(&items[..], [EnvelopeItem { reading: Reading::Unreadable(_), .. }]), "{items:?}");
            }
        }
    }

    #[test]
    fn what_an_agent_of_meta_s_answers_is_read_like_any_other_thread() {
        let message = json!({"from": "393331234567", "id": "a", "type": "text", "text": {"body": "Hi"}});
        let metadata = json!({"phone_number_id": "10"});
        let value = json!({"metadata": metadata, "messages": [message], "statuses": [{"id": "b", "status": "read"}]});
        let under = |field: &str| {
            let change = json!({"field": field, "value": value});
            let body = json!({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]});
            read(body.to_string().as_bytes())
        };
        assert_eq!(under("standby"), under("messages"));
        assert!(matches!(
            under("standby")[..],
            [EnvelopeItem { reading: Reading::Inbound(_), .. }, EnvelopeItem { reading: Reading::Status(_), .. },]
        ));
    }

    #[test]
    fn what_is_not_json_is_one_unreadable_item() {
        for body in [&b""[..], b"{", b"\xff\xfe", "[".repeat(100_000).as_bytes()] {
            assert!(matches!(read(body)[..], [EnvelopeItem { reading: Reading::Unreadable(_), .. }]));
        }
    }
}
