//! What programs sign that post leads: HMAC-SHA256 over the moment, a dot and the raw bytes of the body, keyed with the source's secret.
//!
//! The moment is in what is signed, so that what was seen once on its way is good for some minutes only.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;

/// The header that carries the moment, in seconds since 1970.
pub const TIMESTAMP: &str = "x-leadflow-timestamp";

/// The header that carries the signature: `sha256=` and 64 lower-case hex digits.
pub const SIGNATURE: &str = "x-leadflow-signature";

/// How far the moment may be from now, in seconds, either way.
pub const TOLERANCE: i64 = 300;

const PREFIX: &str = "sha256=";

/// Most digits of a moment.
const MOST_DIGITS: usize = 12;

/// Why a body is not taken for the program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// A header is missing, or is none of these.
    #[error("the moment or the signature is missing or malformed")]
    Malformed,
    /// It belongs to another body, another moment or another secret.
    #[error("the signature belongs to another body, another moment or another secret")]
    Wrong,
    /// It is right, and of another time.
    #[error("the moment is more than {TOLERANCE} seconds from now")]
    Stale,
}

/// What [`SIGNATURE`] says of `body` at `timestamp`, in seconds since 1970.
#[must_use]
pub fn sign(secret: &[u8], timestamp: i64, body: &[u8]) -> String {
    format!("{PREFIX}{}", hex::encode(mac(secret, &timestamp.to_string(), body).finalize().into_bytes()))
}

/// Whether both headers are of these bytes and this secret, and of now, in seconds since 1970. The signature is compared in constant
/// time, and the moment after that.
///
/// # Errors
/// [`Mismatch`].
pub fn verify(secret: &[u8], timestamp: &str, signature: &str, now: i64, body: &[u8]) -> Result<(), Mismatch> {
    // One way to write it is enough: others would only widen what may be tried.
    let is_moment = (1..=MOST_DIGITS).contains(&timestamp.len()) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let digits = signature.strip_prefix(PREFIX).ok_or(Mismatch::Malformed)?;
    if !is_moment || digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Mismatch::Malformed);
    }
    let at: i64 = timestamp.parse().map_err(|_| Mismatch::Malformed)?;
    let mut claimed = [0_u8; 32];
    hex::decode_to_slice(digits, &mut claimed).map_err(|_| Mismatch::Malformed)?;
    mac(secret, timestamp, body).verify_slice(&claimed).map_err(|_| Mismatch::Wrong)?;
    if at.abs_diff(now) > TOLERANCE.unsigned_abs() { Err(Mismatch::Stale) } else { Ok(()) }
}

fn mac(secret: &[u8], timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_763_712_000;
    const SECRET: &[u8] = b"lfs_secret";
    const BODY: &[u8] = b"{\"phone\":\"+393331234567\"}";

    fn check(at: &str, signature: &str) -> Result<(), Mismatch> {
        verify(SECRET, at, signature, NOW, BODY)
    }

    #[test]
    fn what_is_signed_now_is_taken_and_some_minutes_around_it() {
        for at in [NOW, NOW - TOLERANCE, NOW + TOLERANCE] {
            assert_eq!(check(&at.to_string(), &sign(SECRET, at, BODY)), Ok(()));
        }
        for at in [NOW - TOLERANCE - 1, NOW + TOLERANCE + 1, 0] {
            assert_eq!(check(&at.to_string(), &sign(SECRET, at, BODY)), Err(Mismatch::Stale));
        }
    }

    /// `printf '1763712000.{"phone":"+393331234567"}' | openssl dgst -sha256 -hmac lfs_secret`
    #[test]
    fn another_program_comes_to_the_same() {
        let signature = "sha256=1a6eba3f2ca133cb2638e4120ff94b211c20cea0611c40b96065e3e8c9b75db9";
        assert_eq!(sign(SECRET, NOW, BODY), signature);
    }

    #[test]
    fn of_another_body_moment_or_secret_it_is_wrong() {
        let (now, signed) = (NOW.to_string(), sign(SECRET, NOW, BODY));
        assert_eq!(verify(b"lfs_other", &now, &signed, NOW, BODY), Err(Mismatch::Wrong));
        assert_eq!(verify(SECRET, &now, &signed, NOW, b"{\"phone\":\"+393331234568\"}"), Err(Mismatch::Wrong));
        assert_eq!(check(&(NOW + 1).to_string(), &signed), Err(Mismatch::Wrong), "a moment is not moved on");
        // What stands before the dot is digits, so nothing can wander from the body into it.
        assert_eq!(verify(SECRET, "1763712000.", &signed, NOW, &BODY[1..]), Err(Mismatch::Malformed));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let (now, signed) = (NOW.to_string(), sign(SECRET, NOW, BODY));
        for at in ["", "+1763712000", "-1", " 1763712000", "1763712000.0", "9999999999999", "9223372036854775808"] {
            assert_eq!(check(at, &signed), Err(Mismatch::Malformed), "{at}");
        }
        let upper = signed.to_uppercase();
        for signature in ["", "sha256=", &signed[7..], &signed[..70], &format!("{signed}0"), &upper, "sha1=00"] {
            assert_eq!(check(&now, signature), Err(Mismatch::Malformed), "{signature}");
        }
        let shouted = format!("{PREFIX}{}", &upper[7..]);
        assert_eq!(check(&now, &shouted), Err(Mismatch::Malformed));
    }
}
