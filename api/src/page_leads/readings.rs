//! Leads that were told of and are yet to be read, and those of which nothing can be.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use leadflow_domain::{SourceId, StreamId, SubmissionId, TenantId};
use leadflow_event_store::{Door, Keys};
use sqlx::{PgConnection, PgPool, Row};

use super::read_lead::READ_LEAD;
use crate::jobs::{NewJob, enqueue};
use crate::webhooks::{Awaited, resume};

/// A lead that a page tells of.
pub(crate) struct Announced<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) source: SourceId,
    /// What it becomes.
    pub(crate) submission: SubmissionId,
    /// What the provider calls it.
    pub(crate) lead_id: &'a str,
    pub(crate) form_id: Option<&'a str>,
    pub(crate) told_at: Timestamp,
    /// The delivery that told of it.
    pub(crate) delivery: i64,
}

/// Where a lead stands that was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is yet to be read.
    Waits,
    /// Nothing becomes of it.
    Over(Outcome, String),
}

/// What becomes of the items that tell of a lead which becomes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// They are kept for operators to see.
    Notice,
    /// They are set aside.
    Parked,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Parked => "parked",
        }
    }
}

/// Has it read, unless it waits for that already, or is over.
pub(crate) async fn announce(pool: &PgPool, keys: &Keys, announced: &Announced<'_>) -> Result<(), sqlx::Error> {
    let Announced { tenant, source, submission, lead_id, form_id, told_at, delivery } = announced;
    let mut tx = pool.begin().await?;
    sqlx::query(
        "insert into lead_readings (submission_id, tenant_id, source_id, sealed, form_id, told_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (submission_id) do nothing",
    )
    .bind(submission.as_uuid())
    .bind(tenant.as_uuid())
    .bind(source.as_uuid())
    .bind(keys.seal_door(Door::ProviderLead, submission.as_uuid(), lead_id.as_bytes()))
    .bind(form_id)
    .bind(told_at.to_sqlx())
    .execute(&mut *tx)
    .await?;
    let job = NewJob {
        tenant: *tenant,
        kind: READ_LEAD,
        queue: format!("lead:{submission}"),
        lane: source.to_string(),
        subject: StreamId::from_uuid(submission.as_uuid()),
        position: *delivery,
        after: Duration::ZERO,
    };
    enqueue(&mut tx, &[job]).await?;
    tx.commit().await
}

/// Where each of `submissions` stands that was told of and did not become a lead.
pub(crate) async fn standings(
    pool: &PgPool,
    submissions: &[SubmissionId],
) -> Result<HashMap<SubmissionId, Standing>, sqlx::Error> {
    let rows = sqlx::query("select submission_id, outcome, reason from lead_readings where submission_id = any($1)")
        .bind(submissions.iter().map(|submission| submission.as_uuid()).collect::<Vec<_>>())
        .fetch_all(pool)
        .await?;
    let standing = |row: &sqlx::postgres::PgRow| {
        let reason = row.try_get::<Option<String>, _>("reason")?.unwrap_or_default();
        let standing = match row.try_get::<Option<&str>, _>("outcome")? {
            None => Standing::Waits,
            Some("notice") => Standing::Over(Outcome::Notice, reason),
            Some(_) => Standing::Over(Outcome::Parked, reason),
        };
        Ok((SubmissionId::from_uuid(row.try_get("submission_id")?), standing))
    };
    rows.iter().map(standing).collect()
}

/// A lead that is yet to be read.
pub(super) struct Awaiting {
    pub(super) submission: SubmissionId,
    pub(super) source: SourceId,
    pub(super) lead_id: String,
    pub(super) form_id: Option<String>,
    pub(super) told_at: Timestamp,
}

/// What waits to be read of this; nothing where it is over. An error where it can't be opened with this installation's key.
pub(super) async fn awaiting(
    pool: &PgPool,
    keys: &Keys,
    submission: SubmissionId,
) -> Result<Option<Awaiting>, sqlx::Error> {
    let row = sqlx::query(
        "select source_id, sealed, form_id, told_at from lead_readings where submission_id = $1 and ended_at is null",
    )
    .bind(submission.as_uuid())
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let broken = || sqlx::Error::Protocol("what the provider calls a lead can't be opened".to_owned());
    let sealed: Vec<u8> = row.try_get("sealed")?;
    let opened = keys.open_door(Door::ProviderLead, submission.as_uuid(), &sealed).map_err(|_| broken())?;
    Ok(Some(Awaiting {
        submission,
        source: SourceId::from_uuid(row.try_get("source_id")?),
        lead_id: String::from_utf8(opened).map_err(|_| broken())?,
        form_id: row.try_get("form_id")?,
        told_at: row.try_get::<jiff_sqlx::Timestamp, _>("told_at")?.to_jiff(),
    }))
}

/// It could not be read: how often that is so by now.
pub(super) async fn failed(pool: &PgPool, submission: SubmissionId) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar("update lead_readings set failures = failures + 1 where submission_id = $1 returning failures")
        .bind(submission.as_uuid())
        .fetch_optional(pool)
        .await
        .map(Option::unwrap_or_default)
}

/// The log has it: those who told of it are told so.
pub(super) async fn is_read(pool: &PgPool, submission: SubmissionId) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query("delete from lead_readings where submission_id = $1")
        .bind(submission.as_uuid())
        .execute(&mut *tx)
        .await?;
    resume(&mut tx, &[Awaited::Lead(submission)]).await?;
    tx.commit().await
}

/// Nothing becomes of it, for a reason that holds nothing personal.
pub(super) async fn is_over(
    pool: &PgPool,
    submission: SubmissionId,
    outcome: Outcome,
    reason: &str,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query(
        "update lead_readings set ended_at = clock_timestamp(), sealed = null, outcome = $2, reason = $3 \
         where submission_id = $1 and ended_at is null",
    )
    .bind(submission.as_uuid())
    .bind(outcome.word())
    .bind(reason)
    .execute(&mut *tx)
    .await?;
    resume(&mut tx, &[Awaited::Lead(submission)]).await?;
    tx.commit().await
}

/// Forgets what was over long ago, and backfills too.
pub(super) async fn forget(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    for table in ["lead_readings", "lead_backfills"] {
        let sql = format!("delete from {table} where ended_at < clock_timestamp() - interval '90 days'");
        sqlx::query(&sql).execute(&mut *tx).await?;
    }
    Ok(())
}
