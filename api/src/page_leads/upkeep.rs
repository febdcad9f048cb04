//! What could not be read long ago is forgotten: the provider has forgotten it, too.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::readings;
use crate::upkeep::keep;

/// How often it is looked at.
const HOURLY: Duration = Duration::from_secs(3_600);

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
        let forget = || async { readings::forget(&mut *self.pool.acquire().await?).await };
        keep("page_leads.forget", HOURLY, &self.stop, forget).await;
    }
}
