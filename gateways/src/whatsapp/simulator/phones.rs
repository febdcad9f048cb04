//! How people are called and known: the digits of a number, and the id a business knows somebody by.

use sha2::{Digest as _, Sha256};

/// The digits of a number as people write it: `+`, `-`, brackets and spaces may stand between them.
pub(super) fn digits(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(|character| !matches!(character, '+' | '-' | '(' | ')' | ' ')).collect();
    let plausible = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plausible.then_some(digits)
}

/// Whether it is a business-scoped user id: a country, a dot, up to 128 letters and digits; `ENT.` may stand before them.
pub(super) fn is_user_id(text: &str) -> bool {
    let Some((country, id)) = text.split_once('.') else { return false };
    let id = id.strip_prefix("ENT.").unwrap_or(id);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The digits that WhatsApp knows a number by, where those of Brazil and Mexico are rewritten: there one digit less, here
/// one more than they are called with.
pub(super) fn rewritten(digits: &str) -> String {
    let (country, rest) = digits.split_at(2.min(digits.len()));
    match (country, rest.len()) {
        ("55", 11) if rest[2..].starts_with('9') => format!("55{}{}", &rest[..2], &rest[3..]),
        ("52", 10) => format!("521{rest}"),
        _ => digits.to_owned(),
    }
}

/// The id by which the business of this account knows whoever has these digits.
pub(super) fn user_id(waba_id: &str, digits: &str) -> String {
    let country = match digits {
        digits if digits.starts_with("55") => "BR",
        digits if digits.starts_with("52") => "MX",
        digits if digits.starts_with("91") => "IN",
        digits if digits.starts_with("44") => "GB",
        digits if digits.starts_with("49") => "DE",
        _ => "US",
    };
    let hash = Sha256::digest(format!("{waba_id}/{digits}"));
    let number = hash.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{country}.{number:020}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(digits("+1 (650) 555-1234").as_deref(), Some("16505551234"));
        for no in ["", "+", "123456", "1234567890123456", "1650555123a", "１６５０５５５１２３４", "1650\n5551234"]
        {
            assert_eq!(digits(no), None, "{no:?}");
        }
    }

    #[test]
    fn user_ids_are_of_a_country() {
        for id in ["US.13491208655302741918", "US.ENT.11815799212886844830", &user_id("1", "919820012345")] {
            assert!(is_user_id(id), "{id}");
        }
        for no in ["", "US", "US.", "us.1", "USA.1", "US.1-2", "US.ENT.", &format!("US.{}", "1".repeat(129))] {
            assert!(!is_user_id(no), "{no}");
        }
    }

    #[test]
    fn brazil_and_mexico_are_rewritten() {
        assert_eq!(rewritten("5511987654321"), "551187654321");
        assert_eq!(rewritten("551187654321"), "551187654321");
        assert_eq!(rewritten("525512345678"), "5215512345678");
        assert_eq!(rewritten("5215512345678"), "5215512345678");
        assert_eq!((rewritten("16505551234").as_str(), rewritten("5").as_str()), ("16505551234", "5"));
    }
}
