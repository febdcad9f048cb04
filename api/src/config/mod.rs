//! Configuration: layers, of which the lowest is the documented file that is compiled in.

mod file;
mod listed;
mod meta;
mod oidc;
mod origins;
mod proxies;
mod public_url;
mod secret;

pub use file::{ConfigError, DEFAULT, Overrides, load};
pub use meta::{MetaApp, variable};
pub use oidc::{Domains, OidcKey, OidcProvider};
pub use origins::Origins;
pub use proxies::TrustedProxies;
pub use public_url::PublicUrl;
pub use secret::SecretText;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use leadflow_domain::channel::AppKey;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::connections;
use crate::graphql::MOST_FIELDS;
use crate::limits::Rates;

/// Providers that members may sign in with, beside Google: a page shows all of them.
const MOST_PROVIDERS: u64 = 19;

/// What one process runs with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the private installation lives; `None` is the account's default.
    pub data_dir: Option<PathBuf>,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address to serve metrics on; `None` serves none.
    pub private_listen: Option<SocketAddr>,
    /// Folder with the PostgreSQL server's programs; `None` looks for them.
    pub postgres_bin: Option<PathBuf>,
    /// Most HTTP connections at once, 1 to 100000.
    pub http_connections: usize,
    /// Most connections to the database, 7 to 500.
    pub database_connections: u32,
    /// Mebibytes for aggregates kept at hand, 0 to 65536.
    pub aggregate_cache_mib: usize,
    /// The default Meta app's secret.
    pub meta_app_secret: Option<SecretText>,
    /// The one before it, while it is changed.
    pub meta_app_secret_previous: Option<SecretText>,
    /// What the default app's webhook handshake must show.
    pub meta_verify_token: Option<SecretText>,
    /// Further Meta apps, by the key in the path of their webhooks.
    #[serde(default)]
    pub meta_apps: BTreeMap<AppKey, MetaApp>,
    /// Where Meta's Graph API is.
    pub graph_url: Url,
    /// Its version.
    pub graph_version: String,
    /// How long it is waited for, in milliseconds, 100 to 8000.
    pub graph_timeout_ms: u64,
    /// Messages a second that a number may send, 1 to 1000.
    pub sending_per_number: u32,
    /// Messages a second that a business may send, up to 100000; 0 for as many as its numbers may.
    pub sending_per_business: u32,
    /// Whether webhooks are taken under the paths of other products, too.
    pub webhook_aliases: bool,
    /// The master key in hex.
    pub master_key: Option<SecretText>,
    /// Longest webhook body in bytes, 1024 to 64 MiB.
    pub webhook_max_bytes: usize,
    /// Whole days that raw webhook bodies are kept after the one they came on, 1 to 3650.
    pub webhook_retention_days: u16,
    /// Mebibytes for long webhook bodies on their way in, 1 to 65536.
    pub webhook_memory_mib: usize,
    /// Deliveries that one translation round takes, 1 to 1000.
    pub translation_batch: u32,
    /// How long a request's mutations wait, in milliseconds, for the read models they return, 0 to 5000.
    pub read_your_writes_ms: u64,
    /// Longest statement of the API's reads, in milliseconds, 1000 to 600000.
    pub api_statement_ms: u64,
    /// Points that a tenant's GraphQL requests may cost at once, from what one may cost to 1000000000.
    pub graphql_budget: u64,
    /// Points that come back in a second, 1 to 1000000000.
    pub graphql_restore_rate: u64,
    /// Origins whose web pages may ask, beside those of the host itself.
    pub allowed_origins: Origins,
    /// Proxies whose word on their clients is taken.
    pub trusted_proxies: TrustedProxies,
    /// How often what is limited may be done.
    pub limits: Rates,
    /// Where people reach the dashboard: links in letters lead there.
    pub public_url: PublicUrl,
    /// Where people reach the forms of walk-ins; `None` is where they reach the dashboard.
    pub forms_url: Option<PublicUrl>,
    /// What Google calls us, if members may sign in with it.
    pub google_client_id: Option<String>,
    /// What shows Google that it is we.
    pub google_client_secret: Option<SecretText>,
    /// Further providers that members may sign in with, by what they are called here.
    #[serde(default)]
    pub oidc: BTreeMap<OidcKey, OidcProvider>,
    /// Who writes letters: a name and an address.
    pub mail_from: Option<String>,
    /// The mail server that takes letters.
    pub smtp_url: Option<SecretText>,
    /// The key of the mail service that takes letters.
    pub resend_api_key: Option<SecretText>,
    /// Where that service is.
    pub resend_url: Url,
    /// `DATABASE_URL`; `None` is the private server. Not a key of the file: it often holds a password.
    #[serde(skip_deserializing)]
    pub database_url: Option<SecretText>,
    /// `LEADFLOW_API_DATABASE_URL`: the same database with a login of its own for the API's reads. From the environment
    /// alone, as the other.
    #[serde(skip_deserializing)]
    pub api_database_url: Option<SecretText>,
}

impl Config {
    /// Where people reach the forms of walk-ins.
    #[must_use]
    pub fn forms_url(&self) -> &PublicUrl {
        self.forms_url.as_ref().unwrap_or(&self.public_url)
    }

    /// Checks what a type alone can't say.
    fn check(&self) -> Result<(), ConfigError> {
        let range = |key: &'static str, value: u64, least: u64, most: u64| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(ConfigError::OutOfRange { key, value, least, most })
            }
        };
        if self.api_database_url.is_some() && self.database_url.is_none() {
            return Err(ConfigError::ApiLoginAlone);
        }
        for (app, MetaApp { app_secret, app_secret_previous, .. }) in self.meta_apps() {
            if app_secret.is_none() && app_secret_previous.is_some() {
                return Err(ConfigError::PreviousSecretAlone { variable: variable(app.as_ref(), "app_secret") });
            }
        }
        if self.google_client_id.is_some() != self.google_client_secret.is_some() {
            return Err(ConfigError::HalfAClient);
        }
        if let Some((key, _)) = self.oidc.iter().find(|(_, provider)| provider.client_secret.is_blank()) {
            return Err(ConfigError::BlankSecret { key: format!("oidc.{key}.client_secret") });
        }
        range("oidc", self.oidc.len() as u64, 0, MOST_PROVIDERS)?;
        range("http_connections", self.http_connections as u64, 1, 100_000)?;
        range("database_connections", self.database_connections.into(), connections::FEWEST.into(), 500)?;
        range("aggregate_cache_mib", self.aggregate_cache_mib as u64, 0, 65_536)?;
        range("webhook_max_bytes", self.webhook_max_bytes as u64, 1024, 64 << 20)?;
        range("webhook_retention_days", u64::from(self.webhook_retention_days), 1, 3650)?;
        range("webhook_memory_mib", self.webhook_memory_mib as u64, 1, 65_536)?;
        range("graph_timeout_ms", self.graph_timeout_ms, 100, 8_000)?;
        range("sending_per_number", u64::from(self.sending_per_number), 1, 1_000)?;
        range("sending_per_business", u64::from(self.sending_per_business), 0, 100_000)?;
        range("translation_batch", u64::from(self.translation_batch), 1, 1000)?;
        range("read_your_writes_ms", self.read_your_writes_ms, 0, 5_000)?;
        range("api_statement_ms", self.api_statement_ms, 1_000, 600_000)?;
        // With less, there would be queries that nobody may ever ask.
        range("graphql_budget", self.graphql_budget, MOST_FIELDS as u64, 1_000_000_000)?;
        range("graphql_restore_rate", self.graphql_restore_rate, 1, 1_000_000_000)
    }
}
