//! What the business does in its own address book, read from the provider's JSON.

use serde_json::Value;

use super::json::text;
use super::message::{Everybody, Party, ToldAt, Unreceived, told_at};

/// A person was put into the business's address book, or taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Meta's id of the business's number.
    pub phone_number_id: String,
    /// Who.
    pub person: Party,
    /// Her entry; `None` when she was taken out.
    pub entry: Option<Entry>,
    /// When, by the provider's clock.
    pub told_at: ToldAt,
}

/// How the business writes her down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it calls her.
    pub name: String,
    /// What it calls her for short.
    pub first_name: Option<String>,
}

impl Listing {
    /// Reads an element of `state_sync`, of the change that says `everybody`.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(everybody: &Everybody, told: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        if told.get("type").and_then(Value::as_str) != Some("contact") {
            return Err(Broken("it is not about a contact, and nothing else is known of an address book"));
        }
        let said = |field: &str| text(told.pointer(&format!("/contact/{field}")));
        let named = |field: &str| said(field).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let (name, first_name) = (named("full_name"), named("first_name"));
        let entry = match told.get("action").and_then(Value::as_str) {
            Some("add" | "edit") => {
                let name = name.or_else(|| first_name.clone()).ok_or(Broken("it says no name"))?;
                Some(Entry { name, first_name })
            }
            Some("remove") => None,
            _ => return Err(Broken("it does not say what became of the entry, or in no word that is known")),
        };
        let phone_number_id = everybody.phone_number_id.clone();
        let phone_number_id = phone_number_id.ok_or(Broken("its change names no phone number id"))?;
        // As people write it down.
        let digits = said("phone_number").map(|phone| phone.chars().filter(char::is_ascii_digit).collect::<String>());
        let person = Party::new(digits.as_deref(), said("user_id").as_deref());
        let person = person.ok_or(Broken("it does not say whose entry it is"))?;
        Ok(Self {
            phone_number_id,
            person: everybody.with_all_she_is_known_by(person),
            entry,
            told_at: told_at(told.pointer("/metadata/timestamp")),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use leadflow_domain::E164;
    use serde_json::json;

    use super::*;

    fn everybody() -> Everybody {
        Everybody::of(&json!({"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"}), &[])
    }

    fn listing(action: &str) -> Value {
        json!({
            "type": "contact", "action": action, "metadata": {"timestamp": "1763712000"},
            "contact": {"full_name": " Ada from the market ", "first_name": "Ada", "phone_number": "393331234567"},
        })
    }

    fn with(field: &str, value: Value) -> Value {
        let mut listing = listing("add");
        listing["contact"][field] = value;
        listing
    }

    fn read(told: &Value) -> Listing {
        Listing::read(&everybody(), told).unwrap_or_else(|error| panic!("{told}: {error:?}"))
    }

    #[test]
    fn what_the_business_calls_her() {
        for action in ["add", "edit"] {
            let read = read(&listing(action));
            assert_eq!(read.person.phone, Some(E164::parse("393331234567").unwrap()));
            let entry = Entry { name: "Ada from the market".to_owned(), first_name: Some("Ada".to_owned()) };
            assert_eq!(read.entry, Some(entry));
            assert_eq!(read.told_at, ToldAt::At(Timestamp::from_second(1_763_712_000).unwrap()));
        }
        let short = read(&with("full_name", json!("")));
        assert_eq!(short.entry.unwrap().name, "Ada");
    }

    #[test]
    fn she_is_taken_out_by_her_number_alone() {
        let mut removed = listing("remove");
        removed["contact"] = json!({"phone_number": "393331234567"});
        assert_eq!(read(&removed).entry, None);
    }

    #[test]
    fn a_number_is_known_as_people_write_it_down() {
        let ada = Some(E164::parse("393331234567").unwrap());
        assert_eq!(read(&with("phone_number", json!("+39 333 123-4567"))).person.phone, ada);
        assert_eq!(read(&with("phone_number", json!(393_331_234_567_u64))).person.phone, ada);
        let mut by_user_id = with("user_id", json!("IT.1"));
        by_user_id["contact"]["phone_number"] = json!(null);
        assert_eq!(read(&by_user_id).person, Party { phone: None, user_id: Some("IT.1".to_owned()), scoped: None });
    }

    #[test]
    fn odd_times_are_kept() {
        let mut odd = listing("add");
        odd["metadata"] = json!([]);
        assert_eq!(read(&odd).told_at, ToldAt::Odd("null".to_owned()));
    }

    #[test]
    fn what_is_missing_or_unknown_is_said() {
        let nameless = {
            let mut told = listing("add");
            told["contact"] = json!({"phone_number": "393331234567", "full_name": "  "});
            told
        };
        let of_type = |kind: Value| {
            let mut told = listing("add");
            told["type"] = kind;
            told
        };
        for (told, reason) in [
            (nameless, "no name"),
            (with("phone_number", json!("112")), "whose"),
            (with("phone_number", json!(null)), "whose"),
            (listing("merge"), "what became"),
            (of_type(json!("label")), "not about a contact"),
            (of_type(json!(null)), "not about a contact"),
        ] {
            let Unreceived::Broken(said) = Listing::read(&everybody(), &told).unwrap_err();
            assert!(said.contains(reason), "{told}: {said}");
        }
        assert!(Listing::read(&Everybody::default(), &listing("add")).is_err());
        for odd in [json!(null), json!(7), json!([]), json!({}), json!("contact")] {
            assert!(Listing::read(&everybody(), &odd).is_err(), "{odd}");
        }
    }
}
