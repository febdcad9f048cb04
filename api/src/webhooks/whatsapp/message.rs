//! What a customer wrote or did, read from the provider's JSON: which act it is, on what, and when. Who she is stands
//! in `party`, what a message holds in `written`.

mod party;
mod written;

pub(super) use party::{Everybody, Party};
pub(super) use written::Written;

use jiff::Timestamp;
use leadflow_domain::conversation::MessageContent;
use leadflow_domain::outbound_message::ReportedStatus;
use serde_json::Value;

use self::written::written;
use super::content;
use super::json::{text, unix_seconds};
use super::place::Place;

/// What somebody wrote or did, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Inbound {
    /// To what of the business.
    pub place: Place,
    /// The provider's id of the message or act.
    pub id: String,
    /// In which group, by the provider's id, if not to the business alone.
    pub group: Option<String>,
    /// Who.
    pub sender: Party,
    /// What she calls herself.
    pub name: Option<String>,
    /// When, by the provider's clock.
    pub told_at: ToldAt,
    /// What.
    pub act: Act,
}

/// A time, or what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToldAt {
    /// A time.
    At(Timestamp),
    /// No time: as given.
    Odd(String),
}

impl ToldAt {
    /// As the provider gave it.
    pub(super) fn given(&self) -> String {
        match self {
            Self::At(at) => at.as_second().to_string(),
            Self::Odd(given) => given.clone(),
        }
    }
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// She wrote, or WhatsApp tells of her.
    Message(Box<Written>),
    /// She reacted, or took her reaction back.
    Reaction {
        /// To which message.
        to: String,
        /// With what.
        emoji: Option<String>,
    },
    /// She changed a message.
    Edit {
        /// Which.
        original: String,
        /// To what.
        content: MessageContent,
    },
    /// She took a message back.
    Revocation {
        /// Which.
        original: String,
    },
    /// It was written before the number was connected here.
    Import(Box<Imported>),
}

impl Act {
    /// What was written, then or now.
    pub(super) fn written(&self) -> Option<&Written> {
        match self {
            Self::Message(written) => Some(written),
            Self::Import(imported) => Some(&imported.written),
            Self::Reaction { .. } | Self::Edit { .. } | Self::Revocation { .. } => None,
        }
    }
}

/// A message of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// What was written.
    pub written: Written,
    /// How far it got, if it is the business's and the history says so.
    pub status: Option<ReportedStatus>,
}

/// Longest provider message id that is taken for one (Meta: opaque text; ours up to 512).
const LONGEST_ID: usize = 512;

/// Why a message is not received. Quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreceived {
    /// It is broken.
    Broken(&'static str),
}

impl Inbound {
    /// Reads `message`, of the change that says `everybody`.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(everybody: &Everybody, message: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let kind = kind_of(message).ok_or(Broken("it says no type"))?;
        let group = match message.get("group_id") {
            None | Some(Value::Null) => None,
            group => Some(id_of(group).ok_or(Broken("its group's id is none of 1 to 512 bytes"))?),
        };
        let id = id_of(message.get("id")).ok_or(Broken("it has no id of 1 to 512 bytes"))?;
        let place = everybody.number()?;
        let told_at = told_at(message.get("timestamp"));
        let sender = everybody.sender(message);
        // What a change tells of is what she was known by until then.
        let sender = match Party::new(None, text(message.pointer("/system/previous_user_id")).as_deref()) {
            Some(before) => Some(Party { phone: sender.and_then(|sender| sender.phone), ..before }),
            None => sender,
        };
        let sender = sender.ok_or(Broken("it names no sender"))?;
        let name = everybody.person(&sender).and_then(|person| person.name.clone());
        let act = act(kind, message)?;
        Ok(Self { place, id, group, sender, name, told_at, act })
    }
}

/// What kind of message it is. Some come without saying so, and show it by what they hold.
pub(super) fn kind_of(message: &Value) -> Option<&str> {
    match message.get("type") {
        Some(kind) if !kind.is_null() => kind.as_str(),
        _ => SHOWN.into_iter().find(|kind| message.get(kind).is_some_and(Value::is_object)),
    }
}

/// Kinds that show by a field of their name.
const SHOWN: [&str; 9] =
    ["text", "image", "video", "audio", "document", "sticker", "location", "interactive", "reaction"];

pub(super) fn id_of(id: Option<&Value>) -> Option<String> {
    id?.as_str().filter(|id| (1..=LONGEST_ID).contains(&id.len())).map(str::to_owned)
}

