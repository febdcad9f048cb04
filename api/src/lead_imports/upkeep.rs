//! What files need as time goes by: what never came whole goes, what nobody works on any more ends, and what is over long ago is
//! forgotten.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::IMPORT_LEADS;
use crate::upkeep::keep;

/// How often it is looked at.
const OFTEN: Duration = Duration::from_secs(300);

/// Keeps files in order. Several may run.
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
        keep("lead_imports.upkeep", OFTEN, &self.stop, || round(&self.pool)).await;
    }
}

pub(super) async fn round(pool: &PgPool) -> Result<(), sqlx::Error> {
    // Whoever brought it is gone, or its process is: nothing came for longer than anything may take.
    sqlx::query(
        "delete from lead_imports where state = 'uploading' and heard_at < clock_timestamp() - interval '10 minutes'",
    )
    .execute(pool)
    .await?;
    // An operator cancelled its job.
    sqlx::query(
        "update lead_imports i set state = 'cancelled', ended_at = clock_timestamp(), \
                                   cancelled_at = coalesce(cancelled_at, clock_timestamp()) \
         where i.state in ('waiting', 'running') and not exists ( \
             select from jobs j where j.subject = i.import_id and j.kind = $1 and j.ended_at is null)",
    )
    .bind(IMPORT_LEADS)
    .execute(pool)
    .await?;
    // What is left of one that has ended, whoever ended it: should it not go now, it goes the next time.
    for table in ["lead_import_chunks", "lead_import_erased"] {
        sqlx::query(&format!(
            "delete from {table} t using lead_imports i where i.import_id = t.import_id and i.ended_at is not null"
        ))
        .execute(pool)
        .await?;
    }
    // What was sealed under a key that is destroyed can't be read: the room is given back.
    sqlx::query(
        "delete from lead_import_errors e where not exists (select from delivery_keys k where k.day = e.key_day)",
    )
    .execute(pool)
    .await?;
    sqlx::query(
        "update lead_imports i set about = null, key_day = null, seal_id = null \
         where about is not null and not exists (select from delivery_keys k where k.day = i.key_day)",
    )
    .execute(pool)
    .await?;
    sqlx::query("delete from lead_imports where ended_at < clock_timestamp() - interval '90 days'")
        .execute(pool)
        .await?;
    Ok(())
}
