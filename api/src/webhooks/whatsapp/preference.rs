//! What a person wants to be sent, read from the provider's JSON.

use leadflow_domain::contact::Wants;
use serde_json::Value;

use super::json::text;
use super::message::{Everybody, Party, ToldAt, Unreceived, told_at};

/// What somebody said that she wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// Meta's id of the business's number.
    pub phone_number_id: String,
    /// Who.
    pub person: Party,
    /// What she wants.
    pub wants: Wants,
    /// Of what, in the provider's word.
    pub category: String,
    /// When, by the provider's clock.
    pub told_at: ToldAt,
    /// How she said it, in the provider's words.
    pub detail: Option<String>,
}

/// Longest word of the provider's that is kept; its own are some twenty characters.
const LONGEST_WORD: usize = 64;

impl Preference {
    /// Reads an element of `user_preferences`, of the change that says `everybody`. Whom it names counts: beside it there
    /// may be somebody else.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(everybody: &Everybody, preference: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let said = |name: &str| text(preference.get(name));
        let word = |name: &str| said(name).map(|word| word.chars().take(LONGEST_WORD).collect::<String>());
        let phone_number_id = everybody.phone_number_id.clone();
        let phone_number_id = phone_number_id.ok_or(Broken("its change names no phone number id"))?;
        let person = Party::new(said("wa_id").as_deref(), said("user_id").as_deref());
        let person = person.ok_or(Broken("it does not say whose preference it is"))?;
        Ok(Self {
            phone_number_id,
            person: everybody.with_all_she_is_known_by(person),
            wants: Wants::of(&word("value").ok_or(Broken("it does not say what she wants"))?),
            category: word("category").ok_or(Broken("it does not say of what she wants it"))?,
            told_at: told_at(preference.get("timestamp")),
            detail: said("detail"),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use leadflow_domain::E164;
    use serde_json::json;

    use super::*;

    const ADA: &str = "393331234567";

    fn everybody() -> Everybody {
        Everybody::of(
            &json!({"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"}),
            &[json!({"wa_id": ADA, "user_id": "IT.1", "profile": {"name": "Ada"}})],
        )
    }

    fn preference() -> Value {
        json!({
            "wa_id": ADA, "detail": "User requested to stop marketing messages", "category": "marketing_messages",
            "value": "stop", "timestamp": 1_763_712_000,
        })
    }

    fn with(field: &str, value: Value) -> Value {
        let mut preference = preference();
        preference[field] = value;
        preference
    }

    fn read(preference: &Value) -> Preference {
        Preference::read(&everybody(), preference).unwrap_or_else(|error| panic!("{preference}: {error:?}"))
    }

    #[test]
    fn she_wants_no_more_of_it() {
        let read = read(&preference());
        assert_eq!(
            read.person,
            Party { phone: Some(E164::parse(ADA).unwrap()), user_id: Some("IT.1".to_owned()), scoped: None }
        );
        assert_eq!((read.wants, read.category.as_str()), (Wants::Stop, "marketing_messages"));
        assert_eq!(read.detail.as_deref(), Some("User requested to stop marketing messages"));
    }

    #[test]
    fn its_time_is_a_number_or_a_text() {
        let at = ToldAt::At(Timestamp::from_second(1_763_712_000).unwrap());
        assert_eq!(read(&preference()).told_at, at);
        assert_eq!(read(&with("timestamp", json!("1763712000"))).told_at, at);
        assert_eq!(read(&with("timestamp", json!(null))).told_at, ToldAt::Odd("null".to_owned()));
    }

    #[test]
    fn whom_it_names_counts_and_not_who_stands_beside_it() {
        let other = read(&with("wa_id", json!("393337654321"))).person;
        assert_eq!(other, Party { phone: Some(E164::parse("393337654321").unwrap()), user_id: None, scoped: None });
        let mut by_user_id = with("user_id", json!("IT.1"));
        by_user_id["wa_id"] = json!("");
        assert_eq!(read(&by_user_id).person.phone, Some(E164::parse(ADA).unwrap()));
    }

    #[test]
    fn other_words_are_kept() {
        assert_eq!(read(&with("value", json!("resume"))).wants, Wants::Resume);
        assert_eq!(read(&with("value", json!("signup"))).wants, Wants::Other("signup".to_owned()));
        assert_eq!(read(&with("category", json!("coupons"))).category, "coupons");
        assert_eq!(read(&with("value", json!("é".repeat(99)))).wants, Wants::Other("é".repeat(64)));
        assert_eq!(read(&with("detail", json!({}))).detail, None);
    }

    #[test]
    fn what_is_missing_is_said() {
        for (field, told) in [("wa_id", "whose"), ("value", "what she wants"), ("category", "of what")] {
            for odd in [json!(null), json!(""), json!([]), json!({})] {
                let Unreceived::Broken(reason) = Preference::read(&everybody(), &with(field, odd)).unwrap_err();
                assert!(reason.contains(told), "{field}: {reason}");
            }
        }
        assert!(Preference::read(&Everybody::default(), &preference()).is_err());
        for odd in [json!(null), json!(7), json!([]), json!({}), json!("stop")] {
            assert!(Preference::read(&everybody(), &odd).is_err(), "{odd}");
        }
    }
}
