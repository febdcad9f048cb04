//! What the notes on leads are asked.

use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use super::SCHEMA;
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// What somebody of the business put down about a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadNoteRow {
    /// The event that tells of it.
    pub id: Uuid,
    /// What it says; gone when the contact was erased.
    pub body: Option<String>,
    /// When it was put down.
    pub noted_at: Timestamp,
}

impl LeadNoteRow {
    /// Its place in the list.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.noted_at, self.id)
    }
}

const LATEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("noted_at"), Column::Id("note_id")], is_descending: true };

/// For each lead a page of its notes, and one more if there is more. The list is latest first; the rows come in no order.
///
/// # Errors
/// The database's.
pub async fn lead_notes_of(
    reads: &TenantReads,
    context: TenantContext,
    leads: &[Uuid],
    page: PageRequest,
) -> Result<Vec<(Uuid, LeadNoteRow)>, sqlx::Error> {
    let mut sql = select(context, "select e.* from unnest(");
    sql.push_bind(leads).push(format!(
        "::uuid[]) as c (id), lateral (select lead_id, note_id, body, noted_at from {SCHEMA}.lead_notes n"
    ));
    let mut sql = sql.where_seen(Seen::WithContact("n"));
    sql.push(" and n.lead_id = c.id");
    page.push(&mut sql, &LATEST_FIRST);
    sql.push(") e");
    let rows = reads.rows(sql).await?;
    let note = |row: &sqlx::postgres::PgRow| -> Result<LeadNoteRow, sqlx::Error> {
        Ok(LeadNoteRow {
            id: row.try_get("note_id")?,
            body: row.try_get("body")?,
            noted_at: row.try_get::<jiff_sqlx::Timestamp, _>("noted_at")?.to_jiff(),
        })
    };
    rows.iter().map(|row| Ok((row.try_get("lead_id")?, note(row)?))).collect()
}

/// How many notes each lead has; a lead without any is absent.
///
/// # Errors
/// The database's.
pub async fn count_lead_notes(
    reads: &TenantReads,
    context: TenantContext,
    leads: &[Uuid],
) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let sql = select(context, format!("select n.lead_id, count(*) from {SCHEMA}.lead_notes n"));
    let mut sql = sql.where_seen(Seen::WithContact("n"));
    sql.push(" and n.lead_id = any(").push_bind(leads).push(") group by n.lead_id");
    reads.pairs(sql).await
}
