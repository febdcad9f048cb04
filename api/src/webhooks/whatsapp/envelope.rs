//! A webhook body, split into its items. Whatever it holds, every part of it is accounted for, and nothing panics.

use serde_json::Value;

use super::sanitize;
use super::text::InboundText;

/// One message, status or notice of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeItem {
    /// Where it stands in the body (RFC 6901); empty for the whole body.
    pub pointer: String,
    /// What the provider calls it, e.g. `messages.text`.
    pub kind: String,
    /// What was made of it.
    pub reading: Reading,
}

/// What was made of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A text to receive.
    Text(Box<InboundText>),
    /// Kept; nothing acts on it.
    NotReadYet(&'static str),
    /// The body is not JSON.
    Unreadable(String),
}

/// Splits a body into its items, in their order. At least one: a body without any is itself the item.
#[must_use]
pub fn read(body: &[u8]) -> Vec<EnvelopeItem> {
    let body: Value = match serde_json::from_str(&sanitize(body)) {
        Ok(body) => body,
        // Syntax errors quote positions, never values.
        Err(error) => return vec![item("", "unreadable", Reading::Unreadable(format!("not JSON: {error}")))],
    };
    let mut items = Vec::new();
    if body.get("object").and_then(Value::as_str) == Some("whatsapp_business_account") {
        for_each(&body, "", "entry", &mut items, |entry, at, items| {
            for_each(entry, at, "changes", items, read_change);
        });
    }
    if items.is_empty() {
        items.push(item("", "body", Reading::NotReadYet("it holds no WhatsApp change")));
    }
    items
}

/// Calls `each` for every element of the array `key` of `parent`, which stands at `at`. What is no array is an item of
/// its own.
fn for_each(
    parent: &Value,
    at: &str,
    key: &str,
    items: &mut Vec<EnvelopeItem>,
    each: impl Fn(&Value, &str, &mut Vec<EnvelopeItem>),
) {
    let at = format!("{at}/{key}");
    match parent.get(key) {
        Some(Value::Array(elements)) => {
            for (nth, element) in elements.iter().enumerate() {
                each(element, &format!("{at}/{nth}"), items);
            }
        }
        _ => items.push(item(&at, key, Reading::NotReadYet("it is not in the shape that Meta documents"))),
    }
}

fn read_change(change: &Value, at: &str, items: &mut Vec<EnvelopeItem>) {
    let field = change.get("field").and_then(Value::as_str).unwrap_or("no_field");
    let value = change.get("value").unwrap_or(&Value::Null);
    let before = items.len();
    if field == "messages" {
        for (name, list) in [("messages", "/messages"), ("statuses", "/statuses"), ("errors", "/errors")] {
            let Some(Value::Array(elements)) = value.pointer(list) else { continue };
            for (nth, element) in elements.iter().enumerate() {
                let at = format!("{at}/value{list}/{nth}");
                items.push(match name {
                    "messages" => read_message(value, element, &at),
                    "statuses" => other(name, element.get("status"), &at),
                    _ => other(name, None, &at),
                });
            }
        }
    }
    if items.len() == before {
        items.push(item(at, field, Reading::NotReadYet("changes of this kind are not read yet")));
    }
}

fn read_message(value: &Value, message: &Value, at: &str) -> EnvelopeItem {
    match message.get("type").and_then(Value::as_str) {
        Some("text") => {
            let reading = match InboundText::read(value, message) {
                Ok(text) => Reading::Text(Box::new(text)),
                Err(reason) => Reading::NotReadYet(reason),
            };
            item(at, "messages.text", reading)
        }
        _ => other("messages", message.get("type"), at),
    }
}

fn other(list: &str, kind: Option<&Value>, at: &str) -> EnvelopeItem {
    let kind = match kind.and_then(Value::as_str) {
        Some(kind) => format!("{list}.{kind}"),
        None => list.to_owned(),
    };
    item(at, &kind, Reading::NotReadYet("items of this kind are not read yet"))
}

/// Longest kind that is kept; the provider's are some twenty characters.
const LONGEST_KIND: usize = 64;

fn item(pointer: &str, kind: &str, reading: Reading) -> EnvelopeItem {
    EnvelopeItem { pointer: pointer.to_owned(), kind: kind.chars().take(LONGEST_KIND).collect(), reading }
}

#[cfg(test)]
mod tests {
    use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text, texts};
    use serde_json::json;

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
                Reading::Text(text) => text.id.as_str(),
                Reading::NotReadYet(_) | Reading::Unreadable(_) => panic!("{item:?}"),
            })
            .collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(items[1].pointer, "/entry/0/changes/0/value/messages/1");
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
    fn what_is_not_json_is_one_unreadable_item() {
        let deep = "[".repeat(100_000);
        for body in [&b""[..], b"{", b"\xff\xfe", deep.as_bytes()] {
            assert!(matches!(read(body)[..], [EnvelopeItem { reading: Reading::Unreadable(_), .. }]));
        }
    }
}
