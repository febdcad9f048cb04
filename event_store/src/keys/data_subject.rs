//! The key of one person, under which her values are encrypted.

use leadflow_domain::{DataSubjectId, TenantId};
use secrecy::{ExposeSecret, SecretBox};

use super::cipher::{self, BrokenSeal, NONCE_LENGTH};
use crate::entropy;

/// A person's key.
#[derive(Debug)]
pub(crate) struct DataSubjectKey(SecretBox<[u8; 32]>);

impl DataSubjectKey {
    /// A new one.
    pub(crate) fn generate() -> Self {
        Self::from_bytes(entropy::bytes())
    }

    /// Takes 32 bytes.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Encrypts a value for the place that `associated` names.
    pub(crate) fn seal(&self, nonce: [u8; NONCE_LENGTH], associated: &[u8], plain: &[u8]) -> Vec<u8> {
        cipher::seal(self.0.expose_secret(), nonce, associated, plain)
    }

    /// Decrypts a value from that place.
    pub(crate) fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
        cipher::open(self.0.expose_secret(), associated, sealed)
    }

    /// The key as the database keeps it.
    pub(super) fn wrap(&self, under: &[u8; 32], whose: Whose) -> Vec<u8> {
        cipher::seal(under, entropy::bytes(), &whose.bytes(), self.0.expose_secret())
    }

    /// Takes the key out of its stored form.
    pub(super) fn unwrap(under: &[u8; 32], whose: Whose, wrapped: &[u8]) -> Result<Self, BrokenSeal> {
        let bytes = cipher::open(under, &whose.bytes(), wrapped)?;
        bytes.try_into().map(Self::from_bytes).map_err(|_| BrokenSeal)
    }
}

/// What a wrapped key is bound to: in another person's row it opens nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose {
    pub(crate) tenant: TenantId,
    pub(crate) subject: DataSubjectId,
}

impl Whose {
    fn bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(self.tenant.as_uuid().as_bytes());
        bytes[16..].copy_from_slice(self.subject.as_uuid().as_bytes());
        bytes
    }
}
