//! What the leads are asked. Every query takes the tenant's context; a list is one statement.

use jiff::Timestamp;
use leadflow_domain::lead::{LeadSource, LeadStatus};
use leadflow_domain::{ContactId, LeadId};
use sqlx::postgres::PgRow;
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use super::SCHEMA;
use crate::paging::{Column, Order};
use crate::word::{Word, read_word};
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
    /// How good it is, 0 to 100, if that was said with its status.
    pub score: Option<i16>,
    /// Why it stands there, if that was said and the contact was not erased.
    pub reason: Option<String>,
    /// When its status was said; `None` while it is new.
    pub assessed_at: Option<Timestamp>,
}

impl LeadRow {
    /// Its place in the list of leads.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.captured_at, self.id)
    }
}

const COLUMNS: &str = "lead_id, contact_id, conversation_id, status, source, captured_at, score, reason, assessed_at";

/// How many leads there are, by where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeadCounts {
    /// Not judged yet.
    pub new: i64,
    /// Worth pursuing.
    pub qualified: i64,
    /// Not worth pursuing.
    pub disqualified: i64,
}

impl LeadCounts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.new + self.qualified + self.disqualified
    }

    /// Those that stand there.
    #[must_use]
    pub fn of(&self, status: LeadStatus) -> i64 {
        match status {
            LeadStatus::New => self.new,
            LeadStatus::Qualified => self.qualified,
            LeadStatus::Disqualified => self.disqualified,
        }
    }
}

const LATEST_CAPTURED: Order<'static> =
    Order { columns: &[Column::At("captured_at"), Column::Id("lead_id")], is_descending: true };

/// A page of the tenant's leads, all or those of one status, latest captured first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn leads(
    reads: &TenantReads,
    context: TenantContext,
    status: Option<LeadStatus>,
    page: PageRequest,
) -> Result<Vec<LeadRow>, sqlx::Error> {
    let mut sql = QueryBuilder::new(format!("select {COLUMNS} from {SCHEMA}.leads where tenant_id = "));
    sql.push_bind(context.tenant().as_uuid());
    if let Some(status) = status {
        sql.push(" and status = ").push_bind(status.word());
    }
    page.push(&mut sql, &LATEST_CAPTURED);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    page.in_order(rows).iter().map(lead_row).collect()
}

/// How many leads the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_leads(reads: &TenantReads, context: TenantContext) -> Result<LeadCounts, sqlx::Error> {
    let sql = format!("select status, count(*) as leads from {SCHEMA}.leads where tenant_id = $1 group by status");
    let rows = sqlx::query(&sql).bind(context.tenant().as_uuid()).fetch_all(&mut *reads.begin(context).await?).await?;
    let mut counts = LeadCounts::default();
    for row in &rows {
        let count = match read_word(row, "status")? {
            LeadStatus::New => &mut counts.new,
            LeadStatus::Qualified => &mut counts.qualified,
            LeadStatus::Disqualified => &mut counts.disqualified,
        };
        *count = row.try_get("leads")?;
    }
    Ok(counts)
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
        score: row.try_get("score")?,
        reason: row.try_get("reason")?,
        assessed_at: row.try_get::<Option<jiff_sqlx::Timestamp>, _>("assessed_at")?.map(jiff_sqlx::Timestamp::to_jiff),
    })
}
