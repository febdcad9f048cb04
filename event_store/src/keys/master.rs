//! The operator's master key, and the installation's key that it encrypts.

use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use thiserror::Error;

use super::cipher::{self, BrokenSeal};
use super::derived::Keys;
use crate::entropy;

/// The operator's secret. It never reaches the database; it opens the installation's key and nothing else.
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
        hex::encode(entropy::bytes::<32>())
    }

    fn wrapping_key(&self) -> [u8; 32] {
        expand(&Hkdf::new(None, self.0.expose_secret()), b"leadflow installation wrap 1")
    }
}

pub(super) fn expand(extracted: &Hkdf<Sha256>, purpose: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes")]
    extracted.expand(purpose, &mut key).expect("32 bytes are within HKDF's limit");
    key
}

/// The root of everything that is keyed in an installation. Stored encrypted under the master key.
#[derive(Debug)]
pub(crate) struct InstallationKey(SecretBox<[u8; 32]>);

impl InstallationKey {
    /// A new one.
    pub(crate) fn generate() -> Self {
        Self(SecretBox::new(Box::new(entropy::bytes())))
    }

    /// The key as the database keeps it.
    pub(crate) fn wrap(&self, master: &MasterKey) -> Vec<u8> {
        cipher::seal(&master.wrapping_key(), entropy::bytes(), WHAT, self.0.expose_secret())
    }

    /// Takes the key out of its stored form; another master key than the one it was stored under is told by the tag.
    pub(crate) fn unwrap(master: &MasterKey, wrapped: &[u8]) -> Result<Self, BrokenSeal> {
        let bytes = cipher::open(&master.wrapping_key(), WHAT, wrapped)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| BrokenSeal)?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// What is derived from it.
    pub(crate) fn keys(&self) -> Keys {
        Keys::derive(self.0.expose_secret())
    }
}

const WHAT: &[u8] = b"leadflow installation key";

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_installation_s_key_opens_under_its_master_key_alone() {
        let master = |byte| MasterKey::from_bytes([byte; 32]);
        let wrapped = InstallationKey::generate().wrap(&master(1));
        assert!(InstallationKey::unwrap(&master(1), &wrapped).is_ok());
        assert!(InstallationKey::unwrap(&master(2), &wrapped).is_err());
    }
}
