//! What the leads are asked. Every query takes the tenant's context; a list is one statement.

use jiff::Timestamp;
use leadflow_domain::ContactId;
use leadflow_domain::lead::{LeadSource, LeadStatus};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::filter::LeadField;
use crate::access::select;
use crate::filter::Condition;
use crate::inbox::person_of;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRow {
    /// Its id.
    pub id: Uuid,
    /// Who is interested, or stands for her.
    pub contact: ContactId,
    /// The thread her interest was first seen in; `None` where that was in a form.
    pub conversation: Option<Uuid>,
    /// Where it stands.
    pub status: LeadStatus,
    /// Where it came from.
    pub source: LeadSource,
    /// The provider's time of her earliest message or form.
    pub captured_at: Timestamp,
    /// How good it is, 0 to 100, if that was said with its status.
    pub score: Option<i16>,
    /// Why it stands there, if that was said and the contact was not erased.
    pub reason: Option<String>,
    /// When its status was said; `None` while it is new.
    pub assessed_at: Option<Timestamp>,
    /// The number of its stream's latest event here.
    pub version: i64,
}

/// What is read of a lead in `l`. It is shown under whoever stands for its contact.
fn columns() -> String {
    format!(
        "lead_id, {} as contact_id, conversation_id, status, source, captured_at, score, reason, assessed_at, version",
        person_of("l.contact_id")
    )
}

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

/// In which order leads are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadOrder {
    /// By when they were captured, the latest first.
    LatestCaptured,
    /// By the same time, the earliest first.
    OldestCaptured,
    /// The best first, of these the latest captured; those without a score come last.
    HighestScore,
}

impl LeadOrder {
    fn order(self) -> Order<'static> {
        const CAPTURED: &[Column] = &[Column::At("captured_at"), Column::Id("lead_id")];
        const SCORE: &[Column] = &[Column::Rank("score_rank"), Column::At("captured_at"), Column::Id("lead_id")];
        let (columns, is_descending) = match self {
            Self::LatestCaptured => (CAPTURED, true),
            Self::OldestCaptured => (CAPTURED, false),
            Self::HighestScore => (SCORE, true),
        };
        Order { columns, is_descending }
    }

    /// The lead's place in the list.
    #[must_use]
    pub fn keyset(self, row: &LeadRow) -> Keyset {
        let by_capture = Keyset::new(row.captured_at, row.id);
        match self {
            Self::LatestCaptured | Self::OldestCaptured => by_capture,
            Self::HighestScore => Keyset { rank: row.score.unwrap_or(-1), ..by_capture },
        }
    }
}

/// Which leads are listed, and how.
#[derive(Debug, Clone, Copy)]
pub struct LeadList<'a> {
    /// Which.
    pub filter: &'a Condition<LeadField>,
    /// In which order.
    pub order: LeadOrder,
}

/// A page of the tenant's leads, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn leads(
    reads: &TenantReads,
    context: TenantContext,
    list: LeadList<'_>,
    page: PageRequest,
) -> Result<Vec<LeadRow>, sqlx::Error> {
    let sql = select(context, format!("select {} from {SCHEMA}.leads l", columns()));
    let mut sql = sql.where_seen(Seen::WithContact("l"));
    list.filter.push_and(&mut sql);
    page.push(&mut sql, &list.order.order());
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(lead_row).collect()
}

/// How many leads the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_leads(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<LeadField>,
) -> Result<LeadCounts, sqlx::Error> {
    let sql = select(context, format!("select status, count(*) as leads from {SCHEMA}.leads l"));
    let mut sql = sql.where_seen(Seen::WithContact("l"));
    filter.push_and(&mut sql);
    sql.push(" group by status");
    let rows = reads.rows(sql).await?;
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

/// Some of the tenant's leads; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn leads_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[Uuid],
) -> Result<Vec<LeadRow>, sqlx::Error> {
    let sql = select(context, format!("select {} from {SCHEMA}.leads l", columns()));
    let mut sql = sql.where_seen(Seen::WithContact("l"));
    sql.push(" and l.lead_id = any(").push_bind(ids).push(")");
    let rows = reads.rows(sql).await?;
    rows.iter().map(lead_row).collect()
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
        version: row.try_get("version")?,
    })
}
