//! How far a message of the business got, read from the provider's JSON.

use leadflow_domain::conversation::ProviderError;
use leadflow_domain::outbound_message::{DeliveryStatus, ReportedStatus};
use serde_json::Value;

use super::content;
use super::json::{canonical, text};
use super::message::{Everybody, Party, ToldAt, Unreceived, id_of, told_at};
use super::place::Place;

/// What the provider tells of a message that left a number or an account of the business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What of the business it left.
    pub place: Place,
    /// The provider's id of the message.
    pub message: String,
    /// Whom the message was for, where that was one person and the provider says so.
    pub recipient: Option<Party>,
    /// What it says.
    pub status: ReportedStatus,
    /// When that was so, by the provider's clock.
    pub told_at: ToldAt,
    /// Of whom in a group it tells.
    pub participant: Option<GroupMember>,
    /// What whoever sent the message attached to it.
    pub callback_data: Option<String>,
    /// What the provider says of its price, as JSON.
    pub pricing: Option<String>,
    /// What the provider says of what it charges by, as JSON.
    pub billed_conversation: Option<String>,
    /// Why it failed.
    pub errors: Vec<ProviderError>,
    /// All of it: a status with another text is another one.
    pub fingerprint: String,
}

/// Somebody in a group, by one of both at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// Her number, as the provider writes it.
    pub phone: Option<String>,
    /// WhatsApp's id of her.
    pub user_id: Option<String>,
}

/// Longest word for a status that is kept; the provider's are some ten characters.
const LONGEST_WORD: usize = 64;

impl Status {
    /// Reads `status`, of the change that says `everybody`.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(everybody: &Everybody, status: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let message = id_of(status.get("id")).ok_or(Broken("it has no id of 1 to 512 bytes"))?;
        let word = status.get("status").and_then(Value::as_str).filter(|word| !word.is_empty());
        let reported = reported(word.ok_or(Broken("it says no status"))?);
        let place = everybody.number()?;
        let said = |name: &str| text(status.get(name));
        let json = |name: &str| status.get(name).filter(|value| !value.is_null()).map(canonical);
        let is_of_group = status.get("recipient_type").is_some_and(|kind| kind == "group");
        let recipient = Party::new(said("recipient_id").as_deref(), said("recipient_user_id").as_deref());
        Ok(Self {
            place,
            message,
            recipient: recipient.filter(|_| !is_of_group),
            status: reported,
            told_at: told_at(status.get("timestamp")),
            participant: participant(status),
            callback_data: said("biz_opaque_callback_data"),
            pricing: json("pricing"),
            billed_conversation: json("conversation"),
            errors: content::errors(status.get("errors")),
            fingerprint: canonical(status),
        })
    }
}

fn reported(word: &str) -> ReportedStatus {
    ReportedStatus::Reached(match word {
        "sent" => DeliveryStatus::Sent,
        "failed" => DeliveryStatus::Failed,
        "delivered" => DeliveryStatus::Delivered,
        "read" => DeliveryStatus::Read,
        "played" => DeliveryStatus::Played,
        other => return ReportedStatus::Other(other.chars().take(LONGEST_WORD).collect()),
    })
}

