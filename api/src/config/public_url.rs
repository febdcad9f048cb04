//! Where people reach the dashboard.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// The dashboard's address. Links are made from it alone, never from what a request says its host is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// The address itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The link to a page of the dashboard.
    #[must_use]
    pub fn page(&self, path: &str) -> Url {
        let mut link = self.0.clone();
        if let Ok(mut segments) = link.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/'));
        }
        link
    }

    /// The link to a page that is shown `token`. It stands behind the `#`, which browsers keep to themselves: no web server
    /// logs it, and no other site is told.
    #[must_use]
    pub fn page_with_token(&self, path: &str, token: &str) -> Url {
        let mut link = self.page(path);
        link.set_fragment(Some(&format!("token={token}")));
        link
    }
}

impl<'de> Deserialize<'de> for PublicUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match Url::parse(&text) {
            Ok(url) if is_a_place(&url) => Ok(Self(url)),
            Ok(_) | Err(_) => {
                let expected = "an address for public_url: http or https, `://`, a host, and a path if need be";
                Err(D::Error::invalid_value(Unexpected::Str(&text), &expected))
            }
        }
    }
}

/// Nothing that a link to one of its pages would lose, or show to everybody.
fn is_a_place(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme())
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<PublicUrl, serde_json::Error> {
        serde_json::from_value(json!(text))
    }

    #[test]
    fn pages_stand_below_it_and_a_token_behind_them() {
        for (base, expected) in [
            ("https://desk.example", "https://desk.example/sign-in"),
            ("https://desk.example/", "https://desk.example/sign-in"),
            ("https://desk.example:8443/leads/", "https://desk.example:8443/leads/sign-in"),
            ("https://desk.example/leads", "https://desk.example/leads/sign-in"),
        ] {
            assert_eq!(read(base).unwrap().page("sign-in").as_str(), expected);
        }
        let base = read("https://desk.example").unwrap();
        assert_eq!(
            base.page_with_token("members/join", "a-b_c").as_str(),
            "https://desk.example/members/join#token=a-b_c"
        );
    }

    #[test]
    fn a_token_stays_one_whatever_it_is_made_of() {
        let link = read("https://desk.example").unwrap().page_with_token("join", "\"><script>\r\n x");
        assert!(!link.as_str().contains(['"', '<', '>', '\r', '\n', ' ']), "{link}");
    }

    #[test]
    fn anything_but_a_place_is_refused_by_its_key() {
        for wrong in [
            "",
            "desk.example",
            "/desk",
            "ftp://desk.example",
            "javascript:alert(1)",
            "https://",
            "https://ada:secret@desk.example",
            "https://desk.example/?a=b",
            "https://desk.example/#a",
        ] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("public_url"), "{wrong}: {error}");
        }
    }
}
