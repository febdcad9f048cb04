//! Short texts that people type: names and labels.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A trimmed text of `MIN` to `MAX` characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShortText<const MIN: usize, const MAX: usize>(String);

/// The text is too short, too long, or holds control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have {min} to {max} characters and no control characters")]
pub struct TextLength {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
}

impl<const MIN: usize, const MAX: usize> ShortText<MIN, MAX> {
    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`TextLength`] when what is left is too short, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, TextLength> {
        let text = text.trim();
        if (MIN..=MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextLength { min: MIN, max: MAX })
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for ShortText<MIN, MAX> {
    type Error = TextLength;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl<const MIN: usize, const MAX: usize> From<ShortText<MIN, MAX>> for String {
    fn from(text: ShortText<MIN, MAX>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_trimmed_and_counted_in_characters() {
        assert_eq!(ShortText::<2, 4>::parse("  éé  ").unwrap().as_str(), "éé");
        for text in ["", " x ", "12345", "a\nb"] {
            assert_eq!(ShortText::<2, 4>::parse(text), Err(TextLength { min: 2, max: 4 }), "{text}");
        }
    }
}
