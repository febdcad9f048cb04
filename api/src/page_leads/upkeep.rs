//! What could not be read long ago is forgotten: the provider has forgotten it, too.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::readings;

/// How often it is looked at.
const HOURLY: Duration = Duration::from_secs(3_600);

/// How soon it is looked at again when the database did not answer.
const SOON: Duration = Duration::from_secs(60);

/// Forgets what could not be read. Several may run.
pub struct Upkeep {
    pool: PgPool,
    stop: CancellationToken,
}

impl Upkeep {
    /// Sees to what is behind `pool` until `stop`.
    #[must_use]
    pub fn new(pool: PgPool, stop: CancellationToken) -> Self {
        Self { pool, stop }
    }

    /// Runs until the process stops.
    pub async fn run(self) {
        loop {
            let forgotten = async { readings::forget(&mut *self.pool.acquire().await?).await };
            let pause = match forgotten.await {
                Ok(()) => HOURLY,
                Err(error) => {
                    tracing::warn!(error = %error, "page_leads.forget: could not be finished, and is tried again");
                    SOON
                }
            };
            if tokio::time::timeout(pause, self.stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }
}
