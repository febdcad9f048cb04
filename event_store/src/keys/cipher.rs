//! AES-256-GCM (NIST SP 800-38D), the one cipher here. Output is nonce, ciphertext, tag.

use aes_gcm::aead::AeadInPlace;
use aes_gcm::{Aes256Gcm, KeyInit};
use thiserror::Error;

/// Bytes of a nonce. Drawn at random for each value: below 2^32 values under one key, a repetition is out of the
/// question (SP 800-38D, 8.3).
pub(crate) const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;

/// The bytes were not sealed with this key for this place, or were tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it was not sealed with this key for this place, or was tampered with")]
pub struct BrokenSeal;

/// Encrypts `plain`. `associated` is not stored; whoever opens must know it.
pub(super) fn seal(key: &[u8; 32], nonce: [u8; NONCE_LENGTH], associated: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(NONCE_LENGTH + plain.len() + TAG_LENGTH);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    #[expect(clippy::expect_used, reason = "AES-GCM takes up to 64 GiB, and the parts are as long as their types say")]
    let tag = Aes256Gcm::new(key.into())
        .encrypt_in_place_detached(&nonce.into(), associated, &mut sealed[NONCE_LENGTH..])
        .expect("the text is within AES-GCM's limit");
    sealed.extend_from_slice(&tag);
    sealed
}

/// Decrypts what [`seal`] made, under the same key and with the same `associated`.
pub(super) fn open(key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(BrokenSeal)?;
    let (text, tag) = rest.split_last_chunk::<TAG_LENGTH>().ok_or(BrokenSeal)?;
    let mut plain = text.to_vec();
    Aes256Gcm::new(key.into())
        .decrypt_in_place_detached(nonce.into(), associated, &mut plain, tag.into())
        .map_err(|_| BrokenSeal)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [1; 32];

    #[test]
    fn what_was_sealed_is_opened_at_its_place_with_its_key() {
        let sealed = seal(&KEY, [7; 12], b"here", b"Ada");
        assert_eq!(open(&KEY, b"here", &sealed).unwrap(), b"Ada");
        assert_eq!(open(&[2; 32], b"here", &sealed), Err(BrokenSeal));
        assert_eq!(open(&KEY, b"there", &sealed), Err(BrokenSeal));
    }

    #[test]
    fn every_changed_or_missing_byte_is_seen() {
        let sealed = seal(&KEY, [7; 12], b"here", b"Ada");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&KEY, b"here", &changed), Err(BrokenSeal), "byte {at}");
            assert_eq!(open(&KEY, b"here", &sealed[..at]), Err(BrokenSeal), "length {at}");
        }
    }
}
