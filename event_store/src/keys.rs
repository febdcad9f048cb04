//! Keys derived from the installation's master key.

use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use leadflow_domain::{E164, IdentifierHash};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use thiserror::Error;

/// The installation's secret, from which every other key is derived. It never reaches the database.
#[derive(Debug)]
pub struct MasterKey(SecretBox<[u8; 32]>);

/// The text is not a master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a master key is 64 hex digits (32 random bytes); make one with `openssl rand -hex 32`")]
pub struct NotAMasterKey;

impl MasterKey {
    /// Takes 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Reads 64 hex digits; white space around them is passed over.
    ///
    /// # Errors
    /// [`NotAMasterKey`] for anything else.
    pub fn from_hex(text: &str) -> Result<Self, NotAMasterKey> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| NotAMasterKey)?;
        Ok(Self::from_bytes(bytes))
    }

    /// A new one, in hex.
    #[must_use]
    pub fn generate_hex() -> String {
        hex::encode(crate::entropy::bytes::<32>())
    }
}

/// What the master key is used for, each use under a key of its own.
#[derive(Debug)]
pub struct Keys {
    identifier_hash: SecretBox<[u8; 32]>,
    check: [u8; 32],
}

impl Keys {
    /// Derives all keys (HKDF-SHA256, RFC 5869).
    #[must_use]
    pub fn derive(master: &MasterKey) -> Self {
        let extracted = Hkdf::<Sha256>::new(None, master.0.expose_secret());
        let expand = |purpose: &[u8]| {
            let mut key = [0; 32];
            #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes")]
            extracted.expand(purpose, &mut key).expect("32 bytes are within HKDF's limit");
            key
        };
        Self {
            identifier_hash: SecretBox::new(Box::new(expand(b"leadflow identifier hash 1"))),
            check: expand(b"leadflow master key check 1"),
        }
    }

    /// What the database keeps to refuse another master key. Says nothing about the key.
    pub(crate) fn check_value(&self) -> &[u8; 32] {
        &self.check
    }

    /// The keyed hash of a phone.
    #[must_use]
    pub fn phone_hash(&self, phone: &E164) -> IdentifierHash {
        self.hash("phone", phone.as_str())
    }

    fn hash(&self, kind: &str, identifier: &str) -> IdentifierHash {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(self.identifier_hash.expose_secret())
            .expect("HMAC takes keys of any length");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(identifier.as_bytes());
        IdentifierHash::from_hex(hex::encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(byte: u8) -> Keys {
        Keys::derive(&MasterKey::from_bytes([byte; 32]))
    }

    #[test]
    fn hashes_depend_on_the_key_and_the_kind() {
        let phone = E164::parse("+393331234567").unwrap();
        assert_eq!(keys(1).phone_hash(&phone), keys(1).phone_hash(&phone));
        assert_ne!(keys(1).phone_hash(&phone), keys(2).phone_hash(&phone));
        assert_ne!(keys(1).hash("phone", "x"), keys(1).hash("email", "x"));
    }

    #[test]
    fn the_check_value_tells_keys_apart() {
        assert_eq!(keys(1).check_value(), keys(1).check_value());
        assert_ne!(keys(1).check_value(), keys(2).check_value());
    }

    #[test]
    fn a_master_key_is_64_hex_digits() {
        assert!(MasterKey::from_hex(&format!("{}\n", MasterKey::generate_hex())).is_ok());
        for text in ["", "00", &"g".repeat(64), &"0".repeat(66)] {
            assert_eq!(MasterKey::from_hex(text).unwrap_err(), NotAMasterKey);
        }
    }

    #[test]
    fn keys_stay_out_of_logs() {
        let shown = format!("{:?}", MasterKey::from_bytes([7; 32]));
        assert!(!shown.contains('7'), "{shown}");
    }
}