pub(super) fn told_at(timestamp: Option<&Value>) -> ToldAt {
    match unix_seconds(timestamp) {
        Some(at) => ToldAt::At(at),
        None => ToldAt::Odd(timestamp.unwrap_or(&Value::Null).to_string().chars().take(64).collect()),
    }
}

pub(super) fn act(kind: &str, message: &Value) -> Result<Act, Unreceived> {
    use Unreceived::Broken;

    let about =
        |field: &str| id_of(message[kind].get(field)).ok_or(Broken("it does not say which message it is about"));
    Ok(match kind {
        "reaction" => Act::Reaction { to: about("message_id")?, emoji: text(message.pointer("/reaction/emoji")) },
        "edit" => {
            let changed = &message["edit"]["message"];
            let kind = changed.get("type").and_then(Value::as_str).ok_or(Broken("it does not say what was changed"))?;
            Act::Edit { original: about("original_message_id")?, content: content::read(kind, changed) }
        }
        "revoke" => Act::Revocation { original: about("original_message_id")? },
        _ => Act::Message(Box::new(written(kind, message))),
    })
}

#[cfg(test)]
mod tests {
    use leadflow_domain::E164;
    use leadflow_domain::conversation::Forwarded;
    use serde_json::json;

    use super::party::Person;
    use super::*;

    fn everybody() -> Everybody {
        Everybody::of(
            &json!({"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"}),
            &[
                json!({"wa_id": "393330000000", "profile": {"name": "Somebody else"}}),
                json!({"wa_id": "393331234567", "user_id": "IT.1", "profile": {"name": " Ada "}}),
            ],
        )
    }

    fn message() -> Value {
        json!({"from": "393331234567", "id": "wamid.1", "timestamp": "1763712000", "type": "text", "text": {"body": "Hi"}})
    }

    fn with(field: &str, value: Value) -> Value {
        let mut message = message();
        message[field] = value;
        message
    }

    fn without(field: &str) -> Value {
        let mut message = message();
        message.as_object_mut().unwrap().remove(field);
        message
    }

    fn read(message: &Value) -> Inbound {
        Inbound::read(&everybody(), message).unwrap_or_else(|error| panic!("{message}: {error:?}"))
    }

    fn phone(digits: &str) -> Option<E164> {
        Some(E164::parse(digits).unwrap())
    }

    #[test]
    fn a_message_is_read_with_all_that_its_sender_is_known_by() {
        let inbound = read(&message());
        assert_eq!(
            inbound.sender,
            Party { phone: phone("393331234567"), user_id: Some("IT.1".to_owned()), scoped: None }
        );
        assert_eq!((inbound.name.as_deref(), inbound.place.id()), (Some("Ada"), "10"));
        assert_eq!(inbound.told_at, ToldAt::At(Timestamp::from_second(1_763_712_000).unwrap()));
    }

    #[test]
    fn what_is_written_in_a_group_is_read_as_its_writer_s() {
        let inbound = read(&with("group_id", json!("HBgL")));
        assert_eq!(inbound.group.as_deref(), Some("HBgL"));
        assert_eq!(Inbound { group: None, ..inbound }, read(&message()));
        assert_eq!(read(&with("group_id", json!(null))).group, None);
    }

    #[test]
    fn a_sender_may_have_a_user_id_alone() {
        for from in [json!(null), json!("")] {
            let mut message = with("from", from);
            message["from_user_id"] = json!("IT.2");
            let inbound = read(&message);
            assert_eq!(inbound.sender, Party { phone: None, user_id: Some("IT.2".to_owned()), scoped: None });
            assert_eq!(inbound.name, None, "a name is the sender's or none");
        }
    }

    #[test]
    fn a_tap_under_the_business_s_own_number_is_the_customer_s() {
        let everybody = Everybody {
            people: vec![Person {
                party: Party { phone: phone("393331234567"), user_id: None, scoped: None },
                name: None,
            }],
            ..everybody()
        };
        let sender = Inbound::read(&everybody, &with("from", json!("390212345678"))).unwrap().sender;
        assert_eq!(sender.phone, phone("393331234567"));
    }

    #[test]
    fn odd_times_are_kept_as_given() {
        for (odd, kept) in [(json!(0), "0"), (json!("soon"), "\"soon\""), (json!(null), "null")] {
            assert_eq!(read(&with("timestamp", odd)).told_at, ToldAt::Odd(kept.to_owned()));
        }
        assert_eq!(read(&without("timestamp")).told_at, ToldAt::Odd("null".to_owned()));
    }

