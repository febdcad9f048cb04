//! What customers want, in a word.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most characters of a word.
const LONGEST: usize = 50;

/// What a customer wants, in a word such as `greeting`: small letters, digits and underscores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Intent(String);

/// The text is no such word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {LONGEST} small letters, digits and underscores")]
pub struct NotAnIntent;

impl Intent {
    /// Checks `text`, without what surrounds it.
    ///
    /// # Errors
    /// [`NotAnIntent`].
    pub fn parse(text: &str) -> Result<Self, NotAnIntent> {
        let word = text.trim();
        let is_word = (1..=LONGEST).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if is_word { Ok(Self(word.to_owned())) } else { Err(NotAnIntent) }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Intent {
    type Error = NotAnIntent;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Intent> for String {
    fn from(intent: Intent) -> Self {
        intent.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_is_a_word() {
        assert_eq!(Intent::parse(" price_2 ").unwrap().as_str(), "price_2");
        for text in ["", " ", "Greeting", "opening hours", "prezzò", &"a".repeat(51)] {
            assert_eq!(Intent::parse(text), Err(NotAnIntent), "{text}");
        }
    }
}
