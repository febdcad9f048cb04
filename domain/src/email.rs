//! Addresses of e-mail.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest address in bytes (RFC 5321, 4.5.3.1.3, less its brackets), and longest part before the `@` (4.5.3.1.1).
const LONGEST: usize = 254;
const LONGEST_MAILBOX: usize = 64;

/// An address of e-mail, in lower case: so it is compared, as a whole.
///
/// Narrower than RFC 5322 lets one be: without quotes, comments and literal addresses, which nobody who signs in has, and
/// with which one address could be written as if it were two.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not an address of e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an address of e-mail reads like ada@example.com, in at most 254 bytes")]
pub struct NotAnEmailAddress;

impl EmailAddress {
    /// Takes an address as people write it; white space around it is passed over.
    ///
    /// # Errors
    /// [`NotAnEmailAddress`] for anything that a mail server, or a reader, could take for something else.
    pub fn parse(text: &str) -> Result<Self, NotAnEmailAddress> {
        // Small letters may take more bytes.
        let address = text.trim().to_lowercase();
        let (mailbox, host) = address.split_once('@').ok_or(NotAnEmailAddress)?;
        let well_formed = address.len() <= LONGEST
            && mailbox.len() <= LONGEST_MAILBOX
            && mailbox.split('.').all(|part| !part.is_empty() && part.chars().all(is_of_a_mailbox))
            && host.split('.').all(is_label);
        if well_formed { Ok(Self(address)) } else { Err(NotAnEmailAddress) }
    }

    /// The address in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What RFC 5322 lets stand unquoted (3.2.3), and letters of all languages (RFC 6531).
fn is_of_a_mailbox(character: char) -> bool {
    character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character)
}

/// Between two dots of a host's name.
fn is_label(text: &str) -> bool {
    let fits = |character: char| character.is_alphanumeric() || character == '-';
    !text.is_empty() && text.len() <= 63 && text.chars().all(fits) && !text.starts_with('-') && !text.ends_with('-')
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnEmailAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_in_lower_case() {
        let address = EmailAddress::parse(" Ada.Lovelace+shop@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "ada.lovelace+shop@example.com");
        assert_eq!(address, EmailAddress::parse("ada.lovelace+shop@example.com").unwrap());
    }

    #[test]
    fn letters_of_all_languages_and_hosts_without_a_dot_are_fine() {
        for text in ["josé@example.com", "用户@例子.中国", "root@localhost", "o'hara@x-y.example", "a@b"] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn whatever_could_be_taken_for_something_else_is_refused() {
        let long_mailbox = format!("{}@example.com", "a".repeat(65));
        let long = format!("a@{}", ["b".repeat(63), "c".repeat(63), "d".repeat(63), "e".repeat(61)].join("."));
        for text in [
            "",
            "@",
            "ada",
            "@example.com",
            "ada@",
            "ada@@example.com",
            "ada@example.com@example.org",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada\n@example.com",
            "ada@exam\0ple.com",
            "ada@example.com,eve@example.com",
            "ada@example.com eve@example.com",
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "\"ada lovelace\"@example.com",
            "ada(eve)@example.com",
            "ada@[127.0.0.1]",
            ".ada@example.com",
            "ada.@example.com",
            "ada..lovelace@example.com",
            "ada@.example.com",
            "ada@example..com",
            "ada@-example.com",
            "ada@example-.com",
            "ada@exa_mple.com",
            "ada\u{202e}@example.com",
            "ada\u{200b}@example.com",
            &long_mailbox,
            &long,
        ] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnEmailAddress), "{text:?}");
        }
    }

    #[test]
    fn an_address_may_be_254_bytes_long() {
        let longest = format!("a@{}", ["b".repeat(63), "c".repeat(63), "d".repeat(63), "e".repeat(60)].join("."));
        assert_eq!((longest.len(), EmailAddress::parse(&longest).is_ok()), (254, true));
    }

    #[test]
    fn addresses_stay_out_of_logs() {
        assert_eq!(format!("{:?}", EmailAddress::parse("ada@example.com").unwrap()), "EmailAddress(..)");
    }
}
