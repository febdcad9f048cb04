//! What is random, shown once and stored hashed: refresh tokens, and what stands in links.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use leadflow_event_store::entropy;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Random bytes of a token.
const LENGTH: usize = 32;

/// The text of a token that nobody has, marked by `prefix` so that a leaked one can be recognised.
pub(crate) fn new(prefix: &str) -> SecretString {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(entropy::bytes::<LENGTH>())).into()
}

/// Whether this may be such a token. What is not costs no question to the database.
pub(crate) fn has_form(prefix: &str, token: &str) -> bool {
    let random = token.strip_prefix(prefix).map(|encoded| URL_SAFE_NO_PAD.decode(encoded));
    matches!(random, Some(Ok(random)) if random.len() == LENGTH)
}

/// A random 256-bit value can't be guessed, so a plain hash keeps it as safe as a slow one.
pub(crate) fn hash(token: &SecretString) -> Vec<u8> {
    Sha256::digest(token.expose_secret().as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_issued_has_a_token_s_form() {
        let token = new("lfr_");
        let token = token.expose_secret();
        assert!(has_form("lfr_", token) && !has_form("lfl_", token));
        for other in ["", "lfr_", "lfr_x", &token[4..], &token[..token.len() - 1], &format!("{token}A")] {
            assert!(!has_form("lfr_", other), "{other}");
        }
    }
}
