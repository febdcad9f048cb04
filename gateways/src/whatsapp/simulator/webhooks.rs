//! Plays WhatsApp: composes webhook bodies the way Meta spells them, so that tests and the demo post what a
//! production server would receive.

use serde_json::{Value, json};

/// The business number that messages are written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessNumber {
    /// Meta's id of the number; webhooks are routed by it.
    pub phone_number_id: String,
    /// The WhatsApp Business Account that owns the number.
    pub waba_id: String,
    /// The number as people read it, digits only in webhooks.
    pub display_phone: String,
}

/// One text a customer wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The customer's number, digits without `+`.
    pub from: String,
    /// The name in her profile.
    pub name: String,
    /// The provider's message id (`wamid...`).
    pub id: String,
    /// When she wrote, in unix seconds.
    pub timestamp: i64,
    /// What she wrote.
    pub body: String,
}

/// A webhook body with one change that carries all `texts`, in their order.
#[must_use]
pub fn texts(number: &BusinessNumber, texts: &[Text]) -> Vec<u8> {
    let contacts: Vec<Value> =
        texts.iter().map(|text| json!({"profile": {"name": text.name}, "wa_id": text.from})).collect();
    let messages: Vec<Value> = texts
        .iter()
        .map(|text| {
            json!({
                "from": text.from,
                "id": text.id,
                "timestamp": text.timestamp.to_string(),
                "type": "text",
                "text": {"body": text.body},
            })
        })
        .collect();
    messages_change(number, &json!(contacts), &json!(messages))
}

/// A webhook body with one `messages` change around the given `contacts` and `messages` arrays.
#[must_use]
pub fn messages_change(number: &BusinessNumber, contacts: &Value, messages: &Value) -> Vec<u8> {
    changes(number, &[("messages", json!({ "contacts": contacts, "messages": messages }))])
}

/// A webhook body with a change for each field, in their order: what each says is joined by what Meta says of the number.
#[must_use]
pub fn changes(number: &BusinessNumber, fields: &[(&str, Value)]) -> Vec<u8> {
    let changes = fields.iter().map(|(field, said)| {
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": number.display_phone, "phone_number_id": number.phone_number_id },
        });
        for (name, said) in said.as_object().into_iter().flatten() {
            value[name] = said.clone();
        }
        json!({ "field": field, "value": value })
    });
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": number.waba_id, "changes": changes.collect::<Vec<_>>() }],
    });
    escape_like_meta(&body.to_string()).into_bytes()
}

/// Spells JSON as Meta does before it signs: non-ASCII as `\uXXXX` in lower case, `/` as `\/`, `@` as `\u0040`.
#[must_use]
pub fn escape_like_meta(json: &str) -> String {
    use std::fmt::Write as _;

    let mut escaped = String::with_capacity(json.len() * 2);
    let mut units = [0_u16; 2];
    for character in json.chars() {
        match character {
            '/' => escaped.push_str("\\/"),
            '@' => escaped.push_str("\\u0040"),
            character if character.is_ascii() => escaped.push(character),
            character => {
                for unit in character.encode_utf16(&mut units) {
                    // Writing to a String can't fail.
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_changes_the_spelling_and_not_the_meaning() {
        let plain = json!({"body": "café 👋 https://example.com/a@b", "escaped": "a\\/\"\u{1}"}).to_string();
        let escaped = escape_like_meta(&plain);
        assert!(escaped.is_ascii());
        assert!(escaped.contains("\\ud83d\\udc4b") && escaped.contains("\\u0040") && escaped.contains("\\/"));
        let (before, after): (Value, Value) =
            (serde_json::from_str(&plain).unwrap(), serde_json::from_str(&escaped).unwrap());
        assert_eq!(before, after);
    }

    #[test]
    fn each_field_is_a_change_of_the_number() {
        let number = BusinessNumber { phone_number_id: "1".into(), waba_id: "2".into(), display_phone: "3".into() };
        let fields = [("messages", json!({"statuses": []})), ("smb_message_echoes", json!({"message_echoes": []}))];
        let body: Value = serde_json::from_slice(&changes(&number, &fields)).unwrap();
        let changes = body["entry"][0]["changes"].as_array().unwrap();
        for (change, (field, said)) in changes.iter().zip(&fields) {
            assert_eq!(change["field"], *field);
            assert_eq!(change["value"]["metadata"]["phone_number_id"], "1");
            let list = said.as_object().unwrap().keys().next().unwrap();
            assert_eq!(change["value"][list], said[list]);
        }
        assert_eq!(changes.len(), fields.len());
    }

    #[test]
    fn texts_share_one_change_and_keep_their_order() {
        let number = BusinessNumber { phone_number_id: "1".into(), waba_id: "2".into(), display_phone: "3".into() };
        let text =
            |id: &str| Text { from: "4".into(), name: "N".into(), id: id.into(), timestamp: 5, body: "b".into() };
        let body: Value = serde_json::from_slice(&texts(&number, &[text("a"), text("b")])).unwrap();
        let messages = &body["entry"][0]["changes"][0]["value"]["messages"];
        assert_eq!((messages[0]["id"].as_str(), messages[1]["id"].as_str()), (Some("a"), Some("b")));
    }
}
