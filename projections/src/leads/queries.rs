//! What the leads are asked. Every query takes the tenant's context; a list is one statement.

use jiff::Timestamp;
use leadflow_domain::lead::LeadSource;
use leadflow_domain::{ContactId, LeadId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::words::LeadStatus;
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRow {
    /// Its id.
    pub id: Uuid,
    /// Who is interested.
    pub contact: ContactId,
    /// The thread her interest was first seen in.
    pub conversation: Uuid,
    /// Where it stands.
    pub status: LeadStatus,
    /// Where it came from.
    pub source: LeadSource,
    /// The provider's time of her earliest message.
    pub captured_at: Timestamp,
}

impl LeadRow {
    /// Its place in the list of leads.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset { at: self.captured_at, id: self.id }
    }
}

const COLUMNS: &str = "lead_id, contact_id, conversation_id, status, source, captured_at";

/// A page of the tenant's leads, latest first, and one more if there is a next page.
///
/// # Errors
/// The database's.
pub async fn leads(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<LeadRow>, sqlx::Error> {
    let sql = format!(
        "select {COLUMNS} from {SCHEMA}.leads where tenant_id = $1 \
         and (captured_at, lead_id) < ($2, $3) \
         order by captured_at desc, lead_id desc limit $4"
    );
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(page.below_at())
        .bind(page.below_id())
        .bind(page.limit())
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().map(lead_row).collect()
}

/// How many leads the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_leads(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql = format!("select count(*) from {SCHEMA}.leads where tenant_id = $1");
    sqlx::query_scalar(&sql).bind(context.tenant().as_uuid()).fetch_one(&mut *reads.begin(context).await?).await
}

/// One of the tenant's leads.
///
/// # Errors
/// The database's.
pub async fn lead(reads: &TenantReads, context: TenantContext, id: LeadId) -> Result<Option<LeadRow>, sqlx::Error> {
    let sql = format!("select {COLUMNS} from {SCHEMA}.leads where tenant_id = $1 and lead_id = $2");
    let row = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(id.as_uuid())
        .fetch_optional(&mut *reads.begin(context).await?)
        .await?;
    row.as_ref().map(lead_row).transpose()
}

fn lead_row(row: &PgRow) -> Result<LeadRow, sqlx::Error> {
    Ok(LeadRow {
        id: row.try_get("lead_id")?,
        contact: ContactId::from_uuid(row.try_get("contact_id")?),
        conversation: row.try_get("conversation_id")?,
        status: read_word(row, "status")?,
        source: read_word(row, "source")?,
        captured_at: row.try_get::<jiff_sqlx::Timestamp, _>("captured_at")?.to_jiff(),
    })
}
