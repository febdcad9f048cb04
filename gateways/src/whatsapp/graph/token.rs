//! What a business proves itself with to Meta, and how it is kept out of what is told.

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// Longest token, in bytes. Meta's have some 200.
pub(super) const LONGEST_TOKEN: usize = 2048;

/// What stands where a token stood.
const TAKEN_OUT: &str = "[token]";

/// What a business proves itself with to Meta.
#[derive(Debug, Clone)]
pub struct AccessToken(SecretString);

/// The text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {LONGEST_TOKEN} letters, digits and signs, without spaces")]
pub struct NotAnAccessToken;

impl AccessToken {
    /// Takes `text` as Meta shows it; white space around it is passed over.
    ///
    /// # Errors
    /// [`NotAnAccessToken`], which does not repeat it.
    pub fn parse(text: &SecretString) -> Result<Self, NotAnAccessToken> {
        let token = text.expose_secret().trim();
        if (1..=LONGEST_TOKEN).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(token.into()))
        } else {
            Err(NotAnAccessToken)
        }
    }

    /// The token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `text` without this token, however much of it is percent-encoded.
    pub(super) fn scrubbed(&self, text: &str) -> String {
        let mut scrubbed = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if let Some(length) = self.at_start_of(rest.as_bytes()) {
                // A token is ASCII, and so is what encodes it: it ends where a character does.
                scrubbed.push_str(TAKEN_OUT);
                rest = &rest[length..];
            } else {
                scrubbed.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        scrubbed
    }

    /// How many bytes of `text` are this token, if it starts with it.
    fn at_start_of(&self, text: &[u8]) -> Option<usize> {
        // A token that has a per cent sign can be read in several ways: all of them are followed.
        let mut ends = vec![0];
        for byte in self.expose().bytes() {
            ends = ends.iter().flat_map(|end| spelled(byte, &text[*end..]).map(move |length| end + length)).collect();
            ends.sort_unstable();
            ends.dedup();
            if ends.is_empty() {
                return None;
            }
        }
        ends.last().copied()
    }
}

/// How many bytes at the start of `text` are `byte`, in each way that it can be read: as it is, after a backslash (`\/`), or
/// percent-encoded up to three times over (`%2F`, `%252f`).
fn spelled(byte: u8, text: &[u8]) -> impl Iterator<Item = usize> {
    let plain = text.first().is_some_and(|first| *first == byte).then_some(1);
    let escaped = text.starts_with(&[b'\\', byte]).then_some(2);
    let encoded = (0..3).filter_map(move |times| {
        let digits = 1 + 2 * times;
        let signs = text.get(..digits)?;
        let mut read = [0];
        hex::decode_to_slice(text.get(digits..digits + 2)?, &mut read).ok()?;
        (signs[0] == b'%' && signs[1..].chunks(2).all(|sign| sign == b"25") && read[0] == byte).then_some(digits + 2)
    });
    plain.into_iter().chain(escaped).chain(encoded)
}
