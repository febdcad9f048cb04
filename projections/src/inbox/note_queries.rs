//! What is asked of notes.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::rows::timestamp;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// What somebody of the business put down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Its id.
    pub id: Uuid,
    /// What it says; `None` when the person it is about was erased.
    pub body: Option<String>,
    /// When it was put down.
    pub noted_at: Timestamp,
}

impl NoteRow {
    /// Its place in a thread.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset { at: self.noted_at, id: self.id }
    }
}

/// For each thread a page of its notes, newest first, and one more if there is a next page. The pages come in no order
/// of threads.
///
/// # Errors
/// The database's.
pub async fn notes_of(
    reads: &TenantReads,
    context: TenantContext,
    conversations: &[Uuid],
    page: PageRequest,
) -> Result<Vec<(Uuid, NoteRow)>, sqlx::Error> {
    let sql = format!(
        "select n.* from unnest($2::uuid[]) as t (id), lateral ( \
             select conversation_id, note_id, body, noted_at from {SCHEMA}.notes \
             where conversation_id = t.id and tenant_id = $1 and (noted_at, note_id) < ($3, $4) \
             order by noted_at desc, note_id desc limit $5 \
         ) n"
    );
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(conversations)
        .bind(page.below_at())
        .bind(page.below_id())
        .bind(page.limit())
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().map(|row| Ok((row.try_get("conversation_id")?, note_row(row)?))).collect()
}

/// How many notes each thread has; a thread without any is absent.
///
/// # Errors
/// The database's.
pub async fn count_notes(
    reads: &TenantReads,
    context: TenantContext,
    conversations: &[Uuid],
) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let sql = format!(
        "select conversation_id, count(*) from {SCHEMA}.notes \
         where conversation_id = any($2) and tenant_id = $1 group by conversation_id"
    );
    sqlx::query_as(&sql)
        .bind(context.tenant().as_uuid())
        .bind(conversations)
        .fetch_all(&mut *reads.begin(context).await?)
        .await
}

/// Some of the tenant's notes; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn notes(reads: &TenantReads, context: TenantContext, ids: &[Uuid]) -> Result<Vec<NoteRow>, sqlx::Error> {
    let sql = format!("select note_id, body, noted_at from {SCHEMA}.notes where note_id = any($2) and tenant_id = $1");
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().map(note_row).collect()
}

fn note_row(row: &PgRow) -> Result<NoteRow, sqlx::Error> {
    Ok(NoteRow { id: row.try_get("note_id")?, body: row.try_get("body")?, noted_at: timestamp(row, "noted_at")? })
}
