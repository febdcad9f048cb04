//! The key that a delivery presents, and the delivery without it.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// The member that has the key. Google's own sample writes it with a capital letter.
const MEMBER: &str = "google_key";

/// What stands in the place of a key that was taken out.
const TAKEN_OUT: &str = "\"\"";

/// What a delivery presents.
pub struct Presented {
    key: SecretString,
    /// The body as it came, but for an empty text in the key's place.
    pub rest: Vec<u8>,
}

/// Why a body presents nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotPresented {
    /// It is no JSON object.
    #[error("the body is no JSON object")]
    NotAnObject,
    /// It has no key, an empty one, or several.
    #[error("the body has no google_key")]
    NoKey,
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").finish_non_exhaustive()
    }
}

impl Presented {
    /// Whether its key is the one of which `hash` is the SHA-256. How long this takes tells nothing of either.
    #[must_use]
    pub fn is_of(&self, hash: &[u8]) -> bool {
        Sha256::digest(self.key.expose_secret().as_bytes()).ct_eq(hash).into()
    }
}

/// Finds the key in `body`, and takes it out.
///
/// # Errors
/// [`NotPresented`].
pub fn presented(body: &[u8]) -> Result<Presented, NotPresented> {
    let text = std::str::from_utf8(body).map_err(|_| NotPresented::NotAnObject)?;
    let members: Members<'_> = serde_json::from_str(text).map_err(|_| NotPresented::NotAnObject)?;
    let mut keys = members.0.into_iter().filter(|(name, _)| name.eq_ignore_ascii_case(MEMBER));
    let (Some((_, raw)), None) = (keys.next(), keys.next()) else { return Err(NotPresented::NoKey) };
    let key: String = serde_json::from_str(raw.get()).map_err(|_| NotPresented::NoKey)?;
    if key.is_empty() {
        return Err(NotPresented::NoKey);
    }
    let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
    let rest = [&text[..start], TAKEN_OUT, &text[start + raw.get().len()..]].concat().into_bytes();
    Ok(Presented { key: key.into(), rest })
}

/// The members of an object, each as often as it stands there.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(key: &str) -> Vec<u8> {
        Sha256::digest(key.as_bytes()).to_vec()
    }

    fn refused(body: impl AsRef<[u8]>) -> NotPresented {
        presented(body.as_ref()).unwrap_err()
    }

    #[test]
    fn a_key_is_found_however_it_is_spelled_and_taken_out() {
        for body in [
            r#"{"lead_id": "1", "google_key" :  "s3cret", "n": 9007199254740993}"#,
            r#"{"lead_id": "1", "Google_key" :  "s3cret", "n": 9007199254740993}"#,
            r#"{"lead_id": "1", "GOOGLE_KEY" :  "s3cret", "n": 9007199254740993}"#,
            r#"{"lead_id": "1", "google_key" :  "s3\u0063ret", "n": 9007199254740993}"#,
        ] {
            let presented = presented(body.as_bytes()).unwrap();
            assert!(presented.is_of(&hash("s3cret")));
            for other in ["s3cre", "s3cret ", "S3CRET", "", "null"] {
                assert!(!presented.is_of(&hash(other)), "{other}");
            }
            for not_a_hash in [&b""[..], &hash("s3cret")[..31], b"s3cret"] {
                assert!(!presented.is_of(not_a_hash));
            }
            let rest = String::from_utf8(presented.rest).unwrap();
            assert!(rest.starts_with(r#"{"lead_id": "1", ""#), "{rest}");
            assert!(rest.ends_with(r#"" :  "", "n": 9007199254740993}"#), "{rest}");
        }
    }

    #[test]
    fn what_is_deeper_is_no_key_and_stays() {
        let deep = format!(r#"{{"google_key": "a", "x": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        let without = deep.replace(r#""a""#, r#""""#);
        assert!(presented(deep.as_bytes()).unwrap().rest == without.as_bytes());
        let body = r#"{"google_key": "a", "user_column_data": [{"google_key": "b"}]}"#;
        let presented = presented(body.as_bytes()).unwrap();
        assert!(presented.is_of(&hash("a")));
        assert_eq!(presented.rest, br#"{"google_key": "", "user_column_data": [{"google_key": "b"}]}"#);
    }

    #[test]
    fn without_exactly_one_key_nothing_is_presented() {
        for body in [
            "{}",
            r#"{"google_key": ""}"#,
            r#"{"google_key": null}"#,
            r#"{"google_key": 7}"#,
            r#"{"google_key": ["a"]}"#,
            r#"{"google_key": "a", "google_key": "a"}"#,
            r#"{"google_key": "a", "Google_Key": "b"}"#,
            r#"{"google_keys": "a"}"#,
            "{\"google_key\": \"\\ud800\"}",
        ] {
            assert_eq!(refused(body), NotPresented::NoKey, "{body}");
        }
    }

    #[test]
    fn what_is_no_object_presents_nothing() {
        for body in ["", "null", "[]", "\"google_key\"", "{", r#"{"google_key": "a""#, r#"{"google_key": "a"} x"#] {
            assert_eq!(refused(body), NotPresented::NotAnObject);
        }
        assert_eq!(refused(b"{\"google_key\": \"\xff\"}"), NotPresented::NotAnObject);
        assert_eq!(refused(b"\xef\xbb\xbf{\"google_key\": \"a\"}"), NotPresented::NotAnObject);
    }

    #[test]
    fn neither_a_key_nor_a_body_shows_in_debug_output() {
        let presented = presented(br#"{"google_key": "s3cret", "name": "Nora"}"#).unwrap();
        assert_eq!(format!("{presented:?}"), "Presented { .. }");
    }
}
