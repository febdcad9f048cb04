//! Countries, as far as their telephone numbers go: how a number that is written without its country's code is read.

use std::fmt;

use thiserror::Error;

use crate::{E164, NotAPhoneNumber};

/// A country: what ISO 3166-1 calls it by two letters, its code, what stands before a number that is dialled within it and is no
/// part of the number, and the longest number that it has (ITU-T, national numbering plans).
type Plan = (&'static str, &'static str, &'static str, usize);

/// Those whose numbers can be read without their code. Italy's leading zero is part of the number.
const PLANS: &[Plan] = &[
    ("AE", "971", "0", 9),
    ("AR", "54", "0", 11),
    ("AT", "43", "0", 13),
    ("AU", "61", "0", 9),
    ("BE", "32", "0", 9),
    ("BG", "359", "0", 9),
    ("BR", "55", "0", 11),
    ("CA", "1", "1", 10),
    ("CH", "41", "0", 9),
    ("CL", "56", "", 9),
    ("CO", "57", "", 10),
    ("CZ", "420", "", 9),
    ("DE", "49", "0", 11),
    ("DK", "45", "", 8),
    ("EG", "20", "0", 10),
    ("ES", "34", "", 9),
    ("FI", "358", "0", 10),
    ("FR", "33", "0", 9),
    ("GB", "44", "0", 10),
    ("GR", "30", "", 10),
    ("HR", "385", "0", 9),
    ("HU", "36", "06", 9),
    ("ID", "62", "0", 11),
    ("IE", "353", "0", 9),
    ("IL", "972", "0", 9),
    ("IN", "91", "0", 10),
    ("IT", "39", "", 11),
    ("KE", "254", "0", 9),
    ("MA", "212", "0", 9),
    ("MX", "52", "", 10),
    ("MY", "60", "0", 10),
    ("NG", "234", "0", 10),
    ("NL", "31", "0", 9),
    ("NO", "47", "", 8),
    ("PE", "51", "0", 9),
    ("PH", "63", "0", 10),
    ("PK", "92", "0", 10),
    ("PL", "48", "", 9),
    ("PT", "351", "", 9),
    ("RO", "40", "0", 9),
    ("SA", "966", "0", 9),
    ("SE", "46", "0", 10),
    ("SG", "65", "", 8),
    ("TR", "90", "0", 10),
    ("UA", "380", "0", 9),
    ("US", "1", "1", 10),
    ("ZA", "27", "0", 9),
];

/// A country whose numbers can be read without their code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Country(&'static Plan);

/// It is no country, or one whose numbers must be given with their code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "must be two letters such as IT, of a country whose numbers are known; others' numbers need their country's code"
)]
pub struct UnknownCountry;

impl Country {
    /// The country with these two letters.
    ///
    /// # Errors
    /// [`UnknownCountry`].
    pub fn parse(text: &str) -> Result<Self, UnknownCountry> {
        PLANS.iter().find(|(letters, ..)| letters.eq_ignore_ascii_case(text)).map(Self).ok_or(UnknownCountry)
    }

    /// Its two letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.0
    }

    /// Takes a number as people of this country write it. With `+` or `00` it is any country's; what begins with this country's code
    /// and is too long for a number within it has its code already.
    ///
    /// # Errors
    /// [`NotAPhoneNumber`] as [`E164::parse_written`].
    pub fn number(self, text: &str) -> Result<E164, NotAPhoneNumber> {
        let (_, code, trunk, longest) = *self.0;
        let written = E164::without_marks(text);
        if written.starts_with('+') || written.starts_with("00") {
            return E164::parse_written(&written);
        }
        if written.starts_with(code) && written.len() > longest.max(trunk.len() + code.len()) {
            return E164::parse(&written);
        }
        let number = written.strip_prefix(trunk).unwrap_or(&written);
        if number.is_empty() || number.len() > longest || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAPhoneNumber);
        }
        E164::parse(&format!("{code}{number}"))
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(country: &str, text: &str) -> Option<String> {
        Country::parse(country).unwrap().number(text).ok().map(String::from)
    }

    #[test]
    fn a_number_without_its_country_s_code_is_read_as_it_is_written_there() {
        for (country, text, number) in [
            ("IT", "333 123 4567", "+393331234567"),
            ("IT", "02 1234 567", "+39021234567"),
            ("it", "393 123 4567", "+393931234567"),
            ("IT", "393331234567", "+393331234567"),
            ("IT", "+44 20 7946 0018", "+442079460018"),
            ("IT", "0044 20 7946 0018", "+442079460018"),
            ("DE", "0171/1234567", "+491711234567"),
            ("DE", "49 171 12345678", "+4917112345678"),
            ("GB", "(020) 7946-0018", "+442079460018"),
            ("US", "(212) 555-0100", "+12125550100"),
            ("US", "1 212 555 0100", "+12125550100"),
            ("HU", "06 30 123 4567", "+36301234567"),
            ("ES", "612 34 56 78", "+34612345678"),
            ("BR", "(11) 99999-0000", "+5511999990000"),
        ] {
            assert_eq!(read(country, text).as_deref(), Some(number), "{country} {text}");
        }
    }

    #[test]
    fn what_is_no_number_there_is_none() {
        for (country, text) in
            [("IT", ""), ("IT", "ask Ada"), ("ES", "6123456789"), ("DE", "0"), ("FR", "06 12 34 56 78 90 12")]
        {
            assert_eq!(read(country, text), None, "{country} {text}");
        }
    }

    #[test]
    fn a_country_is_two_letters_of_one_that_is_known() {
        for odd in ["", "I", "ITA", "XX", "39"] {
            assert_eq!(Country::parse(odd), Err(UnknownCountry), "{odd}");
        }
        assert!(PLANS.iter().all(|(letters, code, ..)| letters.len() == 2 && !code.starts_with('0')));
    }
}
