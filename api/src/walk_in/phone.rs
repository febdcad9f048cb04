//! A number as somebody writes it who is in the business's own country.

use leadflow_domain::E164;
use leadflow_domain::source::CallingCode;

/// Countries in which the first 0 is a part of the number: Italy, San Marino and the Vatican.
const KEEP_THEIR_ZERO: [&str; 3] = ["39", "378", "379"];

/// Why a number is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is none.
    NoNumber,
    /// It may be of two countries.
    WhichCountry,
}

/// The number that `written` is. With a `+` or `00` it says its country; without, it is one of `country`, where there is one.
///
/// A number that begins with the digits of the country's own code may have its country already, without the `+`. With ten digits
/// behind them or more it has, as no country's own numbers are so long; with fewer than nine it has not; with nine nobody knows, and
/// nobody guesses.
pub(super) fn read(written: &str, country: Option<&CallingCode>) -> Result<E164, Unread> {
    let none = |_| Unread::NoNumber;
    let Some(country) = country.filter(|_| !says_its_country(written)) else {
        return E164::parse_written(written).map_err(none);
    };
    // Any code in front makes it one of those numbers that people write; what they write between the digits is left out so.
    let whole = E164::parse_written(&format!("+1{written}")).map_err(none)?;
    let (code, own) = (country.digits(), &whole.as_str()["+1".len()..]);
    let national = match own.strip_prefix('0') {
        Some(rest) if !KEEP_THEIR_ZERO.contains(&code) => rest,
        Some(_) => own,
        None => match own.strip_prefix(code).map(str::len) {
            Some(10..) => return E164::parse(own).map_err(none),
            Some(9) => return Err(Unread::WhichCountry),
            Some(_) | None => own,
        },
    };
    E164::parse(&format!("{code}{national}")).map_err(none)
}

fn says_its_country(written: &str) -> bool {
    let mut digits = written.chars().filter(char::is_ascii_digit);
    written.contains('+') || (digits.next() == Some('0') && digits.next() == Some('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(written: &str, country: &str) -> Result<String, Unread> {
        let country = CallingCode::parse(country).ok();
        read(written, country.as_ref()).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn who_says_her_country_is_of_that_country() {
        for country in ["", "+91", "+1"] {
            for written in ["+39 333 123 4567", "0039 333 1234567", " +39 (333) 123-45.67"] {
                assert_eq!(number(written, country).as_deref(), Ok("+393331234567"), "{written} {country}");
            }
        }
        assert_eq!(number("39 333 1234567", "").as_deref(), Ok("+393331234567"), "as forms elsewhere are read");
    }

    #[test]
    fn who_does_not_is_of_the_business_s() {
        for (written, country, expected) in [
            ("98200 45001", "+91", "+919820045001"),
            ("098200-45001", "+91", "+919820045001"),
            ("9198200450", "+91", "+919198200450"),
            ("020 7946 0958", "+44", "+442079460958"),
            ("(030) 901820", "+49", "+4930901820"),
            ("333 1234567", "+39", "+393331234567"),
            ("06 698 12345", "+39", "+390669812345"),
            ("391 234 5678", "+39", "+393912345678"),
            ("(415) 555-0132", "+1", "+14155550132"),
            ("11 99999-0000", "+55", "+5511999990000"),
        ] {
            assert_eq!(number(written, country).as_deref(), Ok(expected), "{written} {country}");
        }
    }

    #[test]
    fn who_says_it_without_a_plus_is_understood_or_asked() {
        for (written, country, expected) in [
            ("91 98200 45001", "+91", Ok("+919820045001")),
            ("1 415 555 0132", "+1", Ok("+14155550132")),
            ("393331234567", "+39", Ok("+393331234567")),
            ("34 612 345 678", "+34", Err(Unread::WhichCountry)),
            ("55 99999 0000", "+55", Err(Unread::WhichCountry)),
        ] {
            assert_eq!(number(written, country).as_deref().map_err(|why| *why), expected, "{written} {country}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for written in
            ["", " ", "12", "call me", "12ab34567", "+", "+12", "00", "98200 45001 ext 7", "1234567890123456"]
        {
            for country in ["", "+91"] {
                assert_eq!(number(written, country), Err(Unread::NoNumber), "{written} {country}");
            }
        }
    }
}
