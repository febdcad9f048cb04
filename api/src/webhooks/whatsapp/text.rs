//! A text message, read from the provider's JSON.

use std::collections::HashMap;

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

/// Why a text message is not received. Quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreceived {
    /// It is sound, and of a kind that nothing acts on.
    NotYet(&'static str),
    /// It is broken.
    Broken(&'static str),
}

/// What a change says of everybody who writes in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// Meta's id of the number they write to.
    pub phone_number_id: Option<String>,
    /// What they call themselves, by their numbers.
    pub names: HashMap<String, String>,
}

impl InboundText {
    /// Reads `message`, of the change that says `sender`.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(sender: &Sender, message: &Value) -> Result<Self, Unreceived> {
        use Unreceived::{Broken, NotYet};

        if message.get("group_id").is_some() {
            return Err(NotYet("messages of groups are not read yet"));
        }
        let from = message.get("from").and_then(Value::as_str).unwrap_or_default();
        let id = message.get("id").and_then(Value::as_str).unwrap_or_default();
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(Broken("it has no id of 1 to 512 bytes"));
        }
        Ok(Self {
            phone_number_id: sender.phone_number_id.clone().ok_or(Broken("its change names no phone number id"))?,
            id: id.to_owned(),
            from: E164::parse(from).map_err(|_| NotYet("its sender has no phone number"))?,
            name: sender.names.get(from).cloned(),
            sent_at: unix_seconds(message.get("timestamp")).ok_or(Broken("its timestamp is not in unix seconds"))?,
            body: message.pointer("/text/body").and_then(Value::as_str).ok_or(Broken("it has no text"))?.to_owned(),
        })
    }
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

    fn sender() -> Sender {
        let names = [("393330000000", "Somebody else"), ("393331234567", "Ada")];
        Sender {
            phone_number_id: Some("10".to_owned()),
            names: names.map(|(number, name)| (number.to_owned(), name.to_owned())).into(),
        }
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
        let text = InboundText::read(&sender(), &message()).unwrap();
        assert_eq!(
            (text.name.as_deref(), text.body.as_str(), text.phone_number_id.as_str()),
            (Some("Ada"), "Hi", "10")
        );
        assert_eq!(text.sent_at.as_second(), 1_763_712_000);
    }

    #[test]
    fn a_name_is_the_sender_s_or_none() {
        let nobody = Sender { names: HashMap::new(), ..sender() };
        assert_eq!(InboundText::read(&nobody, &message()).unwrap().name, None);
    }

    #[test]
    fn a_number_is_a_timestamp_too() {
        let mut message = message();
        message["timestamp"] = json!(1_763_712_000);
        assert!(InboundText::read(&sender(), &message).is_ok());
    }

    #[test]
    fn what_is_sound_and_not_ours_yet_is_told_from_what_is_broken() {
        for (key, value, broken) in [
            ("group_id", json!("g"), false),
            ("from", json!(""), false),
            ("id", json!(""), true),
            ("text", json!({}), true),
        ] {
            let mut message = message();
            message[key] = value;
            let unreceived = InboundText::read(&sender(), &message).unwrap_err();
            assert_eq!(matches!(unreceived, Unreceived::Broken(_)), broken, "{unreceived:?}");
        }
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
            let (Unreceived::Broken(reason) | Unreceived::NotYet(reason)) =
                InboundText::read(&sender(), &message).unwrap_err();
            assert!(reason.contains(told), "{message}: {reason}");
        }
    }
}
