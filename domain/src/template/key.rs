//! What tells one template from another.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ShortText;
use crate::channel::ProviderId;

/// What messages name a template by: 1 to 512 characters, as WhatsApp tells it.
pub type TemplateName = ShortText<1, 512>;

/// Most characters of a language's code.
const LONGEST_LANGUAGE: usize = 16;

/// Which template is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateKey {
    /// The WhatsApp Business Account that has it.
    pub waba_id: ProviderId,
    /// What messages name it by.
    pub name: TemplateName,
    /// Its language.
    pub language: TemplateLanguage,
}

/// The code of a language, such as `it` or `en_US`. WhatsApp writes `en-US` as well, and means the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TemplateLanguage(String);

/// The text is no code of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the code of a language, such as it or en_US")]
pub struct NotALanguage;

impl TemplateLanguage {
    /// Takes a code with `_` or `-`.
    ///
    /// # Errors
    /// [`NotALanguage`].
    pub fn parse(text: &str) -> Result<Self, NotALanguage> {
        let code = text.trim().replace('-', "_");
        let is_code = (2..=LONGEST_LANGUAGE).contains(&code.len())
            && code.starts_with(|first: char| first.is_ascii_alphabetic())
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_code { Ok(Self(code)) } else { Err(NotALanguage) }
    }

    /// The code, with `_`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TemplateLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TemplateLanguage {
    type Error = NotALanguage;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<TemplateLanguage> for String {
    fn from(language: TemplateLanguage) -> Self {
        language.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_written_in_one_way() {
        for (text, code) in [("en-US", "en_US"), (" en_US ", "en_US"), ("it", "it"), ("zh_Hans_CN", "zh_Hans_CN")] {
            assert_eq!(TemplateLanguage::parse(text).unwrap().as_str(), code);
        }
        for text in ["", "e", "_US", "en US", "en/US", "é_FR", "a_language_code_too_long"] {
            assert_eq!(TemplateLanguage::parse(text), Err(NotALanguage), "{text}");
        }
    }
}
