//! How letters leave, as it is configured.

use std::time::SystemTime;

use anyhow::{Context, bail};
use jiff::Timestamp;
use leadflow_event_store::Keys;
use leadflow_gateways::email::{Email, Failure, Folder, Gateway, Resend, Sender, Smtp};
use secrecy::SecretString;
use uuid::Uuid;

use super::letter::Letter;
use super::wording::{Wording, worded};
use crate::config::Config;
use crate::storage;

/// Who writes where nothing leaves this machine.
const NOBODY_IN_PARTICULAR: &str = "LeadFlow <leadflow@localhost>";

/// How letters leave, and who writes them.
#[derive(Debug)]
pub struct Post {
    gateway: Gateway,
    from: Sender,
}

impl Post {
    /// What `config` says: a mail server, a mail service, or a folder below the data directory where it says neither.
    ///
    /// # Errors
    /// When what it says can't be; the key is named.
    pub fn configured(config: &Config) -> anyhow::Result<Self> {
        let from = match &config.mail_from {
            Some(text) => Sender::parse(text).context("mail_from")?,
            None if config.smtp_url.is_some() || config.resend_api_key.is_some() => {
                bail!("mail_from is not set; it says who writes the letters, such as `LeadFlow <desk@example.com>`")
            }
            None => Sender::parse(NOBODY_IN_PARTICULAR)?,
        };
        let gateway = match (&config.smtp_url, &config.resend_api_key) {
            (Some(_), Some(_)) => bail!("smtp_url and resend_api_key are both set; letters leave one way"),
            (Some(url), None) => Gateway::Smtp(Smtp::new(url.expose(), &from).context("smtp_url")?),
            (None, Some(key)) => {
                let key = SecretString::from(key.expose());
                Gateway::Resend(Resend::new(&config.resend_url, key).context("resend_url")?)
            }
            (None, None) => Gateway::Folder(Folder::new(storage::data_dir(config)?.join("mail"))),
        };
        Ok(Self { gateway, from })
    }

    /// The folder that letters stay in, if they leave no other way.
    #[must_use]
    pub fn folder(&self) -> Option<&Folder> {
        match &self.gateway {
            Gateway::Folder(folder) => Some(folder),
            Gateway::Smtp(_) | Gateway::Resend(_) => None,
        }
    }

    /// Opens what was sealed, and puts it into words.
    pub(super) fn written(&self, keys: &Keys, id: Uuid, sealed: &[u8], date: Timestamp) -> Result<Email, Failure> {
        let broken = |reason: &str| Failure::Never { reason: reason.to_owned() };
        let plain = keys.open_letter(id, sealed).map_err(|_| broken("it does not open: its row was damaged"))?;
        let letter: Letter =
            serde_json::from_slice(&plain).map_err(|_| broken("it was enqueued by a newer program"))?;
        let Wording { subject, text, html } = worded(&letter.what);
        let to = letter.to.as_str().to_owned();
        Ok(Email { id, from: self.from.clone(), to, subject, text, html, date: SystemTime::from(date) })
    }

    pub(super) async fn send(&self, email: &Email) -> Result<(), Failure> {
        self.gateway.send(email).await
    }
}
