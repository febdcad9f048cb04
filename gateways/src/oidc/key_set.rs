//! The keys that an issuer publishes (RFC 7517).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Header};
use serde::Deserialize;
use serde_json::Value;

use super::failure::Failure;

/// Those that a statement may be signed with.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Option<KeyAlgorithm>,
    key: DecodingKey,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads what is published. A key of a kind that is not known here is not there.
    pub(super) fn read(published: &[u8]) -> Result<Self, Failure> {
        let Published { keys } = serde_json::from_slice(published)
            .map_err(|_| Failure::unavailable("the keys that it publishes can't be read"))?;
        Ok(Self(keys.into_iter().filter_map(Key::read).collect()))
    }

    /// What a token with this header is checked with. One that names no key is checked with the only one of its kind.
    pub(super) fn find(&self, header: &Header) -> Option<&DecodingKey> {
        let mut fitting = self.0.iter().filter(|key| key.fits(header.alg));
        match &header.kid {
            Some(kid) => fitting.find(|key| key.id.as_ref() == Some(kid)).map(|key| &key.key),
            None => fitting.next().filter(|_| fitting.next().is_none()).map(|key| &key.key),
        }
    }
}

impl Key {
    fn read(published: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(published).ok()?;
        let is_known = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => true,
            AlgorithmParameters::EllipticCurve(point) => point.curve == EllipticCurve::P256,
            // Of a key of another length the library takes the first 32 bytes, and panics where there are fewer.
            AlgorithmParameters::OctetKeyPair(pair) => {
                pair.curve == EllipticCurve::Ed25519
                    && URL_SAFE_NO_PAD.decode(&pair.x).is_ok_and(|bytes| bytes.len() == 32)
            }
            // What everybody can read is no secret to sign with.
            AlgorithmParameters::OctetKey(_) => false,
        };
        let signs = jwk.common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        (is_known && signs).then_some(Self { id: jwk.common.key_id, algorithm: jwk.common.key_algorithm, key })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let (family, named) = match algorithm {
            Algorithm::RS256 => (AlgorithmFamily::Rsa, KeyAlgorithm::RS256),
            Algorithm::ES256 => (AlgorithmFamily::Ec, KeyAlgorithm::ES256),
            Algorithm::EdDSA => (AlgorithmFamily::Ed, KeyAlgorithm::EdDSA),
            Algorithm::HS256
            | Algorithm::HS384
            | Algorithm::HS512
            | Algorithm::ES384
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512 => return false,
        };
        self.key.family() == family && self.algorithm.is_none_or(|algorithm| algorithm == named)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Of RFC 8037, appendix A.2.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn set(keys: &Value) -> KeySet {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    fn knows(keys: &KeySet, algorithm: Algorithm, kid: Option<&str>) -> bool {
        keys.find(&Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) }).is_some()
    }

    #[test]
    fn a_key_is_found_by_its_id_for_what_it_is_for() {
        let keys = set(&json!([
            { "kty": "OKP", "crv": "Ed25519", "kid": "a", "use": "sig", "alg": "EdDSA", "x": X },
            { "kty": "OKP", "crv": "Ed25519", "kid": "sealing", "use": "enc", "x": X },
            { "kty": "EC", "crv": "P-256", "kid": "other alg", "alg": "ES384", "x": X, "y": X },
            { "kty": "oct", "kid": "shared", "alg": "HS256", "k": "c2VjcmV0" },
            { "kty": "of tomorrow", "kid": "unknown" },
            { "kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AA" },
            { "kty": "OKP", "crv": "Ed25519", "kid": "long", "x": format!("{X}AAAA") },
            { "kty": "EC", "crv": "P-384", "kid": "other curve", "x": X, "y": X },
        ]));
        assert!(knows(&keys, Algorithm::EdDSA, Some("a")));
        for (algorithm, kid) in [
            (Algorithm::EdDSA, "b"),
            (Algorithm::EdDSA, "sealing"),
            (Algorithm::RS256, "a"),
            (Algorithm::ES256, "other alg"),
            (Algorithm::HS256, "shared"),
            (Algorithm::EdDSA, "short"),
            (Algorithm::EdDSA, "long"),
            (Algorithm::ES256, "other curve"),
        ] {
            assert!(!knows(&keys, algorithm, Some(kid)), "{algorithm:?} {kid}");
        }
    }

    #[test]
    fn a_token_without_a_key_s_id_is_checked_with_the_only_one() {
        let (one, other) = (
            json!({ "kty": "OKP", "crv": "Ed25519", "x": X }),
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "b", "x": X }),
        );
        assert!(knows(&set(&json!([one])), Algorithm::EdDSA, None));
        assert!(!knows(&set(&json!([one])), Algorithm::ES256, None));
        assert!(!knows(&set(&json!([one, other])), Algorithm::EdDSA, None), "which of them?");
    }

    #[test]
    fn what_is_no_key_set_is_none() {
        for body in ["", "<html>", "[]", "{}", "{\"keys\":{}}"] {
            assert!(KeySet::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
