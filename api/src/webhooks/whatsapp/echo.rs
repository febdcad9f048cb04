//! What the business wrote or did elsewhere than here, read from the provider's JSON.

use leadflow_domain::outbound_message::Via;
use serde_json::Value;

use super::json::text;
use super::message::{Act, Everybody, Party, ToldAt, Unreceived, act, id_of, kind_of, told_at};
use super::place::Place;

/// What somebody of the business, or a bot, wrote or did under a number or an account of the business.
#[derive(Debug, Clone, PartialEq)]
pub struct Echo {
    /// Of what of the business.
    pub place: Place,
    /// The provider's id of the message or act.
    pub id: String,
    /// To whom.
    pub recipient: Party,
    /// What she calls herself.
    pub name: Option<String>,
    /// When, by the provider's clock.
    pub told_at: ToldAt,
    /// Where it was written.
    pub via: Via,
    /// What.
    pub act: Act,
}

/// Longest name of a way of writing that is kept.
const LONGEST_NAME: usize = 64;

impl Echo {
    /// Reads `message`, of the change of this `field` that says `everybody`.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(field: &str, everybody: &Everybody, message: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let kind = kind_of(message).ok_or(Broken("it says no type"))?;
        if message.get("group_id").is_some() || message.get("recipient_type").is_some_and(|kind| kind == "group") {
            return Err(Broken("WhatsApp documents no echoes of what is written in groups"));
        }
        let id = id_of(message.get("id")).ok_or(Broken("it has no id of 1 to 512 bytes"))?;
        let place = everybody.number()?;
        let recipient = recipient(everybody, message).ok_or(Broken("it names no recipient"))?;
        let name = everybody.person(&recipient).and_then(|person| person.name.clone());
        let (told_at, act) = (told_at(message.get("timestamp")), act(kind, message)?);
        Ok(Self { place, id, recipient, name, told_at, via: via(field, message), act })
    }
}

/// Whom it was for, with all that she is known by. Some of Meta's own samples have both parties the other way round: the
/// business is whoever has its number.
fn recipient(everybody: &Everybody, message: &Value) -> Option<Party> {
    let party = |phone: &str, user_id: &str| {
        Party::new(text(message.get(phone)).as_deref(), text(message.get(user_id)).as_deref())
    };
    let (from, to) = (party("from", "from_user_id"), party("to", "to_user_id"));
    let is_business = |party: &Party| everybody.is_business(party);
    let recipient = match to {
        Some(to) if is_business(&to) => from.filter(|from| !is_business(from))?,
        to => to?,
    };
    Some(everybody.with_all_she_is_known_by(recipient))
}

fn via(field: &str, message: &Value) -> Via {
    match text(message.get("message_creation_type")) {
        Some(way) if way == "created_by_1p_bot" => Via::Bot,
        Some(way) => Via::Other(way.chars().take(LONGEST_NAME).collect()),
        None if field == "smb_message_echoes" => Via::BusinessApp,
        None => Via::Other(field.chars().take(LONGEST_NAME).collect()),
    }
}

#[cfg(test)]
mod tests {
    use leadflow_domain::E164;
    use serde_json::json;

    use super::*;

    const APP: &str = "smb_message_echoes";

    fn everybody() -> Everybody {
        Everybody::of(
            &json!({"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"}),
            &[json!({"wa_id": "393331234567", "user_id": "IT.1", "profile": {"name": "Ada"}})],
        )
    }

    fn echo() -> Value {
        json!({
            "from": "390212345678", "to": "393331234567", "id": "wamid.1", "timestamp": "1763712000",
            "type": "text", "text": {"body": "It is."},
        })
    }

    fn with(field: &str, value: Value) -> Value {
        let mut echo = echo();
        echo[field] = value;
        echo
    }

    fn read(field: &str, message: &Value) -> Echo {
        Echo::read(field, &everybody(), message).unwrap_or_else(|error| panic!("{message}: {error:?}"))
    }

    fn ada() -> Party {
        Party { phone: Some(E164::parse("393331234567").unwrap()), user_id: Some("IT.1".to_owned()), scoped: None }
    }

    #[test]
    fn an_echo_is_for_whom_it_was_written_to() {
        let echo = read(APP, &echo());
        assert_eq!((echo.recipient, echo.name.as_deref()), (ada(), Some("Ada")));
        assert!(matches!(echo.act, Act::Message(_)));
        let user_id = Party { phone: None, user_id: Some("IT.2".to_owned()), scoped: None };
        let mut without_phone = with("to_user_id", json!("IT.2"));
        without_phone.as_object_mut().unwrap().remove("to");
        assert_eq!(read(APP, &without_phone).recipient, user_id);
    }

    #[test]
    fn whoever_has_the_business_s_number_is_not_the_customer() {
        let mut turned = with("to", json!("390212345678"));
        turned["from"] = json!("393331234567");
        assert_eq!(read(APP, &turned).recipient, ada());
        // Neither has it: what stands under `to` counts.
        assert_eq!(read(APP, &with("from", json!("393330000000"))).recipient, ada());
    }

    #[test]
    fn where_it_was_written_is_told() {
        let bot = with("message_creation_type", json!("created_by_1p_bot"));
        let partner = with("message_creation_type", json!("created_by_partner"));
        assert_eq!(read(APP, &echo()).via, Via::BusinessApp);
        assert_eq!(read("message_echoes", &bot).via, Via::Bot);
        assert_eq!(read("message_echoes", &partner).via, Via::Other("created_by_partner".to_owned()));
        assert_eq!(read("message_echoes", &echo()).via, Via::Other("message_echoes".to_owned()));
    }

    #[test]
    fn what_was_changed_or_taken_back_elsewhere_is_read() {
        let mut revoked = with("type", json!("revoke"));
        revoked["revoke"] = json!({"original_message_id": "wamid.0"});
        assert_eq!(read(APP, &revoked).act, Act::Revocation { original: "wamid.0".to_owned() });
    }

    #[test]
    fn what_is_missing_is_said() {
        for (message, told) in [
            (with("id", json!("")), "no id"),
            (with("to", json!(null)), "recipient"),
            (with("to", json!("390212345678")), "recipient"),
            (with("type", json!("revoke")), "which message"),
            (with("type", json!(7)), "type"),
            (with("group_id", json!("g")), "groups"),
            (with("recipient_type", json!("group")), "groups"),
        ] {
            let Unreceived::Broken(reason) = Echo::read(APP, &everybody(), &message).unwrap_err();
            assert!(reason.contains(told), "{message}: {reason}");
        }
        assert!(Echo::read(APP, &Everybody::default(), &echo()).is_err());
    }
}
