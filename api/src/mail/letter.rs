//! The letters there are.

use std::fmt;

use leadflow_domain::EmailAddress;
use serde::{Deserialize, Serialize};
use url::Url;

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// To whom.
    pub to: EmailAddress,
    /// What it says.
    pub what: LetterKind,
}

/// What a letter says. Links are made from the configured `public_url` alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LetterKind {
    /// Somebody registers a business with this address.
    VerifyAddress {
        /// Where she shows that it is hers.
        link: Url,
    },
    /// Somebody registers a business with an address that signs in already.
    AlreadyRegistered {
        /// Where she signs in.
        sign_in_link: Url,
    },
    /// A business wants her as a member.
    Invitation {
        /// Which one, by its name.
        business: String,
        /// Who said so, by her name.
        inviter: String,
        /// Where she accepts.
        link: Url,
    },
    /// Somebody has forgotten the password of this address.
    PasswordReset {
        /// Where she chooses another.
        link: Url,
    },
    /// Her password is another one now.
    PasswordChanged,
}

impl LetterKind {
    /// As it is stored, logged and listed.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::VerifyAddress { .. } => "verify_address",
            Self::AlreadyRegistered { .. } => "already_registered",
            Self::Invitation { .. } => "invitation",
            Self::PasswordReset { .. } => "password_reset",
            Self::PasswordChanged => "password_changed",
        }
    }
}

/// Its links open doors, and its names are people's.
impl fmt::Debug for LetterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_letter_says_stays_out_of_logs() {
        let link = Url::parse("https://desk.example/join#token=secret").unwrap();
        let what = LetterKind::Invitation { business: "Shop".to_owned(), inviter: "Grace".to_owned(), link };
        let letter = Letter { to: EmailAddress::parse("ada@example.com").unwrap(), what };
        assert_eq!(format!("{letter:?}"), "Letter { to: EmailAddress(..), what: invitation }");
    }
}
