//! What a business puts down about its leads beyond what every lead has, and what can be put down there.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{LongText, ShortText};

/// What an attribute is called: 1 to 50 characters.
pub type AttributeName = ShortText<1, 50>;

/// One of the values among which is chosen: 1 to 100 characters.
pub type Choice = ShortText<1, 100>;

/// Most values among which is chosen.
pub const MAX_CHOICES: usize = 100;

/// Most digits of a number, before and behind its point together.
const MOST_DIGITS: usize = 18;

/// What kind of values an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Texts.
    Text,
    /// Decimal numbers.
    Number,
    /// Days.
    Date,
    /// Yes and no.
    Boolean,
    /// One of a list.
    Choice,
}

/// An attribute, as it is defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// What it is called.
    pub name: AttributeName,
    /// What kind of values it has.
    pub kind: AttributeKind,
    /// Among which is chosen, in this order; of other kinds, none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// What was said is no value of the attribute.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAValue {
    /// Of a text.
    #[error("must have 1 to 1000 characters and no control characters")]
    Text,
    /// Of a number.
    #[error("must be a decimal number such as -12.5, with {MOST_DIGITS} digits at most")]
    Number,
    /// Of a day.
    #[error("must be a day such as 2026-01-31")]
    Date,
    /// Of yes and no.
    #[error("must be true or false")]
    Boolean,
    /// Of a list.
    #[error("must be one of the attribute's choices")]
    Choice,
}

impl AttributeKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Text, Self::Number, Self::Date, Self::Boolean, Self::Choice];
}

impl Attribute {
    /// Whether it can be so: an attribute with choices has some, each once, and no other has any.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let each_once = self.choices.iter().enumerate().all(|(nth, choice)| !self.choices[..nth].contains(choice));
        let fits = match self.kind {
            AttributeKind::Choice => !self.choices.is_empty() && self.choices.len() <= MAX_CHOICES,
            AttributeKind::Text | AttributeKind::Number | AttributeKind::Date | AttributeKind::Boolean => {
                self.choices.is_empty()
            }
        };
        each_once && fits
    }

    /// The value that `said` is, written as it is kept: the same value is always written alike.
    ///
    /// # Errors
    /// [`NotAValue`] when it is none.
    pub fn read(&self, said: &str) -> Result<String, NotAValue> {
        let said = said.trim();
        match self.kind {
            AttributeKind::Text => {
                LongText::<1_000>::parse(said).map(|text| text.as_str().to_owned()).map_err(|_| NotAValue::Text)
            }
            AttributeKind::Number => number(said).ok_or(NotAValue::Number),
            AttributeKind::Date => {
                // The standard has more ways to write a day; this one sorts as days do.
                let day: Date = said.parse().map_err(|_| NotAValue::Date)?;
                if day.year() >= 1 && day.to_string() == said { Ok(said.to_owned()) } else { Err(NotAValue::Date) }
            }
            AttributeKind::Boolean if said == "true" || said == "false" => Ok(said.to_owned()),
            AttributeKind::Boolean => Err(NotAValue::Boolean),
            AttributeKind::Choice => {
                let chosen = self.choices.iter().find(|choice| choice.as_str() == said);
                chosen.map(|choice| choice.as_str().to_owned()).ok_or(NotAValue::Choice)
            }
        }
    }
}

/// The number, without zeros that say nothing.
fn number(said: &str) -> Option<String> {
    let (is_negative, digits) = match said.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, said),
    };
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || part.is_some_and(|part| !all_digits(part)) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let part = part.unwrap_or_default().trim_end_matches('0');
    if whole.len() + part.len() > MOST_DIGITS {
        return None;
    }
    let sign = if is_negative && !(whole.is_empty() && part.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(kind: AttributeKind, choices: &[&str]) -> Attribute {
        let choices = choices.iter().map(|choice| Choice::parse(choice).unwrap()).collect();
        Attribute { name: AttributeName::parse("Budget").unwrap(), kind, choices }
    }

    #[test]
    fn a_number_is_written_one_way() {
        let numbers = attribute(AttributeKind::Number, &[]);
        for (said, kept) in [
            ("12", "12"),
            (" 007.50 ", "7.5"),
            ("-0.0", "0"),
            ("-.5", ""),
            ("-0.25", "-0.25"),
            ("0", "0"),
            ("1.", ""),
            ("1e9", ""),
            ("+1", ""),
            ("1,5", ""),
            ("NaN", ""),
            ("", ""),
            ("١٢", ""),
            ("999999999999999999", "999999999999999999"),
            ("9999999999999999999", ""),
            ("0.0000000000000000001", ""),
        ] {
            let expected = if kept.is_empty() { Err(NotAValue::Number) } else { Ok(kept.to_owned()) };
            assert_eq!(numbers.read(said), expected, "{said}");
        }
    }

    #[test]
    fn days_are_written_one_way() {
        let days = attribute(AttributeKind::Date, &[]);
        assert_eq!(days.read("2028-02-29"), Ok("2028-02-29".to_owned()));
        for said in ["2027-02-29", "20280229", "2028-02-29T00:00", "29.2.2028", "-000001-01-01", ""] {
            assert_eq!(days.read(said), Err(NotAValue::Date), "{said}");
        }
    }

    #[test]
    fn texts_choices_and_yes_and_no() {
        let choices = attribute(AttributeKind::Choice, &["Small", "Large"]);
        assert_eq!(choices.read("Large"), Ok("Large".to_owned()));
        assert_eq!(choices.read("large"), Err(NotAValue::Choice));
        let flag = attribute(AttributeKind::Boolean, &[]);
        assert_eq!((flag.read("true"), flag.read("yes")), (Ok("true".to_owned()), Err(NotAValue::Boolean)));
        let text = attribute(AttributeKind::Text, &[]);
        assert_eq!(text.read(" by train "), Ok("by train".to_owned()));
        for said in ["", "  ", "a\u{0}b", &"x".repeat(1_001)] {
            assert_eq!(text.read(said), Err(NotAValue::Text));
        }
    }

    #[test]
    fn only_what_is_chosen_from_has_choices() {
        assert!(attribute(AttributeKind::Choice, &["Small", "Large"]).is_sound());
        assert!(!attribute(AttributeKind::Choice, &["Small", "Small"]).is_sound());
        assert!(!attribute(AttributeKind::Choice, &[]).is_sound());
        for kind in [AttributeKind::Text, AttributeKind::Number, AttributeKind::Date, AttributeKind::Boolean] {
            assert!(attribute(kind, &[]).is_sound() && !attribute(kind, &["Small"]).is_sound());
        }
    }
}
