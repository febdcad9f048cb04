//! Jobs whose end is long ago are forgotten.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::upkeep::keep;

/// How often it is looked at.
const HOURLY: Duration = Duration::from_secs(3_600);

/// For how many days it is known that there was a job.
const KEPT_DAYS: i32 = 7;

/// Forgets jobs, and queues and lanes that nothing is in. Several may run.
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
        keep("jobs.forget", HOURLY, &self.stop, || forget(&self.pool)).await;
    }
}

pub(super) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("delete from jobs where ended_at < clock_timestamp() - make_interval(days => $1)")
        .bind(KEPT_DAYS)
        .execute(pool)
        .await?;
    // Should a job come meanwhile, whoever ends it makes its queue known again.
    sqlx::query(
        "delete from job_queues q using ( \
             select queue from job_queues o \
             where not exists (select from jobs j where j.queue = o.queue and j.ended_at is null) \
             for update skip locked) empty \
         where q.queue = empty.queue",
    )
    .execute(pool)
    .await?;
    // What paces is worth nothing once its time is over; a stop is a fact.
    sqlx::query(
        "delete from job_lanes l using ( \
             select lane from job_lanes where stopped_at is null \
                 and greatest(free_at, held_until) < clock_timestamp() - interval '1 hour' \
             for update skip locked) old \
         where l.lane = old.lane",
    )
    .execute(pool)
    .await?;
    Ok(())
}
