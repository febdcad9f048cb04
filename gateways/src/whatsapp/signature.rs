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

/// What a header says, read before there is a body to hold it against.
#[derive(Debug, Clone, Copy)]
pub struct Claimed([u8; 32]);

impl Claimed {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`Mismatch::Malformed`].
    pub fn parse(header: &str) -> Result<Self, Mismatch> {
        let digits = header.strip_prefix(PREFIX).ok_or(Mismatch::Malformed)?;
        // Meta sends lower case; accepting a second spelling would only widen what an attacker may try.
        if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(Mismatch::Malformed);
        }
        let mut claimed = [0_u8; 32];
        hex::decode_to_slice(digits, &mut claimed).map_err(|_| Mismatch::Malformed)?;
        Ok(Self(claimed))
    }

    /// Checks it against the raw body under each of the secrets: one, or two while an app changes its own.
    ///
    /// # Errors
    /// [`Mismatch::Wrong`] when it is of other bytes or of another secret.
    pub fn verify<'a>(&self, app_secrets: impl IntoIterator<Item = &'a [u8]>, body: &[u8]) -> Result<(), Mismatch> {
        // Each is compared in constant time, and whatever came of the others: how long it takes tells nothing of which
        // it was.
        let matches = |secret| mac(secret, body).verify_slice(&self.0).is_ok();
        let matched = app_secrets.into_iter().fold(false, |matched, secret| matched | matches(secret));
        if matched { Ok(()) } else { Err(Mismatch::Wrong) }
    }
}

/// [`Claimed::parse`] and [`Claimed::verify`] at once, for one secret.
///
/// # Errors
/// [`Mismatch`] when the header is malformed or does not belong to these bytes and this secret.
pub fn verify(app_secret: &[u8], body: &[u8], header: &str) -> Result<(), Mismatch> {
    Claimed::parse(header)?.verify([app_secret], body)
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

    /// Computed elsewhere: over the bytes as Meta sends them, escapes and all.
    #[test]
    fn signatures_that_others_computed_verify() {
        for (secret, body, header) in [
            ("key", r#"value"#, "sha256=90fbfcf15e74a36b89dbdb2a721d9aecffdfdddc5c83e27f7592594f71932481"),
            (
                "YOUR_APP_SECRET",
                r#"Let's pretend this body is equal to the message object and can handle unicode characters like \u307f\u3069\u308a\u3044\u308d and J'ai mang\u00e9 des p\u00e2tes"#,
                "sha256=0363007aabdf1ab579f35936651a460fb5fa1aaf40df98b1264446b72cc96688",
            ),
            (
                "test-app-secret",
                r#"{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Jos\u00e9 \ud83d\ude00"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234","id":"wamid.ESC","timestamp":"1749416383","type":"text","text":{"body":"caf\u00e9 a\u0040b.com https:\/\/x.y\/z"}}]},"field":"messages"}]}]}"#,
                "sha256=09e3a99ba898a728362b99800126c5408f2f85af870e7c077b48baea94110b88",
            ),
        ] {
            assert_eq!(verify(secret.as_bytes(), body.as_bytes(), header), Ok(()), "{body}");
            assert_eq!(sign(secret.as_bytes(), body.as_bytes()), header, "{body}");
        }
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
    fn either_of_two_secrets_will_do_and_no_third_one() {
        let secrets = [&b"new"[..], b"old"];
        for (secret, expected) in [("new", Ok(())), ("old", Ok(())), ("older", Err(Mismatch::Wrong))] {
            let claimed = Claimed::parse(&sign(secret.as_bytes(), b"body")).unwrap();
            assert_eq!(claimed.verify(secrets, b"body"), expected, "{secret}");
            assert_eq!(claimed.verify(secrets, b"bodz"), Err(Mismatch::Wrong), "{secret}");
        }
        let claimed = Claimed::parse(&sign(b"", b"body")).unwrap();
        assert_eq!(claimed.verify([], b"body"), Err(Mismatch::Wrong), "no secret is no match");
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
