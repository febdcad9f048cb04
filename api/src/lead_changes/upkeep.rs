//! What changes of many leads need as time goes by: what nobody works on any more ends, and what is over long ago is forgotten.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::CHANGE_LEADS;
use crate::upkeep::keep;

/// How often it is looked at.
const OFTEN: Duration = Duration::from_secs(300);

/// Keeps changes in order. Several may run.
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
        keep("lead_changes.upkeep", OFTEN, &self.stop, || round(&self.pool)).await;
    }
}

pub(super) async fn round(pool: &PgPool) -> Result<(), sqlx::Error> {
    // An operator cancelled its job.
    sqlx::query(
        "update lead_changes c set state = 'cancelled', leads = null, ended_at = clock_timestamp(), \
                                   cancelled_at = coalesce(cancelled_at, clock_timestamp()) \
         where c.state in ('waiting', 'running') and not exists ( \
             select from jobs j where j.subject = c.change_id and j.kind = $1 and j.ended_at is null)",
    )
    .bind(CHANGE_LEADS)
    .execute(pool)
    .await?;
    sqlx::query("delete from lead_changes where ended_at < clock_timestamp() - interval '90 days'")
        .execute(pool)
        .await?;
    Ok(())
}
