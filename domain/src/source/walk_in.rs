//! What is asked of whoever walks in: a form of ours behind a QR code.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::SourceRefusal;
use crate::{ChannelId, LongText, Reservation, Scope, ShortText};

/// What stands at the top of a form: 1 to 100 characters.
pub type FormHeading = ShortText<1, 100>;

/// A text of the business's own in a form: 1 to 1,000 characters, in lines.
pub type FormText = LongText<1_000>;

/// A question of the business's own: 1 to 200 characters.
pub type FormQuestionText = ShortText<1, 200>;

/// What a message to the business begins with: 1 to 300 characters.
pub type GreetingMessage = ShortText<1, 300>;

/// Most questions of a business's own in a form.
pub const MOST_QUESTIONS: usize = 10;

/// Characters of a slug.
const SLUG_LENGTH: usize = 32;

/// What a form's address ends with: 128 random bits, so that nobody comes by it but by the code that leads there. It stays the source's
/// for ever, since it may stand on a wall.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WalkInSlug(String);

/// The text is no end of a form's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be {SLUG_LENGTH} hex digits")]
pub struct NotASlug;

impl WalkInSlug {
    /// The slug of these random bits.
    #[must_use]
    pub fn of(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// Takes a slug as an address has it.
    ///
    /// # Errors
    /// [`NotASlug`].
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == SLUG_LENGTH && text.bytes().all(is_hex) { Ok(Self(text.to_owned())) } else { Err(NotASlug) }
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WalkInSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WalkInSlug {
    type Error = NotASlug;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<WalkInSlug> for String {
    fn from(slug: WalkInSlug) -> Self {
        slug.0
    }
}

/// A slug leads to one source of the whole installation.
#[must_use]
pub fn slug_reservation(slug: &WalkInSlug) -> Reservation {
    Reservation { scope: Scope::Installation, kind: "source.walk_in_slug", value: slug.0.clone() }
}

/// The language that a form's own words are in: labels, hints and errors. What the business writes is the business's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormLanguage {
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// Portuguese.
    Portuguese,
    /// French.
    French,
    /// German.
    German,
    /// Italian.
    Italian,
}

impl FormLanguage {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::English, Self::Spanish, Self::Portuguese, Self::French, Self::German, Self::Italian];
}

/// Whether a form asks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// It does not.
    No,
    /// It does, and takes no answer for one.
    Optionally,
    /// It does, and is not taken without an answer.
    Always,
}

/// The code by which a country is called: 1 to 3 digits, the first of them not 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallingCode(String);

/// The text is no calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the code by which a country is called, such as +39")]
pub struct NotACallingCode;

impl CallingCode {
    /// Takes the digits with or without their `+`.
    ///
    /// # Errors
    /// [`NotACallingCode`].
    pub fn parse(text: &str) -> Result<Self, NotACallingCode> {
        let text = text.trim();
        let digits = text.strip_prefix('+').unwrap_or(text);
        let is_code = (1..=3).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if is_code { Ok(Self(digits.to_owned())) } else { Err(NotACallingCode) }
    }

    /// The digits alone.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl TryFrom<String> for CallingCode {
    type Error = NotACallingCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<CallingCode> for String {
    fn from(code: CallingCode) -> Self {
        format!("+{}", code.0)
    }
}

/// A question of the business's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormQuestion {
    /// How it is asked.
    pub text: FormQuestionText,
    /// Whether the form is not taken without an answer.
    pub required: bool,
    /// Whether there is room for several lines.
    pub long: bool,
}

/// That whoever has filled in the form may go on in WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatsAppLink {
    /// The number that answers, while it is connected.
    pub channel: ChannelId,
    /// What her message begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<GreetingMessage>,
}

/// What a form asks, and in which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkInForm {
    /// The language of its own words.
    pub language: FormLanguage,
    /// What stands at its top.
    pub heading: FormHeading,
    /// What it says before it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<FormText>,
    /// Whether it asks what she is called.
    pub name: Asked,
    /// Whether it asks for a phone.
    pub phone: Asked,
    /// The country of numbers that are written without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calling_code: Option<CallingCode>,
    /// Whether it asks for an e-mail address.
    pub email: Asked,
    /// What else it asks, in this order.
    #[serde(default)]
    pub questions: Vec<FormQuestion>,
    /// What she has to agree to, if to anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<FormText>,
    /// What she is told when it is done; without it, that somebody will get in touch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks: Option<FormText>,
    /// How she may go on in WhatsApp, if she may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whatsapp: Option<WhatsAppLink>,
}

impl WalkInForm {
    /// Whether somebody who fills it in can be answered, and whether it is short enough.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), SourceRefusal> {
        if self.phone == Asked::No && self.email == Asked::No {
            return Err(SourceRefusal::AsksNobody);
        }
        if self.questions.len() > MOST_QUESTIONS {
            return Err(SourceRefusal::TooManyQuestions);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::state::samples::form;

    #[test]
    fn a_slug_is_what_its_bits_are() {
        let slug = WalkInSlug::of(0xabc);
        assert_eq!(slug.as_str(), "00000000000000000000000000000abc");
        assert_eq!(WalkInSlug::parse(slug.as_str()), Ok(slug.clone()));
        let reservation = slug_reservation(&slug);
        assert_eq!((reservation.scope, reservation.value.as_str()), (Scope::Installation, slug.as_str()));
        let long = "a".repeat(33);
        for text in ["", "abc", "0000000000000000000000000000ABCD", "../../../../../../../../etc/pass", &long] {
            assert_eq!(WalkInSlug::parse(text), Err(NotASlug), "{text}");
        }
    }

    #[test]
    fn a_calling_code_is_digits() {
        for (text, digits) in [("+39", "39"), ("1", "1"), (" +971 ", "971")] {
            let code = CallingCode::parse(text).unwrap();
            assert_eq!((code.digits(), code.to_string()), (digits, format!("+{digits}")));
        }
        for text in ["", "+", "0", "+039", "1234", "IT", "٣٩"] {
            assert_eq!(CallingCode::parse(text), Err(NotACallingCode), "{text}");
        }
    }

    #[test]
    fn a_form_asks_for_something_by_which_she_can_be_answered() {
        let with = |phone, email| WalkInForm { phone, email, ..form("Hello") };
        assert_eq!(with(Asked::No, Asked::No).check(), Err(SourceRefusal::AsksNobody));
        for (phone, email) in [(Asked::Optionally, Asked::No), (Asked::No, Asked::Always)] {
            assert_eq!(with(phone, email).check(), Ok(()));
        }
    }

    #[test]
    fn a_form_is_short() {
        let question = form("Hello").questions[0].clone();
        let with = |count| WalkInForm { questions: vec![question.clone(); count], ..form("Hello") };
        assert_eq!(with(MOST_QUESTIONS).check(), Ok(()));
        assert_eq!(with(MOST_QUESTIONS + 1).check(), Err(SourceRefusal::TooManyQuestions));
    }
}
