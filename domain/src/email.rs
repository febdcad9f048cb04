//! Addresses of electronic mail.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most characters of an address (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// Most characters before the `@` (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Most characters of a part of the domain (RFC 1035, 2.3.4).
const LONGEST_LABEL: usize = 63;

/// An address of electronic mail, as browsers take it in a form: in ASCII, without quotes, comments and blanks, so that it
/// is safe in a header as it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be an e-mail address")]
pub struct NotAnEmailAddress;

impl EmailAddress {
    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`NotAnEmailAddress`].
    pub fn parse(text: &str) -> Result<Self, NotAnEmailAddress> {
        let text = text.trim_matches(' ');
        let (local, domain) = text.split_once('@').ok_or(NotAnEmailAddress)?;
        let well_formed = text.len() <= LONGEST
            && (1..=LONGEST_LOCAL).contains(&local.len())
            && local.bytes().all(is_local)
            && domain.split('.').all(is_label);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NotAnEmailAddress) }
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which it is known: addresses that differ in a letter's case are one.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(is_inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
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
    fn an_address_is_kept_as_it_was_written_and_known_in_lower_case() {
        for text in ["ada@example.com", "Ada.Rossi+shop@Mail.Example.COM", "o'neil@localhost", "1@2.it"] {
            let address = EmailAddress::parse(&format!(" {text} ")).unwrap();
            assert_eq!(address.as_str(), text);
            assert_eq!(address.canonical(), text.to_lowercase());
        }
    }

    #[test]
    fn what_could_break_out_of_a_header_is_none() {
        for text in [
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\n",
            "ada\r@example.com",
            "ada\0@example.com",
            "ada@example.com, eve@example.com",
            "Ada <ada@example.com>",
            "\"ada\"@example.com",
            "ada@exa mple.com",
            "ada@ex\u{e4}mple.com",
            "ad\u{e4}@example.com",
            "ada\u{2028}@example.com",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnEmailAddress), "{text}");
        }
    }

    #[test]
    fn its_parts_are_there_and_bounded() {
        let at = |local: usize, labels: &[usize]| {
            let labels: Vec<String> = labels.iter().map(|length| "b".repeat(*length)).collect();
            format!("{}@{}", "a".repeat(local), labels.join("."))
        };
        for text in [at(64, &[63, 63, 61]), at(1, &[1])] {
            assert!(EmailAddress::parse(&text).is_ok(), "{text}");
        }
        for text in [at(64, &[63, 63, 62]), at(65, &[1]), at(1, &[64]), at(0, &[1]), at(1, &[0]), at(1, &[1, 0])] {
            assert_eq!(EmailAddress::parse(&text), Err(NotAnEmailAddress), "{text}");
        }
        for text in ["", "@", "ada", "ada@", "@example.com", "a@b@c", "a@-b.c", "a@b-.c", "a@b..c", "a@.b"] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnEmailAddress), "{text}");
        }
    }

    #[test]
    fn it_keeps_its_value_out_of_logs() {
        assert_eq!(format!("{:?}", EmailAddress::parse("ada@example.com").unwrap()), "EmailAddress(..)");
    }
}
