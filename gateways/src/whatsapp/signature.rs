//! `X-Hub-Signature-256`: HMAC-SHA256 over the raw bytes of the body, keyed with the Meta app's secret.
//!
//! The bytes are hashed as they arrived: Meta escapes the body it signs (`\u00e9`, `\/`), so parsing and
//! serialising again gives other bytes and another signature.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;

/// The header that carries the signature.
pub const HEADER: &str = "x-hub-signature-256";

const PREFIX: &str = "sha256=";

/// Why a body is not taken for Meta's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// The header is not `sha256=` followed by 64 lower-case hex digits.
    #[error("the signature is not `sha256=` and 64 lower-case hex digits")]
    Malformed,
    /// The header is well formed and belongs to other bytes or another secret.
    #[error("the signature belongs to another body or another secret")]
    Wrong,
}

/// The header's value for `body`.
#[must_use]
pub fn sign(app_secret: &[u8], body: &[u8]) -> String {
    format!("{PREFIX}{}", hex::encode(mac(app_secret, body).finalize().into_bytes()))
}

/// Checks the header's value against the raw body in constant time.
///
/// # Errors
/// [`Mismatch`] when the header is malformed or does not belong to these bytes and this secret.
pub fn verify(app_secret: &[u8], body: &[u8], header: &str) -> Result<(), Mismatch> {
    let digits = header.strip_prefix(PREFIX).ok_or(Mismatch::Malformed)?;
    // Meta sends lower case; accepting a second spelling would only widen what an attacker may try.
    if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Mismatch::Malformed);
    }
    let mut claimed = [0_u8; 32];
    hex::decode_to_slice(digits, &mut claimed).map_err(|_| Mismatch::Malformed)?;
    mac(app_secret, body).verify_slice(&claimed).map_err(|_| Mismatch::Wrong)
}

fn mac(app_secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret).expect("HMAC takes keys of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"an app secret";

    #[test]
    fn a_signed_body_verifies() {
        let body = br#"{"text":"caf\u00e9 \/ bar"}"#;
        assert_eq!(verify(SECRET, body, &sign(SECRET, body)), Ok(()));
    }

    #[test]
    fn the_empty_body_has_a_signature_too() {
        assert_eq!(verify(SECRET, b"", &sign(SECRET, b"")), Ok(()));
    }

    #[test]
    fn one_flipped_bit_another_secret_and_a_trailing_newline_are_wrong() {
        let header = sign(SECRET, b"body");
        assert_eq!(verify(SECRET, b"bodz", &header), Err(Mismatch::Wrong));
        assert_eq!(verify(SECRET, b"body\n", &header), Err(Mismatch::Wrong));
        assert_eq!(verify(b"another", b"body", &header), Err(Mismatch::Wrong));
    }

    #[test]
    fn odd_spellings_are_malformed() {
        let good = sign(SECRET, b"body");
        let digits = good.trim_start_matches(PREFIX);
        for header in [
            String::new(),
            digits.to_owned(),
            format!("sha1={digits}"),
            format!("sha256={}", digits.to_uppercase()),
            format!("sha256={}", &digits[1..]),
            format!("sha256={digits}0"),
            format!("sha256={}", "g".repeat(64)),
            format!("{good}, {good}"),
        ] {
            assert_eq!(verify(SECRET, b"body", &header), Err(Mismatch::Malformed), "{header}");
        }
    }
}
