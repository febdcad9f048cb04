//! Takes deliveries from the table and carries them to their end.
//!
//! A batch is claimed by row locks that live as long as the transaction: when the process dies, Postgres frees them
//! at once, and another translation meets the same commands' receipts. No clock takes part.

use std::sync::Arc;
use std::time::Duration;

use leadflow_event_store::{Keys, LogReader};
use sqlx::{PgPool, Row};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::items::{self, Item};
use super::whatsapp;
use crate::commands::Commands;

/// How often the table is looked at when nobody calls.
const POLL: Duration = Duration::from_millis(250);

/// How long a translator waits after a round that something outside it spoiled.
const PAUSE: Duration = Duration::from_millis(500);

/// Translates deliveries. Several may run, in one process or in many.
pub struct Translator {
    pool: PgPool,
    reader: LogReader,
    commands: Commands,
    keys: Arc<Keys>,
    stored: Arc<Notify>,
    batch: u32,
    stop: CancellationToken,
}

/// A delivery that waits.
pub(super) struct Waiting {
    pub(super) id: i64,
    /// The key of the Meta app that signed it; the default app has none.
    pub(super) app: Option<String>,
    pub(super) body: Vec<u8>,
}

/// A delivery and either all its items' outcomes, or why they could not be had now.
pub(super) struct Translated {
    pub(super) id: i64,
    pub(super) items: Result<Vec<Item>, String>,
}

impl Translator {
    /// Claims up to `batch` deliveries at a time until `stop`; `stored` is the intake's hint.
    #[must_use]
    pub fn new(
        pool: PgPool,
        reader: LogReader,
        commands: Commands,
        keys: Arc<Keys>,
        stored: Arc<Notify>,
        batch: u32,
        stop: CancellationToken,
    ) -> Self {
        Self { pool, reader, commands, keys, stored, batch, stop }
    }

    /// Runs until the process stops; a batch that was begun is finished.
    pub async fn run(self) {
        let stored = Arc::clone(&self.stored);
        while !self.stop.is_cancelled() {
            // Registered before looking, so that what is stored in between is not slept through.
            let hint = stored.notified();
            tokio::pin!(hint);
            hint.as_mut().enable();
            let wait = match self.round().await {
                Ok(0) => POLL,
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(error = %error, "webhook.translate: the round could not be finished");
                    PAUSE
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = hint, if wait == POLL => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Translates one batch; how many it finished.
    async fn round(&self) -> anyhow::Result<usize> {
        let mut claim = self.pool.begin().await?;
        let waiting: Vec<Waiting> = sqlx::query(
            // What could not be finished goes behind what has not been tried.
            "select id, app, body from webhook_deliveries where translated_at is null order by attempts, id limit $1 \
             for update skip locked",
        )
        .bind(i64::from(self.batch))
        .fetch_all(&mut *claim)
        .await?
        .into_iter()
        .map(|row| Ok(Waiting { id: row.try_get("id")?, app: row.try_get("app")?, body: row.try_get("body")? }))
        .collect::<Result<_, sqlx::Error>>()?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let translated = whatsapp::translate(&self.pool, &self.reader, &self.commands, &self.keys, waiting).await?;
        let (mut finished, mut unfinished) = (Vec::new(), Vec::new());
        for Translated { id, items } in translated {
            match items {
                Ok(items) => finished.push((id, items)),
                Err(reason) => unfinished.push((id, reason)),
            }
        }
        items::write(&mut claim, &finished).await?;
        sqlx::query(
            "update webhook_deliveries set translated_at = clock_timestamp(), last_error = null where id = any($1)",
        )
        .bind(finished.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        .execute(&mut *claim)
        .await?;
        sqlx::query(
            "update webhook_deliveries d set attempts = attempts + 1, last_error = t.reason \
             from unnest($1, $2) as t (id, reason) where d.id = t.id",
        )
        .bind(unfinished.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        .bind(unfinished.iter().map(|(_, reason)| reason.as_str()).collect::<Vec<_>>())
        .execute(&mut *claim)
        .await?;
        claim.commit().await?;
        match unfinished.first() {
            None => Ok(finished.len()),
            Some((id, reason)) => {
                anyhow::bail!("{} deliveries wait on, the first of them {id}: {reason}", unfinished.len())
            }
        }
    }
}
