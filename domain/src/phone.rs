//! Phone numbers in E.164 form.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A phone number: `+`, then 5 to 15 digits of which the first is not 0 (ITU-T E.164, with room for test numbers).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

/// The text is not a phone number in E.164 form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a phone number has 5 to 15 digits, the first of them not 0, and nothing else but a leading +")]
pub struct NotAPhoneNumber;

impl E164 {
    /// Takes digits with or without their `+`, as providers spell them.
    ///
    /// # Errors
    /// [`NotAPhoneNumber`] for any other character, a leading zero, or fewer than 5 or more than 15 digits.
    pub fn parse(text: &str) -> Result<Self, NotAPhoneNumber> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let well_formed = (5..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed { Ok(Self(format!("+{digits}"))) } else { Err(NotAPhoneNumber) }
    }

    /// The number with its `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("E164(..)")
    }
}

impl TryFrom<String> for E164 {
    type Error = NotAPhoneNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<E164> for String {
    fn from(phone: E164) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_s_digits_and_the_plus_form_are_one_number() {
        assert_eq!(E164::parse("393331234567").unwrap(), E164::parse("+393331234567").unwrap());
        assert_eq!(E164::parse("393331234567").unwrap().as_str(), "+393331234567");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "+", "1234", "0123456", "1234567890123456", "+39 333", "12345a", "١٢٣٤٥٦", "++12345"] {
            assert_eq!(E164::parse(text), Err(NotAPhoneNumber), "{text}");
        }
    }
}
