//! The Meta apps whose webhooks are taken.

use std::collections::BTreeMap;

use leadflow_domain::channel::AppKey;
use serde::{Deserialize, Serialize};

use super::{Config, SecretText};

/// What one Meta app signs with, and what its handshake shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetaApp {
    /// The app's secret.
    pub app_secret: Option<SecretText>,
    /// The one before it: taken too while it is changed, for what was signed with it may come again for days.
    pub app_secret_previous: Option<SecretText>,
    /// What the webhook handshake must show.
    pub verify_token: Option<SecretText>,
}

impl MetaApp {
    /// Every secret that a delivery may be signed with; none, and nothing is taken.
    pub fn secrets(&self) -> impl Iterator<Item = &[u8]> {
        [&self.app_secret, &self.app_secret_previous].into_iter().flatten().map(|secret| secret.expose().as_bytes())
    }

    /// A blank secret would be one that everybody knows.
    pub(super) fn without_blanks(self) -> Self {
        Self {
            app_secret: SecretText::unless_blank(self.app_secret),
            app_secret_previous: SecretText::unless_blank(self.app_secret_previous),
            verify_token: SecretText::unless_blank(self.verify_token),
        }
    }
}

impl Config {
    /// All Meta apps by their keys; the default app has none.
    #[must_use]
    pub fn meta_apps(&self) -> BTreeMap<Option<AppKey>, MetaApp> {
        let default = MetaApp {
            app_secret: self.meta_app_secret.clone(),
            app_secret_previous: self.meta_app_secret_previous.clone(),
            verify_token: self.meta_verify_token.clone(),
        };
        let further = self.meta_apps.iter().map(|(key, app)| (Some(key.clone()), app.clone()));
        std::iter::once((None, default)).chain(further).collect()
    }
}

/// How the environment spells `key` of an app.
#[must_use]
pub fn variable(app: Option<&AppKey>, key: &str) -> String {
    match app {
        None => format!("LEADFLOW_META_{key}").to_uppercase(),
        Some(app) => format!("LEADFLOW_META_APPS__{app}__{key}").to_uppercase(),
    }
}
