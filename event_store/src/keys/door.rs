//! What is kept in clear nowhere, because it opens a door or is not proven yet: sealed under a key of the installation's.

use uuid::Uuid;

use super::cipher::{self, BrokenSeal};
use super::derived::Keys;
use crate::entropy;

/// What kind of thing is sealed: what was sealed as one opens as no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The private half of a key that access tokens are signed with, by the key's id.
    SigningKey,
    /// The secret of somebody's second factor, by her id.
    SecondFactor,
    /// What somebody wrote who wants to register, by her link's id.
    Registration,
    /// What a provider knows a business by, by the id it is sealed under.
    ProviderCredential,
    /// What somebody was sent to a provider with, by the id of her sign-in.
    OidcSignIn,
    /// What a provider calls a lead that is yet to be read, by what it becomes.
    ProviderLead,
}

impl Door {
    fn place(self, id: Uuid) -> Vec<u8> {
        let kind: &[u8] = match self {
            Self::SigningKey => b"signing key",
            Self::SecondFactor => b"second factor",
            Self::Registration => b"registration",
            Self::ProviderCredential => b"provider credential",
            Self::OidcSignIn => b"oidc sign-in",
            Self::ProviderLead => b"provider lead",
        };
        [kind, id.as_bytes()].concat()
    }
}

impl Keys {
    /// Seals `plain`: it opens as the same kind of thing beside the same id alone.
    #[must_use]
    pub fn seal_door(&self, door: Door, id: Uuid, plain: &[u8]) -> Vec<u8> {
        cipher::seal(self.door_wrap(), entropy::bytes(), &door.place(id), plain)
    }

    /// Opens what was sealed as this beside `id`.
    ///
    /// # Errors
    /// [`BrokenSeal`] for anything else.
    pub fn open_door(&self, door: Door, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
        cipher::open(self.door_wrap(), &door.place(id), sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_as_what_it_is_beside_its_id_alone() {
        let (keys, id) = (Keys::derive(&[1; 32]), Uuid::from_u128(7));
        let sealed = keys.seal_door(Door::SecondFactor, id, b"JBSWY3DPEHPK3PXP");
        assert_eq!(keys.open_door(Door::SecondFactor, id, &sealed).unwrap(), b"JBSWY3DPEHPK3PXP");
        assert_eq!(keys.open_door(Door::SigningKey, id, &sealed), Err(BrokenSeal));
        assert_eq!(keys.open_door(Door::Registration, id, &sealed), Err(BrokenSeal));
        assert_eq!(keys.open_door(Door::ProviderCredential, id, &sealed), Err(BrokenSeal));
        assert_eq!(keys.open_door(Door::SecondFactor, Uuid::nil(), &sealed), Err(BrokenSeal));
        assert_eq!(Keys::derive(&[2; 32]).open_door(Door::SecondFactor, id, &sealed), Err(BrokenSeal));
    }
}
