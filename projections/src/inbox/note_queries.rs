//! What is asked of notes.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::rows::timestamp;
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
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
        Keyset::new(self.noted_at, self.id)
    }
}

const LATEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("noted_at"), Column::Id("note_id")], is_descending: true };

/// For each thread a page of its notes, and one more if there is more. The list is newest first; the rows come in no order.
///
/// # Errors
/// The database's.
pub async fn notes_of(
    reads: &TenantReads,
    context: TenantContext,
    conversations: &[Uuid],
    page: PageRequest,
) -> Result<Vec<(Uuid, NoteRow)>, sqlx::Error> {
    let mut sql = select(context, "select n.* from unnest(");
    sql.push_bind(conversations).push(format!(
        "::uuid[]) as t (id), lateral (select conversation_id, note_id, body, noted_at from {SCHEMA}.notes n"
    ));
    let mut sql = sql.where_seen(Seen::WithConversation("n"));
    sql.push(" and n.conversation_id = t.id");
    page.push(&mut sql, &LATEST_FIRST);
    sql.push(") n");
    let rows = reads.rows(sql).await?;
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
    let sql = select(context, format!("select n.conversation_id, count(*) from {SCHEMA}.notes n"));
    let mut sql = sql.where_seen(Seen::WithConversation("n"));
    sql.push(" and n.conversation_id = any(").push_bind(conversations).push(") group by n.conversation_id");
    reads.pairs(sql).await
}

/// Some of the tenant's notes; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn notes(reads: &TenantReads, context: TenantContext, ids: &[Uuid]) -> Result<Vec<NoteRow>, sqlx::Error> {
    let sql = select(context, format!("select n.note_id, n.body, n.noted_at from {SCHEMA}.notes n"));
    let mut sql = sql.where_seen(Seen::WithConversation("n"));
    sql.push(" and n.note_id = any(").push_bind(ids).push(")");
    let rows = reads.rows(sql).await?;
    rows.iter().map(note_row).collect()
}

fn note_row(row: &PgRow) -> Result<NoteRow, sqlx::Error> {
    Ok(NoteRow { id: row.try_get("note_id")?, body: row.try_get("body")?, noted_at: timestamp(row, "noted_at")? })
}
