//! Plays a recording: each message a webhook, signed as Meta signs, over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use leadflow_gateways::whatsapp::signature;
use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text, texts};
use sqlx::PgPool;

use crate::settle::settle;

/// Webhooks on their way at once; Meta sends several, too.
const AT_ONCE: usize = 8;

/// How long the day may take to be seen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Posts webhooks to a server.
pub struct Player {
    client: reqwest::Client,
    url: String,
    app_secret: String,
}

impl Player {
    /// Plays to the server at `address`, signing with `app_secret`.
    #[must_use]
    pub fn new(address: SocketAddr, app_secret: String) -> Self {
        Self { client: reqwest::Client::new(), url: format!("http://{address}/webhooks/whatsapp"), app_secret }
    }

    /// Posts every message and waits until all can be seen.
    ///
    /// # Errors
    /// When a webhook is not taken, or what it holds can't be seen in time.
    pub async fn play(&self, recording: &super::Recording, pool: &PgPool) -> anyhow::Result<()> {
        let number = recording.business_number();
        let messages = recording.texts();
        let bar = ProgressBar::new(messages.len() as u64);
        bar.set_style(
            ProgressStyle::with_template("Playing a recorded day {wide_bar} {pos}/{len} messages")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        stream::iter(messages.map(|text| self.post(&number, text)))
            .buffer_unordered(AT_ONCE)
            .try_for_each(|()| {
                bar.inc(1);
                std::future::ready(Ok(()))
            })
            .await?;
        bar.finish();
        if !settle(pool, PATIENCE).await? {
            bail!("what was played can't be seen after {} s; see `leadflow projections status`", PATIENCE.as_secs());
        }
        Ok(())
    }

    async fn post(&self, number: &BusinessNumber, text: Text) -> anyhow::Result<()> {
        let body = texts(number, std::slice::from_ref(&text));
        let response = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header(signature::HEADER, signature::sign(self.app_secret.as_bytes(), &body))
            .body(body)
            .send()
            .await
            .context("the webhook could not be delivered")?;
        if !response.status().is_success() {
            bail!("the webhook was answered {}", response.status());
        }
        Ok(())
    }
}
