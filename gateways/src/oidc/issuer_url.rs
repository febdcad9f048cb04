//! What an issuer is called.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::wire;

/// What Google is called.
pub const GOOGLE: &str = "https://accounts.google.com";

/// Where an issuer says what it is.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What an issuer is called, which is also where it is. It is compared as it is written: with a `/` at its end, it is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IssuerUrl {
    text: String,
    configuration: Url,
}

/// It is not what an issuer is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "an issuer reads like https://accounts.google.com; without https on this machine alone, and nothing behind a `?` or `#`"
)]
pub struct NotAnIssuer;

impl IssuerUrl {
    /// Reads it.
    ///
    /// # Errors
    /// [`NotAnIssuer`].
    pub fn parse(text: &str) -> Result<Self, NotAnIssuer> {
        let url = Url::parse(text).map_err(|_| NotAnIssuer)?;
        let is_bare = url.username().is_empty() && url.password().is_none() && !text.contains(['?', '#']);
        if !is_bare || !wire::carries_secrets(&url) {
            return Err(NotAnIssuer);
        }
        // Discovery 1.0, 4.1.
        let configuration = format!("{}{WELL_KNOWN}", text.strip_suffix('/').unwrap_or(text));
        Ok(Self { text: text.to_owned(), configuration: Url::parse(&configuration).map_err(|_| NotAnIssuer)? })
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it says what it is.
    pub(super) fn configuration(&self) -> &Url {
        &self.configuration
    }

    /// Whether it may have something there: as well protected as it is itself.
    pub(super) fn may_be_at(&self, url: &Url) -> bool {
        url.scheme() == "https" || (self.configuration.scheme() == "http" && wire::carries_secrets(url))
    }
}

impl TryFrom<String> for IssuerUrl {
    type Error = NotAnIssuer;

    fn try_from(text: String) -> Result<Self, NotAnIssuer> {
        Self::parse(&text)
    }
}

impl From<IssuerUrl> for String {
    fn from(url: IssuerUrl) -> Self {
        url.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_says_what_it_is_below_its_name() {
        for (issuer, configuration) in [
            (GOOGLE, "https://accounts.google.com/.well-known/openid-configuration"),
            ("https://desk.eu.auth0.com/", "https://desk.eu.auth0.com/.well-known/openid-configuration"),
            ("https://id.example/realms/desk", "https://id.example/realms/desk/.well-known/openid-configuration"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/.well-known/openid-configuration"),
        ] {
            let url = IssuerUrl::parse(issuer).unwrap();
            assert_eq!((url.as_str(), url.configuration().as_str()), (issuer, configuration));
        }
        for wrong in [
            "",
            "accounts.google.com",
            "http://id.example",
            "http://127.0.0.1.id.example",
            "ftp://id.example",
            "https://ada:secret@id.example",
            "https://id.example/?realm=desk",
            "https://id.example/#desk",
        ] {
            assert_eq!(IssuerUrl::parse(wrong), Err(NotAnIssuer), "{wrong}");
        }
    }

    #[test]
    fn what_it_has_is_as_well_protected() {
        let may_be_at =
            |issuer: &str, url: &str| IssuerUrl::parse(issuer).unwrap().may_be_at(&Url::parse(url).unwrap());
        assert!(may_be_at(GOOGLE, "https://oauth2.googleapis.com/token"));
        assert!(!may_be_at(GOOGLE, "http://oauth2.googleapis.com/token"));
        assert!(!may_be_at(GOOGLE, "http://localhost/token"));
        assert!(may_be_at("http://localhost:9000", "http://localhost:9000/token"));
        assert!(!may_be_at("http://localhost:9000", "http://id.example/token"));
    }
}