    #[test]
    fn acts_on_messages_are_read() {
        let act = |kind: &str, inside: Value| {
            read(&json!({
                "from": "393331234567", "id": "wamid.2", "timestamp": "1763712000", "type": kind, kind: inside,
            }))
            .act
        };
        let to = || "wamid.1".to_owned();
        let reaction = |emoji: Option<&str>| Act::Reaction { to: to(), emoji: emoji.map(str::to_owned) };
        assert_eq!(act("reaction", json!({"message_id": "wamid.1", "emoji": "👍"})), reaction(Some("👍")));
        for removal in [json!({"message_id": "wamid.1", "emoji": ""}), json!({"message_id": "wamid.1"})] {
            assert_eq!(act("reaction", removal), reaction(None));
        }
        let changed = json!({"type": "text", "text": {"body": "Hello"}});
        let content = MessageContent::Text { body: "Hello".to_owned().into() };
        let edit = act("edit", json!({"original_message_id": "wamid.1", "message": changed}));
        assert_eq!(edit, Act::Edit { original: to(), content });
        assert_eq!(act("revoke", json!({"original_message_id": "wamid.1"})), Act::Revocation { original: to() });
    }

    #[test]
    fn what_stands_beside_a_message_is_read() {
        let mut message = with(
            "context",
            json!({
                "id": "wamid.0", "from": "390212345678", "forwarded": true,
                "referred_product": {"catalog_id": "7", "product_retailer_id": "blue"},
            }),
        );
        message["referral"] = json!({"source_id": "9", "source_type": "ad", "ctwa_clid": "click", "headline": "Blue"});
        message["errors"] = json!([{"code": 131_051, "title": "Unknown"}]);
        let Act::Message(written) = read(&message).act else { panic!("a message") };
        assert_eq!(written.replies_to.as_deref(), Some("wamid.0"));
        assert_eq!(written.forwarded, Some(Forwarded::Once));
        assert_eq!(written.product.unwrap().product_retailer_id.as_deref(), Some("blue"));
        assert_eq!(written.referral.unwrap().source_id.as_deref(), Some("9"));
        assert_eq!(written.errors[0].code, "131051");
        let frequently = read(&with("context", json!({"frequently_forwarded": true})));
        let Act::Message(written) = frequently.act else { panic!("a message") };
        assert_eq!((written.forwarded, written.replies_to), (Some(Forwarded::Frequently), None));
    }

    #[test]
    fn a_change_of_number_or_user_id_names_the_new_one() {
        let now = |message: Value| {
            let inbound = read(&message);
            let Act::Message(written) = inbound.act else { panic!("a message") };
            (inbound.sender, written.now_known_by)
        };
        let system = |system: Value| {
            json!({
                "id": "wamid.3", "timestamp": "1763712000", "type": "system", "system": system, "from": "393331234567",
            })
        };
        let known = Party { phone: phone("393337654321"), user_id: None, scoped: None };
        for field in ["wa_id", "new_wa_id"] {
            let (_, party) = now(system(json!({"type": "user_changed_number", field: "393337654321"})));
            assert_eq!(party.as_ref(), Some(&known), "{field}");
        }
        let mut change = system(json!({"type": "user_changed_user_id", "user_id": "IT.9", "previous_user_id": "IT.8"}));
        change.as_object_mut().unwrap().remove("from");
        let user_id = |id: &str| Party { phone: None, user_id: Some(id.to_owned()), scoped: None };
        assert_eq!(now(change), (user_id("IT.8"), Some(user_id("IT.9"))));
    }

    #[test]
    fn what_is_missing_is_said() {
        for (message, told) in [
            (without("id"), "no id"),
            (with("id", json!("x".repeat(513))), "no id"),
            (with("id", json!("")), "no id"),
            (without("from"), "sender"),
            (with("from", json!("")), "sender"),
            (with("type", json!(["text"])), "type"),
            (with("type", json!("reaction")), "which message"),
            (with("type", json!("revoke")), "which message"),
            (with("type", json!("edit")), "what was changed"),
            (with("group_id", json!("")), "group"),
            (with("group_id", json!(7)), "group"),
            (with("group_id", json!("x".repeat(513))), "group"),
        ] {
            let Unreceived::Broken(reason) = Inbound::read(&everybody(), &message).unwrap_err();
            assert!(reason.contains(told), "{message}: {reason}");
        }
        let nowhere = Everybody { phone_number_id: None, ..everybody() };
        assert!(Inbound::read(&nowhere, &message()).is_err());
    }
}
