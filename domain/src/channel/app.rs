//! Which of the installation's Meta apps brings a number's webhooks.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most characters of a key.
const LONGEST: usize = 32;

/// What an app is called in the installation's configuration and in its webhooks' path. The default app has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppKey(String);

/// A text that can't be an app's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the key of a Meta app has 1 to {LONGEST} characters of a-z, 0-9, - and _")]
pub struct BadAppKey;

impl AppKey {
    /// Takes `text` as it is: a key stands in a path and in names of environment variables.
    ///
    /// # Errors
    /// [`BadAppKey`].
    pub fn parse(text: &str) -> Result<Self, BadAppKey> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        if (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadAppKey)
        }
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for AppKey {
    type Err = BadAppKey;

    fn from_str(text: &str) -> Result<Self, BadAppKey> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AppKey {
    type Error = BadAppKey;

    fn try_from(text: String) -> Result<Self, BadAppKey> {
        Self::parse(&text)
    }
}

impl From<AppKey> for String {
    fn from(key: AppKey) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::WhatsAppNumber;
    use crate::channel::state::samples::{number, under};

    #[test]
    fn a_key_fits_into_a_path_and_a_variable_s_name() {
        for key in ["a", "shop-2", "north_sea", &"x".repeat(32)] {
            assert_eq!(AppKey::parse(key).unwrap().as_str(), key);
        }
        for text in ["", "Shop", "shop two", "shop/2", "..", "é", &"x".repeat(33)] {
            assert_eq!(AppKey::parse(text), Err(BadAppKey), "{text}");
        }
    }

    #[test]
    fn the_default_app_is_not_told_and_another_one_is() {
        let of_default = number("10", "+39 02 1234");
        let told = serde_json::to_value(&of_default).unwrap();
        assert!(told.get("app").is_none(), "{told}");
        assert_eq!(serde_json::from_value::<WhatsAppNumber>(told).unwrap(), of_default);

        let of_shop = under("shop", of_default);
        let told = serde_json::to_value(&of_shop).unwrap();
        assert_eq!(told["app"], "shop");
        assert_eq!(serde_json::from_value::<WhatsAppNumber>(told).unwrap(), of_shop);
    }
}
