//! A text message, read from the provider's JSON.

use jiff::Timestamp;
use leadflow_domain::E164;
use serde_json::Value;

/// A text that a customer wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundText {
    /// Meta's id of the number it was written to.
    pub phone_number_id: String,
    /// The provider's message id.
    pub id: String,
    /// Who wrote.
    pub from: E164,
    /// What she calls herself.
    pub name: Option<String>,
    /// When, by the provider's clock.
    pub sent_at: Timestamp,
    /// What.
    pub body: String,
}

/// Longest provider message id that is taken for one (CHANNELS: opaque text up to 512).
const LONGEST_ID: usize = 512;

impl InboundText {
    /// Reads `message`, of the change whose `value` is around it.
    ///
    /// # Errors
    /// What is missing or odd, without quoting it.
    pub fn read(value: &Value, message: &Value) -> Result<Self, &'static str> {
        if message.get("group_id").is_some() {
            return Err("messages of groups are not read yet");
        }
        let from = message.get("from").and_then(Value::as_str).unwrap_or_default();
        let id = message.get("id").and_then(Value::as_str).unwrap_or_default();
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err("it has no id of 1 to 512 bytes");
        }
        Ok(Self {
            phone_number_id: value
                .pointer("/metadata/phone_number_id")
                .and_then(Value::as_str)
                .ok_or("its change names no phone number id")?
                .to_owned(),
            id: id.to_owned(),
            from: E164::parse(from).map_err(|_| "its sender is no phone number")?,
            name: name_of(value, from),
            sent_at: unix_seconds(message.get("timestamp")).ok_or("its timestamp is not in unix seconds")?,
            body: message.pointer("/text/body").and_then(Value::as_str).ok_or("it has no text")?.to_owned(),
        })
    }
}

/// The name in the sender's profile: among `contacts`, the one with her number.
fn name_of(value: &Value, from: &str) -> Option<String> {
    let contact = value
        .get("contacts")?
        .as_array()?
        .iter()
        .find(|contact| contact.get("wa_id").and_then(Value::as_str) == Some(from))?;
    let name = contact.pointer("/profile/name")?.as_str()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A string of digits, or a number: the provider's samples have both.
fn unix_seconds(timestamp: Option<&Value>) -> Option<Timestamp> {
    let seconds = match timestamp? {
        Value::String(digits) => digits.parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Timestamp::from_second(seconds).ok().filter(|at| at.as_second() > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value() -> Value {
        json!({
            "metadata": {"phone_number_id": "10"},
            "contacts": [
                {"wa_id": "393330000000", "profile": {"name": "Somebody else"}},
                {"wa_id": "393331234567", "profile": {"name": " Ada "}},
            ],
        })
    }

    fn message() -> Value {
        json!({"from": "393331234567", "id": "wamid.1", "timestamp": "1763712000", "type": "text", "text": {"body": "Hi"}})
    }

    fn without(mut message: Value, key: &str) -> Value {
        message.as_object_mut().unwrap().remove(key);
        message
    }

    #[test]
    fn a_text_is_read() {
        let text = InboundText::read(&value(), &message()).unwrap();
        assert_eq!(
            (text.name.as_deref(), text.body.as_str(), text.phone_number_id.as_str()),
            (Some("Ada"), "Hi", "10")
        );
        assert_eq!(text.sent_at.as_second(), 1_763_712_000);
    }

    #[test]
    fn a_name_is_the_sender_s_or_none() {
        for contacts in [
            json!([]),
            json!({}),
            json!([{"wa_id": "1"}]),
            json!([{"wa_id": "393331234567", "profile": {"name": "  "}}]),
        ] {
            let mut value = value();
            value["contacts"] = contacts;
            assert_eq!(InboundText::read(&value, &message()).unwrap().name, None);
        }
    }

    #[test]
    fn a_number_is_a_timestamp_too() {
        let mut message = message();
        message["timestamp"] = json!(1_763_712_000);
        assert!(InboundText::read(&value(), &message).is_ok());
    }

    #[test]
    fn what_is_missing_or_odd_is_said() {
        let odd = |key: &str, odd: Value| {
            let mut message = message();
            message[key] = odd;
            message
        };
        for (message, told) in [
            (without(message(), "id"), "no id"),
            (odd("id", json!("x".repeat(513))), "no id"),
            (without(message(), "from"), "sender"),
            (odd("from", json!("")), "sender"),
            (without(message(), "text"), "no text"),
            (odd("text", json!("Hi")), "no text"),
            (odd("timestamp", json!("soon")), "timestamp"),
            (odd("timestamp", json!("-5")), "timestamp"),
            (odd("timestamp", json!("99999999999999")), "timestamp"),
            (odd("timestamp", Value::Null), "timestamp"),
            (odd("group_id", json!("g")), "groups"),
        ] {
            let reason = InboundText::read(&value(), &message).unwrap_err();
            assert!(reason.contains(told), "{message}: {reason}");
        }
    }
}
