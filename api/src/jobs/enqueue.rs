//! How jobs come to wait.

use std::time::Duration;

use leadflow_domain::{StreamId, TenantId};
use leadflow_event_store::entropy;
use sqlx::PgConnection;

/// A job that is to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// For whom.
    pub tenant: TenantId,
    /// What is to be done.
    pub kind: &'static str,
    /// Of one queue one job is done at a time.
    pub queue: String,
    /// What it is paced by.
    pub lane: String,
    /// The stream that it is about.
    pub subject: StreamId,
    /// The event that it follows from.
    pub position: i64,
    /// From when on it is done.
    pub after: Duration,
}

/// Enqueues jobs in the caller's transaction. What an event led to before is passed over.
///
/// # Errors
/// The database's.
pub async fn enqueue(rows: &mut PgConnection, jobs: &[NewJob]) -> Result<(), sqlx::Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    sqlx::query("select enqueue_jobs($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(jobs.iter().map(|_| entropy::uuid()).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.kind).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.queue.as_str()).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.lane.as_str()).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.subject.as_uuid()).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.position).collect::<Vec<_>>())
        .bind(jobs.iter().map(|job| job.after.as_secs_f64()).collect::<Vec<_>>())
        .execute(rows)
        .await?;
    Ok(())
}

/// What waits to be done about `subjects` needs to be done no more. What is being done is not touched.
///
/// # Errors
/// The database's.
pub async fn cancel_about(rows: &mut PgConnection, kind: &str, subjects: &[StreamId]) -> Result<(), sqlx::Error> {
    if subjects.is_empty() {
        return Ok(());
    }
    // In the order of their queues, as all who hold several.
    sqlx::query(
        "select end_job(j.job_id, null, 'cancelled', null) \
         from (select job_id from jobs where subject = any($1) and kind = $2 and state = 'waiting' \
               order by queue, position) j",
    )
    .bind(subjects.iter().map(|subject| subject.as_uuid()).collect::<Vec<_>>())
    .bind(kind)
    .execute(rows)
    .await?;
    Ok(())
}

/// What waits for a time need not wait for it any longer.
///
/// # Errors
/// The database's.
pub async fn hasten(rows: &mut PgConnection, kind: &str, subjects: &[StreamId]) -> Result<(), sqlx::Error> {
    if subjects.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update jobs set due_at = clock_timestamp() \
         where subject = any($1) and kind = $2 and state = 'waiting' and due_at > clock_timestamp()",
    )
    .bind(subjects.iter().map(|subject| subject.as_uuid()).collect::<Vec<_>>())
    .bind(kind)
    .execute(rows)
    .await?;
    Ok(())
}
