//! Letters on their way: to whom and what is sealed until they are sent.
//!
//! One key for all of them: none waits for longer than a day, and what is over is destroyed in its row.

use uuid::Uuid;

use super::cipher::{self, BrokenSeal};
use super::derived::Keys;
use crate::entropy;

/// A letter, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLetter {
    /// Drawn for this letter, which opens beside it alone.
    pub id: Uuid,
    /// Nonce, ciphertext, tag.
    pub sealed: Vec<u8>,
}

impl Keys {
    /// Seals a letter.
    #[must_use]
    pub fn seal_letter(&self, plain: &[u8]) -> SealedLetter {
        let id = entropy::uuid();
        SealedLetter { id, sealed: cipher::seal(self.letter(), entropy::bytes(), id.as_bytes(), plain) }
    }

    /// Opens what was sealed beside `id`.
    ///
    /// # Errors
    /// [`BrokenSeal`] for anything else.
    pub fn open_letter(&self, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
        cipher::open(self.letter(), id.as_bytes(), sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_opens_beside_its_id_in_its_installation_alone() {
        let keys = Keys::derive(&[1; 32]);
        let SealedLetter { id, sealed } = keys.seal_letter(b"to Ada");
        assert!(!sealed.windows(3).any(|bytes| bytes == b"Ada"));
        assert_eq!(keys.open_letter(id, &sealed).unwrap(), b"to Ada");
        assert_eq!(keys.open_letter(Uuid::nil(), &sealed), Err(BrokenSeal));
        assert_eq!(Keys::derive(&[2; 32]).open_letter(id, &sealed), Err(BrokenSeal));
    }
}
