//! What an issuer says of itself (OIDC Discovery 1.0).

use serde::Deserialize;
use url::Url;

use super::failure::Failure;
use super::issuer_url::IssuerUrl;

/// How we say who we are when nothing else is said.
const BASIC: &str = "client_secret_basic";

/// What of it counts here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    /// Where people are sent.
    pub(super) authorization_endpoint: Url,
    /// Where a code is exchanged.
    pub(super) token_endpoint: Url,
    /// Where its keys are.
    pub(super) jwks_uri: Url,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Metadata {
    /// Reads what is published where `issuer` is.
    pub(super) fn read(issuer: &IssuerUrl, published: &[u8]) -> Result<Self, Failure> {
        let read: Self = serde_json::from_slice(published)
            .map_err(|_| Failure::unavailable("what it publishes of itself can't be read"))?;
        // Else whoever serves one issuer could play another (Discovery 1.0, 4.3).
        if read.issuer != issuer.as_str() {
            return Err(Failure::unavailable("it says that it is another issuer"));
        }
        if ![&read.authorization_endpoint, &read.token_endpoint, &read.jwks_uri]
            .into_iter()
            .all(|url| issuer.may_be_at(url))
        {
            return Err(Failure::unavailable("what it has is not behind https"));
        }
        Ok(read)
    }

    /// Whether we say who we are in a header; else in what is sent.
    pub(super) fn takes_basic(&self) -> bool {
        self.token_endpoint_auth_methods_supported
            .as_ref()
            .is_none_or(|methods| methods.iter().any(|method| method == BASIC))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::issuer_url::GOOGLE;
    use super::*;

    fn read(change: (&str, Value)) -> Result<Metadata, Failure> {
        let mut published = json!({
            "issuer": GOOGLE,
            "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
            "token_endpoint": "https://oauth2.googleapis.com/token",
            "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "email"],
        });
        published[change.0] = change.1;
        Metadata::read(&IssuerUrl::parse(GOOGLE).unwrap(), published.to_string().as_bytes())
    }

    #[test]
    fn an_issuer_says_where_it_has_what() {
        let read = read(("x", Value::Null)).unwrap();
        assert_eq!(read.token_endpoint.as_str(), "https://oauth2.googleapis.com/token");
        assert!(read.takes_basic());
    }

    #[test]
    fn how_we_say_who_we_are_is_its_choice() {
        let takes_basic = |methods| read(("token_endpoint_auth_methods_supported", methods)).unwrap().takes_basic();
        assert!(takes_basic(Value::Null));
        assert!(!takes_basic(json!(["client_secret_post"])));
    }

    #[test]
    fn another_issuer_s_word_and_what_anybody_could_change_are_refused() {
        for change in [
            ("issuer", json!("https://accounts.google.com/")),
            ("issuer", json!("https://evil.example")),
            ("token_endpoint", json!("http://oauth2.googleapis.com/token")),
            ("jwks_uri", json!("http://127.0.0.1/certs")),
            ("authorization_endpoint", json!("javascript:alert(1)")),
            ("jwks_uri", Value::Null),
        ] {
            assert!(matches!(read(change.clone()), Err(Failure::Unavailable(_))), "{change:?}");
        }
    }
}
