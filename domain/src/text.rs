//! Texts that people type: names, labels and notes.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A trimmed text of `MIN` to `MAX` characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShortText<const MIN: usize, const MAX: usize>(String);

/// A trimmed text of 1 to `MAX` characters, in lines; without other control characters than their ends and tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LongText<const MAX: usize>(String);

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
        checked(text, MIN, MAX, &[]).map(|text| Self(text.to_owned()))
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

impl<const MAX: usize> LongText<MAX> {
    /// Trims and checks `text`.
    ///
    /// # Errors
    /// [`TextLength`] when what is left is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, TextLength> {
        checked(text, 1, MAX, &['\n', '\r', '\t']).map(|text| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for LongText<MAX> {
    type Error = TextLength;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl<const MAX: usize> From<LongText<MAX>> for String {
    fn from(text: LongText<MAX>) -> Self {
        text.0
    }
}

/// `text` without what surrounds it, if it has `min` to `max` characters, and no control characters but `allowed`.
fn checked<'a>(text: &'a str, min: usize, max: usize, allowed: &[char]) -> Result<&'a str, TextLength> {
    let text = text.trim();
    let is_bad = |letter: char| letter.is_control() && !allowed.contains(&letter);
    let is_good = (min..=max).contains(&text.chars().count()) && !text.chars().any(is_bad);
    if is_good { Ok(text) } else { Err(TextLength { min, max }) }
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

    #[test]
    fn a_long_text_has_lines() {
        assert_eq!(LongText::<9>::parse(" a\n\tb\r\nc \n").unwrap().as_str(), "a\n\tb\r\nc");
        for text in ["", " \n ", "1234567890", "a\0b", "a\u{1b}b"] {
            assert_eq!(LongText::<9>::parse(text), Err(TextLength { min: 1, max: 9 }), "{text}");
        }
    }
}
