//! Whom members may prove themselves to instead of showing a password.

use std::collections::BTreeMap;
use std::fmt;

use leadflow_domain::EmailAddress;
use leadflow_gateways::oidc::{GOOGLE, IssuerUrl, NotAnIssuer};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use super::listed::Listed;
use super::{Config, SecretText};

/// Most characters of a key.
const LONGEST_KEY: usize = 32;

/// What a provider is called in the configuration, in its environment variables and in the page that it sends people back to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct OidcKey(String);

impl OidcKey {
    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one that has keys of its own in the configuration.
    fn google() -> Self {
        Self("google".to_owned())
    }
}

impl fmt::Display for OidcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OidcKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
        if (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text))
        } else {
            Err(D::Error::custom(format!(
                "the key of an OIDC provider has 1 to {LONGEST_KEY} characters of a-z, 0-9, - and _"
            )))
        }
    }
}

/// Somebody to whom members prove who they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// What it calls itself, which is where it is.
    pub issuer: IssuerUrl,
    /// What it calls us.
    pub client_id: String,
    /// What shows it that it is we.
    pub client_secret: SecretText,
    /// What people call it; its key where there is none.
    pub name: Option<String>,
    /// The addresses about which it is believed.
    pub domains: Domains,
}

/// Domains of addresses: a list, or a text with commas between them, as the environment has it; `*` is all there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Domains(Vec<String>);

/// Stands for all domains.
const ALL: &str = "*";

impl Domains {
    /// All there are.
    fn all() -> Self {
        Self(vec![ALL.to_owned()])
    }

    /// Whether `address` is in one of them; below one is not in it.
    #[must_use]
    pub fn have(&self, address: &EmailAddress) -> bool {
        let canonical = address.canonical();
        let domain = canonical.rsplit_once('@').map(|(_, domain)| domain);
        self.0.iter().any(|one| one == ALL || Some(one.as_str()) == domain)
    }
}

impl<'de> Deserialize<'de> for Domains {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Listed::deserialize(deserializer)?.into_vec();
        let wrong = written.iter().find(|domain| *domain != ALL && !is_domain(domain));
        match wrong.map(String::as_str).or(written.is_empty().then_some("")) {
            None => Ok(Self(written)),
            Some(wrong) => {
                let expected =
                    "a domain of domains: what stands behind the @ of addresses, in small letters, or * for all";
                Err(D::Error::invalid_value(Unexpected::Str(wrong), &expected))
            }
        }
    }
}

/// Another spelling would never be met: addresses are compared in small letters.
fn is_domain(text: &str) -> bool {
    text == text.to_ascii_lowercase() && EmailAddress::parse(&format!("a@{text}")).is_ok()
}

impl Config {
    /// All providers by their keys. `[oidc.google]` is over what has keys of its own.
    ///
    /// # Errors
    /// For no issuer that is built in.
    pub fn oidc_providers(&self) -> Result<BTreeMap<OidcKey, OidcProvider>, NotAnIssuer> {
        let mut providers = BTreeMap::new();
        if let (Some(client_id), Some(client_secret)) = (&self.google_client_id, &self.google_client_secret) {
            let google = OidcProvider {
                issuer: IssuerUrl::parse(GOOGLE)?,
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                name: Some("Google".to_owned()),
                domains: Domains::all(),
            };
            providers.insert(OidcKey::google(), google);
        }
        providers.extend(self.oidc.iter().map(|(key, provider)| (key.clone(), provider.clone())));
        Ok(providers)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn have(domains: Value, address: &str) -> Result<bool, serde_json::Error> {
        let domains: Domains = serde_json::from_value(domains)?;
        Ok(domains.have(&EmailAddress::parse(address).unwrap()))
    }

    #[test]
    fn a_provider_is_believed_about_the_addresses_of_its_domains() {
        for (domains, address, expected) in [
            (json!(["desk.example"]), "Ada@Desk.Example", true),
            (json!("desk.example, shop.example"), "ada@shop.example", true),
            (json!(["*"]), "ada@anywhere.example", true),
            (json!(["desk.example"]), "ada@evil.example", false),
            (json!(["desk.example"]), "ada@in.desk.example", false),
            (json!(["desk.example"]), "ada@evildesk.example", false),
        ] {
            assert_eq!(have(domains.clone(), address).unwrap(), expected, "{domains} {address}");
        }
    }

    #[test]
    fn anything_but_domains_is_refused() {
        for wrong in [json!([]), json!(""), json!(["Desk.example"]), json!(["@desk.example"]), json!(["*.example"])] {
            assert!(have(wrong.clone(), "ada@desk.example").is_err(), "{wrong}");
        }
    }
}
