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

    /// Takes a number as people write it: with spaces, dots, hyphens, slashes and brackets, and with `00` in the place of
    /// its `+`. Without either it begins with the country's code all the same.
    ///
    /// # Errors
    /// [`NotAPhoneNumber`] as [`Self::parse`], whatever was left out.
    pub fn parse_written(text: &str) -> Result<Self, NotAPhoneNumber> {
        let written = Self::without_marks(text);
        match written.strip_prefix("00") {
            Some(number) => Self::parse(&format!("+{number}")),
            None => Self::parse(&written),
        }
    }

    /// What people write, without what they put between the digits.
    pub(crate) fn without_marks(text: &str) -> String {
        // Among them the marks of direction that phones copy with a number.
        let is_between = |character: char| {
            character.is_whitespace()
                || matches!(character, '-' | '\u{2010}'..='\u{2013}' | '.' | '/' | '(' | ')')
                || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        text.chars().filter(|character| !is_between(*character)).collect()
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

    /// All the forms in which its country writes the number, the canonical first.
    #[must_use]
    pub fn forms(&self) -> Vec<Self> {
        let canonical = self.canonical();
        let digits = &canonical.0[1..];
        let other = if let Some(number) = digits.strip_prefix("55") {
            number.get(..2).zip(number.get(3..)).map(|(area, number)| Self(format!("+55{area}{number}")))
        } else if let Some(number) = digits.strip_prefix("52") {
            Some(Self(format!("+521{number}")))
        } else {
            digits.strip_prefix("54").map(|number| Self(format!("+549{number}")))
        };
        let other = other.filter(|other| *other != canonical && other.canonical() == canonical);
        std::iter::once(canonical).chain(other).collect()
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
    fn a_number_is_found_by_each_of_its_forms() {
        for pair in [
            ["+5511999990000", "+551199990000"],
            ["+525512345678", "+5215512345678"],
            ["+541123456789", "+5491123456789"],
        ] {
            for phone in pair {
                let forms = E164::parse(phone).unwrap().forms();
                assert_eq!(forms.iter().map(E164::as_str).collect::<Vec<_>>(), pair, "{phone}");
            }
        }
    }

    #[test]
    fn people_write_a_number_in_their_ways() {
        for text in [
            "+393331234567",
            "393331234567",
            "0039 333 1234567",
            " +39 (333) 123-45.67 ",
            "+39/333/1234567",
            "\u{202a}+39\u{a0}333\u{2011}1234567\u{202c}",
        ] {
            assert_eq!(E164::parse_written(text).unwrap().as_str(), "+393331234567", "{text}");
        }
        for text in
            ["", " ", "+", "00", "0000393331234567", "00+393331234567", "333-ADA", "03331234567", "12 34", "+39,333"]
        {
            assert_eq!(E164::parse_written(text), Err(NotAPhoneNumber), "{text}");
        }
    }

    #[test]
    fn other_numbers_have_one_form() {
        // A landline of São Paulo has eight digits; the others are too short, too long or of another country.
        for phone in ["+551133334444", "+55119999000", "+52155123456789", "+393331234567", "+5511999990000"] {
            let parsed = E164::parse(phone).unwrap();
            assert_eq!(parsed.canonical().as_str(), phone);
            assert_eq!(parsed.forms().len(), if phone == "+5511999990000" { 2 } else { 1 }, "{phone}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "+", "1234", "0123456", "1234567890123456", "+39 333", "12345a", "١٢٣٤٥٦", "++12345"] {
            assert_eq!(E164::parse(text), Err(NotAPhoneNumber), "{text}");
        }
    }
}
