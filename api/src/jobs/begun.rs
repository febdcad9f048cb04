//! Jobs that a process does.

use std::sync::Arc;
use std::time::Duration;

use leadflow_domain::{StreamId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use tokio::time::Instant;
use uuid::Uuid;

use super::lanes;
use super::turn::{DatabaseClock, Turn};
use super::work::{Pace, Work, Worked};

/// For how long a job is a process's that does not say that it lives.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// How far ahead jobs are begun, each for its time: so that a lane is at its pace although processes look every now and then.
pub(super) const AHEAD: Duration = Duration::from_millis(150);

/// How long before its time a job is begun at least, so that it is ready then.
const NOTICE: Duration = Duration::from_millis(40);

/// A job that this process does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub tenant: TenantId,
    /// Its queue.
    pub queue: String,
    /// The stream that it is about.
    pub subject: StreamId,
    /// The event that it follows from.
    pub position: i64,
    /// How often it was begun, this time included.
    pub attempts: i32,
    /// When its time is.
    pub turn: Turn,
}

/// Kinds and lanes of which some job's time has come, where nobody stopped them.
pub(super) async fn due(pool: &PgPool, kinds: &[&str]) -> Result<Vec<(String, String)>, sqlx::Error> {
    // From lane to lane by the index, however many jobs each has.
    let rows = sqlx::query(
        "with recursive due as ( \
             select k.kind, (select min(j.lane) from jobs j where j.kind = k.kind and j.is_head and j.state = 'waiting') as lane \
             from unnest($1) as k (kind) \
             union all \
             select due.kind, (select min(j.lane) from jobs j \
                               where j.kind = due.kind and j.is_head and j.state = 'waiting' and j.lane > due.lane) \
             from due where due.lane is not null) \
         select due.kind, due.lane from due left join job_lanes l using (lane) \
         where l.stopped_at is null and coalesce(l.held_until <= clock_timestamp(), true) and exists ( \
             select from jobs j where j.kind = due.kind and j.lane = due.lane and j.is_head and j.state = 'waiting' \
                                  and j.due_at <= clock_timestamp())",
    )
    .bind(kinds)
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| Ok((row.try_get("kind")?, row.try_get("lane")?))).collect()
}

/// Begins up to `most` jobs of a lane.
pub(super) async fn begin(
    pool: &PgPool,
    clock: &Arc<DatabaseClock>,
    work: &dyn Work,
    lane: &str,
    worker: Uuid,
    most: i32,
) -> Result<Vec<Job>, sqlx::Error> {
    let pace = work.pace();
    let Pace { of_lane, of_business, of_queue, at_once } = pace;
    let mut connection = pool.acquire().await?;
    let asked = Instant::now();
    let rows = sqlx::query("select * from begin_jobs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(work.kind())
        .bind(lane)
        .bind(worker)
        .bind(LEASE.as_secs_f64())
        .bind(most)
        .bind(NOTICE.as_secs_f64())
        .bind(AHEAD.as_secs_f64())
        .bind(Pace::every(of_lane))
        .bind(Pace::every(of_business))
        .bind(Pace::every(of_queue))
        .bind(at_once)
        .fetch_all(&mut *connection)
        .await?;
    let read =
        |row: &PgRow, column: &str| row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff);
    if let Some(row) = rows.first() {
        clock.read(asked, Instant::now(), read(row, "moment")?);
    }
    rows.iter()
        .map(|row| {
            let tenant = TenantId::from_uuid(row.try_get("tenant_id")?);
            let at = read(row, "at")?;
            let (pool, clock, lane) = (pool.clone(), Arc::clone(clock), lane.to_owned());
            Ok(Job {
                id: row.try_get("job_id")?,
                tenant,
                queue: row.try_get("queue")?,
                subject: StreamId::from_uuid(row.try_get("subject")?),
                position: row.try_get("position")?,
                attempts: row.try_get("attempts")?,
                turn: Turn { at, pool, clock, tenant, lane, pace },
            })
        })
        .collect()
}

/// Notes what came of a job, unless it is another's by now.
pub(super) async fn note(
    pool: &PgPool,
    lane: &str,
    job: &Job,
    worker: Uuid,
    worked: &Worked,
) -> Result<(), sqlx::Error> {
    let end = |how: &'static str, why: Option<&str>| {
        sqlx::query("select end_job($1, $2, $3, $4)").bind(job.id).bind(worker).bind(how).bind(why.map(str::to_owned))
    };
    match worked {
        Worked::Done => end("done", None).execute(pool).await.map(drop),
        Worked::Failed { reason } => end("failed", Some(reason)).execute(pool).await.map(drop),
        Worked::Again { after, reason } => again(pool, job, worker, *after, reason).await,
        Worked::Stopped { reason } => {
            lanes::stop_lane(&mut *pool.acquire().await?, lane, reason).await?;
            again(pool, job, worker, Duration::ZERO, reason).await
        }
    }
}

async fn again(pool: &PgPool, job: &Job, worker: Uuid, after: Duration, why: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update jobs set state = 'waiting', worker = null, leased_until = null, last_error = $4, \
                         due_at = clock_timestamp() + make_interval(secs => $3) \
         where job_id = $1 and worker = $2 and state = 'running'",
    )
    .bind(job.id)
    .bind(worker)
    .bind(after.as_secs_f64())
    .bind(why)
    .execute(pool)
    .await?;
    Ok(())
}

/// Says that this process lives, and does these jobs. What it does not know of is nobody's once its lease is over: that it was
/// begun was never heard, or that it was over could not be noted.
pub(super) async fn renew(pool: &PgPool, worker: Uuid, jobs: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update jobs set leased_until = clock_timestamp() + make_interval(secs => $3) \
         where job_id = any($2) and worker = $1 and state = 'running'",
    )
    .bind(worker)
    .bind(jobs)
    .bind(LEASE.as_secs_f64())
    .execute(pool)
    .await?;
    Ok(())
}

/// Lets others do what processes had that are gone; all that anybody has, where nobody else can be there.
pub(super) async fn take_back(pool: &PgPool, all: bool) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "update jobs set state = 'waiting', worker = null, leased_until = null, last_error = 'its process is gone' \
         where state = 'running' and ($1 or leased_until < clock_timestamp())",
    )
    .bind(all)
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
