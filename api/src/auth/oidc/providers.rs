//! The providers that are configured.

use std::collections::BTreeMap;

use anyhow::Context;
use leadflow_gateways::oidc::{Client, Issuer};
use secrecy::SecretString;
use url::Url;

use crate::config::{Config, Domains, OidcKey, OidcProvider};

/// Below the dashboard, with the provider's key behind it: another page for each, so that what one of them sends back can't
/// pass for another's (RFC 9700, 4.4.2.2).
const PAGE: &str = "sign-in/with";

/// All providers that members may sign in with, by their keys.
#[derive(Debug, Default)]
pub struct Providers(BTreeMap<OidcKey, Provider>);

/// Somebody to whom members prove who they are.
#[derive(Debug)]
pub struct Provider {
    name: String,
    pub(super) issuer: Issuer,
    pub(super) domains: Domains,
    pub(super) redirect_uri: Url,
}

impl Providers {
    /// Those of `config`. None is asked anything yet.
    ///
    /// # Errors
    /// When there is no TLS on this machine.
    pub fn configured(config: &Config) -> anyhow::Result<Self> {
        let providers = config.oidc_providers()?.into_iter().map(|(key, provider)| {
            let OidcProvider { issuer, client_id, client_secret, name, domains } = provider;
            let client = Client { id: client_id, secret: SecretString::from(client_secret.expose()) };
            let issuer = Issuer::new(issuer, client).with_context(|| format!("oidc.{key}"))?;
            let redirect_uri = config.public_url.page(&format!("{PAGE}/{key}"));
            let name = name.unwrap_or_else(|| key.to_string());
            Ok((key, Provider { name, issuer, domains, redirect_uri }))
        });
        providers.collect::<anyhow::Result<_>>().map(Self)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&OidcKey, &Provider)> {
        self.0.iter()
    }

    pub(super) fn find(&self, key: &str) -> Option<(&OidcKey, &Provider)> {
        self.iter().find(|(known, _)| known.as_str() == key)
    }
}

impl Provider {
    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
