//! Keys of an issuer that is played.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// A key that an issuer signs with.
#[derive(Clone)]
pub struct Key {
    /// `None` where it has no name, and what it signs names no key.
    id: Option<String>,
    algorithm: Algorithm,
    private: EncodingKey,
    pub(super) public: Value,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Key {
    /// One of 256, the same each time.
    ///
    /// # Errors
    /// For none of them.
    pub fn ed25519(number: u8) -> io::Result<Self> {
        let (id, key) = (format!("key-{number}"), SigningKey::from_bytes(&[number; 32]));
        let private = key.to_pkcs8_der().map_err(io::Error::other)?;
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let public = json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": id, "x": x });
        Ok(Self {
            id: Some(id),
            algorithm: Algorithm::EdDSA,
            private: EncodingKey::from_ed_der(private.as_bytes()),
            public,
        })
    }

    /// Of another kind.
    ///
    /// # Errors
    /// When it is no key for this algorithm.
    pub fn of(id: &str, algorithm: Algorithm, private: EncodingKey) -> io::Result<Self> {
        let mut public = serde_json::to_value(Jwk::from_encoding_key(&private, algorithm).map_err(io::Error::other)?)?;
        public["kid"] = json!(id);
        Ok(Self { id: Some(id.to_owned()), algorithm, private, public })
    }

    /// This key under the name of another.
    #[must_use]
    pub fn called(self, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..self }
    }

    /// This key without a name, where it is published and in what it signs.
    #[must_use]
    pub fn nameless(mut self) -> Self {
        if let Some(public) = self.public.as_object_mut() {
            public.remove("kid");
        }
        Self { id: None, ..self }
    }

    pub(super) fn sign(&self, claims: &Value) -> Result<String, &'static str> {
        let header = Header { kid: self.id.clone(), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.private).map_err(|_| "server_error")
    }
}
