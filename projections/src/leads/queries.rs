//! What the leads are asked. Every query takes the tenant's context; a list is one statement.

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadflow_domain::lead::{LeadFacts, LeadSource, LeadStatus, Quality};
use leadflow_domain::{AttributeId, ContactId, LostReasonId, MemberId, StageId};
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
    /// The stage it stands at.
    pub stage: StageId,
    /// When it was said where it stands, else when it was captured.
    pub stands_since: Timestamp,
    /// Why it was lost, if it was and that was said.
    pub lost_reason: Option<LostReasonId>,
    /// What it is worth, in a currency's smallest unit, if it was won and that was said.
    pub worth: Option<(i64, String)>,
    /// What it is marked with, in the order in which it was.
    pub tags: Vec<String>,
    /// Whom she works for, if that is known and she was not erased.
    pub company: Option<String>,
    /// The values of its attributes, as they are written; none when she was erased.
    pub attributes: BTreeMap<AttributeId, String>,
    /// Who is to see to it.
    pub owner: Option<MemberId>,
    /// How promising it is is computed from these.
    pub facts: LeadFacts,
    /// The number of its stream's latest event here.
    pub version: i64,
}

impl LeadRow {
    /// How promising it is.
    #[must_use]
    pub fn quality(&self) -> Quality {
        Quality::of(&self.facts)
    }
}

/// What is read of a lead in `l`. It is shown under whoever stands for its contact.
fn columns() -> String {
    format!(
        "lead_id, {} as contact_id, conversation_id, status, source, captured_at, score, reason, assessed_at, version, \
         stage_id, stage, stands_since, lost_reason_id, worth, currency, is_spam, tags, company, attributes, owner_id, \
         submissions, answers, is_named, has_campaign, has_company",
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
    /// The most promising first, of these the latest captured.
    HighestQuality,
    /// By since when they stand where they do, the latest first.
    LatestMoved,
    /// By the same time, the earliest first.
    LongestStanding,
}

impl LeadOrder {
    fn order(self) -> Order<'static> {
        const CAPTURED: &[Column] = &[Column::At("captured_at"), Column::Id("lead_id")];
        const SCORE: &[Column] = &[Column::Rank("score_rank"), Column::At("captured_at"), Column::Id("lead_id")];
        const QUALITY: &[Column] = &[Column::Rank("quality"), Column::At("captured_at"), Column::Id("lead_id")];
        const STANDING: &[Column] = &[Column::At("stands_since"), Column::Id("lead_id")];
        let (columns, is_descending) = match self {
            Self::LatestCaptured => (CAPTURED, true),
            Self::OldestCaptured => (CAPTURED, false),
            Self::HighestScore => (SCORE, true),
            Self::HighestQuality => (QUALITY, true),
            Self::LatestMoved => (STANDING, true),
            Self::LongestStanding => (STANDING, false),
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
            Self::HighestQuality => Keyset { rank: i16::try_from(row.quality().points).unwrap_or(0), ..by_capture },
            Self::LatestMoved | Self::LongestStanding => Keyset::new(row.stands_since, row.id),
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

/// The ids of the tenant's leads, the latest captured first, `most` at most.
///
/// # Errors
/// The database's.
pub async fn lead_ids(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<LeadField>,
    most: usize,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let sql = select(context, format!("select lead_id from {SCHEMA}.leads l"));
    let mut sql = sql.where_seen(Seen::WithContact("l"));
    filter.push_and(&mut sql);
    sql.push(" order by captured_at desc, lead_id desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    let rows = reads.rows(sql).await?;
    rows.iter().map(|row| row.try_get("lead_id")).collect()
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

/// How many of the tenant's leads stand at each stage; one at which none stands is absent.
///
/// # Errors
/// The database's.
pub async fn count_leads_by_stage(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<LeadField>,
) -> Result<Vec<(StageId, i64)>, sqlx::Error> {
    let sql = select(context, format!("select stage_id, count(*) as leads from {SCHEMA}.leads l"));
    let mut sql = sql.where_seen(Seen::WithContact("l"));
    filter.push_and(&mut sql);
    sql.push(" group by stage_id");
    let counts = reads.pairs(sql).await?;
    Ok(counts.into_iter().map(|(stage, leads)| (StageId::from_uuid(stage), leads)).collect())
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
    let attributes: sqlx::types::Json<BTreeMap<AttributeId, String>> = row.try_get("attributes")?;
    let worth: Option<i64> = row.try_get("worth")?;
    let facts = LeadFacts {
        source: read_word(row, "source")?,
        submissions: row.try_get("submissions")?,
        answers: row.try_get("answers")?,
        is_named: row.try_get("is_named")?,
        has_campaign: row.try_get("has_campaign")?,
        has_company: row.try_get("has_company")?,
        status: read_word(row, "status")?,
        stage: read_word(row, "stage")?,
        is_spam: row.try_get("is_spam")?,
    };
    Ok(LeadRow {
        id: row.try_get("lead_id")?,
        contact: ContactId::from_uuid(row.try_get("contact_id")?),
        conversation: row.try_get("conversation_id")?,
        status: facts.status,
        source: facts.source,
        captured_at: row.try_get::<jiff_sqlx::Timestamp, _>("captured_at")?.to_jiff(),
        score: row.try_get("score")?,
        reason: row.try_get("reason")?,
        assessed_at: row.try_get::<Option<jiff_sqlx::Timestamp>, _>("assessed_at")?.map(jiff_sqlx::Timestamp::to_jiff),
        stage: StageId::from_uuid(row.try_get("stage_id")?),
        stands_since: row.try_get::<jiff_sqlx::Timestamp, _>("stands_since")?.to_jiff(),
        lost_reason: row.try_get::<Option<Uuid>, _>("lost_reason_id")?.map(LostReasonId::from_uuid),
        worth: worth.zip(row.try_get("currency")?),
        tags: row.try_get("tags")?,
        company: row.try_get("company")?,
        attributes: attributes.0,
        owner: row.try_get::<Option<Uuid>, _>("owner_id")?.map(MemberId::from_uuid),
        facts,
        version: row.try_get("version")?,
    })
}
