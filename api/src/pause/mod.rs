//! A database that was restored or cloned acts no more until an operator says `leadflow resume`: there may be another
//! that acts already, and whatever leaves would leave twice (decision 17).
//!
//! What acts asks here: reactors, jobs, and letters. Webhooks are taken and translated, read models folded and requests
//! answered all the same.

mod identity;
mod stored;
#[cfg(test)]
mod tests;

pub use identity::{Difference, Identity};
pub use stored::{Paused, compare, note, paused, resume};

use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often it is looked whether another process paused or resumed.
const LOOK: Duration = Duration::from_secs(1);

/// Whether what acts waits, for one process.
#[derive(Debug)]
pub struct Pause {
    pool: PgPool,
    told: watch::Sender<bool>,
    is_whole: bool,
}

impl Pause {
    /// Compares the database with the one that is to act, at the start of a process, and says so in the log if it is another.
    ///
    /// # Errors
    /// The database's.
    pub async fn at_start(app: &App) -> Result<Self, sqlx::Error> {
        let identity = Identity::of(&app.pool, app.storage.data_dir()).await?;
        let paused = compare(&app.pool, &identity).await?;
        if let Some(paused) = &paused {
            let Paused { since, .. } = paused;
            tracing::warn!(
                "serve.start: this database was restored or cloned ({}): reactors, jobs and letters wait since {since}. If this is the \
                 one that is to act, and no other does, run `leadflow resume`",
                paused.in_words()
            );
        }
        let is_whole = identity.hidden().is_empty();
        if !is_whole {
            let hidden = identity.hidden().join(", ");
            tracing::warn!(
                "serve.start: the database does not show its {hidden}: a copy that differs in that alone is not told"
            );
        }
        Ok(Self { pool: app.pool.clone(), told: watch::Sender::new(paused.is_some()), is_whole })
    }

    /// Whether what acts waits, asked of the database.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_paused(&self) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar("select coalesce((select paused_since is not null from database_identity), false)")
            .fetch_one(&self.pool)
            .await
    }

    /// The same at no cost, a second old at most while [`Self::keep`] runs.
    #[must_use]
    pub fn told(&self) -> watch::Receiver<bool> {
        self.told.subscribe()
    }

    /// Whether all was shown that a copy may differ in.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Keeps what is [told](Self::told) fresh, until `stop`. While the database does not answer it stays as it was.
    pub async fn keep(self, stop: CancellationToken) {
        while tokio::time::timeout(LOOK, stop.cancelled()).await.is_err() {
            match self.is_paused().await {
                Ok(is_paused) => {
                    let changed = self.told.send_if_modified(|told| std::mem::replace(told, is_paused) != is_paused);
                    if changed {
                        let now = if is_paused { "wait for `leadflow resume`" } else { "go on" };
                        tracing::warn!("pause: reactors, jobs and letters {now}");
                    }
                }
                Err(error) => tracing::debug!(error = %error, "pause: can't be looked at now"),
            }
        }
    }
}