/// Meta documents two spellings.
fn participant(status: &Value) -> Option<GroupMember> {
    let said = |names: [&str; 2]| names.into_iter().find_map(|name| text(status.get(name)));
    let phone = said(["recipient_participant_id", "participant_recipient_id"]);
    let user_id = said(["recipient_participant_user_id", "participant_recipient_user_id"]);
    (phone.is_some() || user_id.is_some()).then_some(GroupMember { phone, user_id })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use leadflow_domain::E164;
    use serde_json::json;

    use super::*;

    fn everybody() -> Everybody {
        Everybody::of(&json!({"phone_number_id": "10"}), &[])
    }

    fn status() -> Value {
        json!({"id": "wamid.1", "status": "delivered", "timestamp": "1763712000", "recipient_id": "393331234567"})
    }

    fn with(field: &str, value: Value) -> Value {
        let mut status = status();
        status[field] = value;
        status
    }

    fn read(status: &Value) -> Status {
        Status::read(&everybody(), status).unwrap_or_else(|error| panic!("{status}: {error:?}"))
    }

    #[test]
    fn a_status_is_read_with_its_time_and_whom_the_message_was_for() {
        let read = read(&status());
        assert_eq!((read.place.id(), read.message.as_str()), ("10", "wamid.1"));
        assert_eq!(read.status, ReportedStatus::Reached(DeliveryStatus::Delivered));
        assert_eq!(read.told_at, ToldAt::At(Timestamp::from_second(1_763_712_000).unwrap()));
        let phone = Some(E164::parse("393331234567").unwrap());
        assert_eq!(read.recipient, Some(Party { phone, user_id: None, scoped: None }));
        let nobody = Status { recipient: None, participant: None, ..read };
        assert_eq!(nobody.pricing.or(nobody.billed_conversation).or(nobody.callback_data), None);
    }

    #[test]
    fn each_word_has_its_rank_and_unknown_ones_have_none() {
        let said = |word: &str| read(&with("status", json!(word))).status;
        for (word, reached) in [
            ("sent", DeliveryStatus::Sent),
            ("failed", DeliveryStatus::Failed),
            ("read", DeliveryStatus::Read),
            ("played", DeliveryStatus::Played),
        ] {
            assert_eq!(said(word), ReportedStatus::Reached(reached));
        }
        // `unknown` is ours to say, not the provider's.
        for word in ["deleted", "warning", "unknown", "teleported"] {
            assert_eq!(said(word), ReportedStatus::Other(word.to_owned()));
        }
        assert_eq!(said(&"x".repeat(100)), ReportedStatus::Other("x".repeat(64)));
    }

    #[test]
    fn what_it_costs_is_kept_as_it_is_told() {
        for (told, kept) in [
            (json!({"category": "service", "billable": true}), Some(r#"{"billable":true,"category":"service"}"#)),
            (json!("free"), Some(r#""free""#)),
            (json!(null), None),
        ] {
            assert_eq!(read(&with("pricing", told)).pricing.as_deref(), kept);
        }
        let conversation = read(&with("conversation", json!({"origin": {"type": "service"}, "id": "c"})));
        assert_eq!(conversation.billed_conversation.as_deref(), Some(r#"{"id":"c","origin":{"type":"service"}}"#));
    }

    #[test]
    fn why_it_failed_is_read_in_every_shape() {
        let codes = |errors: Value| {
            let mut failed = with("status", json!("failed"));
            failed["errors"] = errors;
            read(&failed).errors.into_iter().map(|error| error.code).collect::<Vec<_>>()
        };
        assert_eq!(
            codes(json!([{"code": "131026"}, {"code": 131_047, "title": "Re-engagement message"}])),
            ["131026", "131047"]
        );
        for none in [json!(null), json!([]), json!("none")] {
            assert_eq!(codes(none), [""; 0]);
        }
    }

    #[test]
    fn one_of_a_group_is_told_in_both_spellings_and_the_group_is_nobody() {
        for name in ["recipient_participant_id", "participant_recipient_id"] {
            let mut of_group = with("recipient_type", json!("group"));
            of_group["recipient_id"] = json!("393330000000");
            of_group[name] = json!("393331234567");
            let read = read(&of_group);
            let phone = Some("393331234567".to_owned());
            assert_eq!(
                (read.recipient, read.participant),
                (None, Some(GroupMember { phone, user_id: None })),
                "{name}"
            );
        }
    }

    #[test]
    fn a_status_that_says_something_else_is_another_one_and_the_order_of_its_fields_says_nothing() {
        let reordered: Value = serde_json::from_str(
            r#"{"status": "delivered", "recipient_id": "393331234567", "timestamp": "1763712000", "id": "wamid.1"}"#,
        )
        .unwrap();
        assert_eq!(read(&status()).fingerprint, read(&reordered).fingerprint);
        assert_ne!(read(&status()).fingerprint, read(&with("timestamp", json!("1763712001"))).fingerprint);
    }

    #[test]
    fn what_is_missing_is_said() {
        for (status, told) in [
            (with("id", json!(null)), "no id"),
            (with("id", json!("x".repeat(513))), "no id"),
            (with("status", json!("")), "no status"),
            (with("status", json!(7)), "no status"),
            (json!(null), "no id"),
        ] {
            let Err(Unreceived::Broken(reason)) = Status::read(&everybody(), &status) else { panic!("{status}") };
            assert!(reason.contains(told), "{status}: {reason}");
        }
        assert!(Status::read(&Everybody::default(), &status()).is_err());
        assert!(matches!(read(&with("timestamp", json!("WEBHOOK_TRIGGER_TIMESTAMP"))).told_at, ToldAt::Odd(_)));
    }
}
