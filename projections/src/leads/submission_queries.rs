//! What submissions are asked.

use jiff::Timestamp;
use leadflow_domain::contact::IdentifierKind;
use leadflow_domain::lead::LeadSource;
use leadflow_domain::{SourceId, SubmissionId};
use serde::Deserialize;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::{Word, read_word};
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// What somebody told by a form at once, or was entered of her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionRow {
    /// Its id.
    pub id: SubmissionId,
    /// What kind of place it came from.
    pub source: LeadSource,
    /// Which place; `None` where it was entered by hand.
    pub from: Option<SourceId>,
    /// When, by the provider's clock; where that does not say, when it was received.
    pub submitted_at: Timestamp,
    /// Whether the lead began with it; else it was linked to the lead that there was.
    pub created_lead: bool,
    /// The provider's id of the form.
    pub form_id: Option<String>,
    /// Of the campaign.
    pub campaign_id: Option<String>,
    /// Of the group of ads.
    pub ad_group_id: Option<String>,
    /// Of the ad.
    pub ad_id: Option<String>,
    /// Of the group of what the ad was made of.
    pub asset_group_id: Option<String>,
    /// Of it itself; gone when the contact was erased.
    pub provider_lead_id: Option<String>,
    /// Of the click on the ad; gone when the contact was erased.
    pub click_id: Option<String>,
    /// What she is called there; gone when the contact was erased.
    pub name: Option<String>,
    /// What was asked and answered, in the form's order; empty when the contact was erased.
    pub answers: Vec<AnswerRow>,
    /// The kinds of what she became known by with it.
    pub added: Vec<IdentifierKind>,
}

/// A question of a form and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AnswerRow {
    /// The form's key of the question, if it has one.
    pub key: Option<String>,
    /// How it was asked, if that was told.
    pub question: Option<String>,
    /// What was answered.
    pub answer: String,
}

impl SubmissionRow {
    /// Its place in the list.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.submitted_at, self.id.as_uuid())
    }
}

const LATEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("submitted_at"), Column::Id("submission_id")], is_descending: true };

/// For each lead a page of what is linked to it, and one more if there is more. The list is latest first; the rows come in no
/// order.
///
/// # Errors
/// The database's.
pub async fn submissions_of(
    reads: &TenantReads,
    context: TenantContext,
    leads: &[Uuid],
    page: PageRequest,
) -> Result<Vec<(Uuid, SubmissionRow)>, sqlx::Error> {
    let mut sql =
        select(context, "select e.*, w.created_by is not distinct from e.submission_id as created_lead from unnest(");
    sql.push_bind(leads).push(format!(
        "::uuid[]) as c (id) join {SCHEMA}.leads w on w.lead_id = c.id, lateral ( \
             select lead_id, submission_id, source, source_id, submitted_at, form_id, campaign_id, ad_group_id, ad_id, \
                    asset_group_id, provider_lead_id, click_id, name, answers, added \
             from {SCHEMA}.submissions s"
    ));
    let mut sql = sql.where_seen(Seen::WithContact("s"));
    sql.push(" and s.lead_id = c.id");
    page.push(&mut sql, &LATEST_FIRST);
    sql.push(") e");
    let rows = reads.rows(sql).await?;
    rows.iter().map(|row| Ok((row.try_get("lead_id")?, submission_row(row)?))).collect()
}

/// How many are linked to each lead; a lead without any is absent.
///
/// # Errors
/// The database's.
pub async fn count_submissions(
    reads: &TenantReads,
    context: TenantContext,
    leads: &[Uuid],
) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let sql = select(context, format!("select s.lead_id, count(*) from {SCHEMA}.submissions s"));
    let mut sql = sql.where_seen(Seen::WithContact("s"));
    sql.push(" and s.lead_id = any(").push_bind(leads).push(") group by s.lead_id");
    reads.pairs(sql).await
}

fn submission_row(row: &PgRow) -> Result<SubmissionRow, sqlx::Error> {
    let answers: Option<sqlx::types::Json<Vec<AnswerRow>>> = row.try_get("answers")?;
    let added: Vec<String> = row.try_get("added")?;
    let added = added.iter().map(|word| {
        let known = IdentifierKind::ALL.iter().find(|known| known.word() == word);
        known.copied().ok_or_else(|| sqlx::Error::Decode(format!("`{word}` is no kind of identifier").into()))
    });
    Ok(SubmissionRow {
        id: SubmissionId::from_uuid(row.try_get("submission_id")?),
        source: read_word(row, "source")?,
        from: row.try_get::<Option<Uuid>, _>("source_id")?.map(SourceId::from_uuid),
        submitted_at: row.try_get::<jiff_sqlx::Timestamp, _>("submitted_at")?.to_jiff(),
        created_lead: row.try_get("created_lead")?,
        form_id: row.try_get("form_id")?,
        campaign_id: row.try_get("campaign_id")?,
        ad_group_id: row.try_get("ad_group_id")?,
        ad_id: row.try_get("ad_id")?,
        asset_group_id: row.try_get("asset_group_id")?,
        provider_lead_id: row.try_get("provider_lead_id")?,
        click_id: row.try_get("click_id")?,
        name: row.try_get("name")?,
        answers: answers.map(|answers| answers.0).unwrap_or_default(),
        added: added.collect::<Result<_, _>>()?,
    })
}
