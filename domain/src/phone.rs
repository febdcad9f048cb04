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

    /// The form under which a number is known, where a country's numbers come in two: WhatsApp tells of one person now in
    /// the one and now in the other.
    ///
    /// Brazil's mobile numbers with or without their ninth digit (with it), Mexico's with or without the 1 after 52, and
    /// Argentina's with or without the 9 after 54 (both without).
    #[must_use]
    pub fn canonical(&self) -> Self {
        let digits = &self.0[1..];
        let rest = |prefix: &str, length: usize| digits.strip_prefix(prefix).filter(|rest| rest.len() == length);
        let mobile = |number: &&str| number.as_bytes().get(2).is_some_and(|digit| (b'6'..=b'9').contains(digit));
        if let Some(number) = rest("55", 10).filter(mobile) {
            return Self(format!("+55{}9{}", &number[..2], &number[2..]));
        }
        if let Some(number) = rest("521", 10) {
            return Self(format!("+52{number}"));
        }
        if let Some(number) = rest("549", 10) {
            return Self(format!("+54{number}"));
        }
        self.clone()
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
    fn both_forms_of_a_number_are_one() {
        for (one, other) in [
            ("+551199990000", "+5511999990000"),
            ("+5215512345678", "+525512345678"),
            ("+5491123456789", "+541123456789"),
        ] {
            let canonical = |phone: &str| E164::parse(phone).unwrap().canonical();
            assert_eq!(canonical(one), canonical(other), "{one}");
            assert_eq!(canonical(one), canonical(one).canonical(), "{one}");
        }
    }

    #[test]
    fn other_numbers_have_one_form() {
        // A landline of São Paulo has eight digits; the others are too short, too long or of another country.
        for phone in ["+551133334444", "+55119999000", "+52155123456789", "+393331234567", "+5511999990000"] {
            assert_eq!(E164::parse(phone).unwrap().canonical().as_str(), phone);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "+", "1234", "0123456", "1234567890123456", "+39 333", "12345a", "١٢٣٤٥٦", "++12345"] {
            assert_eq!(E164::parse(text), Err(NotAPhoneNumber), "{text}");
        }
    }
}
