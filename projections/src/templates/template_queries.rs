//! What is asked of templates: everybody of a business sees all of them.

use jiff::Timestamp;
use leadflow_domain::TemplateId;
use leadflow_domain::template::Components;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::filter::TemplateField;
use super::words::{CategoryWord, QualityWord, StatusWord};
use crate::access::select;
use crate::filter::Condition;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::{Word, read_maybe_word};
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A template of one of the business's WhatsApp accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// Its id.
    pub id: TemplateId,
    /// The account that has it.
    pub waba_id: String,
    /// What messages name it by.
    pub name: String,
    /// Its language.
    pub language: String,
    /// WhatsApp's id of it.
    pub provider_id: Option<String>,
    /// How it stands, as far as that was told.
    pub status: Option<StatusWord>,
    /// Why it was rejected, or WhatsApp's word where nothing here knows it.
    pub status_detail: Option<String>,
    /// When that was told.
    pub status_at: Option<Timestamp>,
    /// What it is for, as far as that was told.
    pub category: Option<CategoryWord>,
    /// What it will be for before long.
    pub announced_category: Option<CategoryWord>,
    /// What people think of it, as far as that was told.
    pub quality: Option<QualityWord>,
    /// What it consists of, as far as that is known.
    pub components: Option<Components>,
    /// How many contents it had.
    pub contents: i32,
    /// When it was first heard of.
    pub introduced_at: Timestamp,
    /// The number of its stream's latest event here.
    pub version: i64,
}

impl TemplateRow {
    /// Its place in the list of templates.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.introduced_at, self.id.as_uuid())
    }
}

const COLUMNS: &str = "t.template_id, t.waba_id, t.name, t.language, t.provider_id, t.status, t.status_detail, \
                       t.status_at, t.category, t.announced_category, t.quality, t.components::text as components, \
                       t.contents, t.introduced_at, t.version";

const FIRST_INTRODUCED: Order<'static> =
    Order { columns: &[Column::At("t.introduced_at"), Column::Id("t.template_id")], is_descending: false };

/// A page of the tenant's templates, first heard of first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn templates(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<TemplateField>,
    page: PageRequest,
) -> Result<Vec<TemplateRow>, sqlx::Error> {
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.templates t"));
    let mut sql = sql.where_seen(Seen::ByEverybody("t"));
    filter.push_and(&mut sql);
    page.push(&mut sql, &FIRST_INTRODUCED);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(template_row).collect()
}

/// How many templates the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_templates(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<TemplateField>,
) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.templates t"));
    let mut sql = sql.where_seen(Seen::ByEverybody("t"));
    filter.push_and(&mut sql);
    reads.value(sql).await
}

/// Up to `most` of an account's templates of which WhatsApp takes messages, by name.
///
/// # Errors
/// The database's.
pub async fn sendable_of_account(
    reads: &TenantReads,
    context: TenantContext,
    waba_id: &str,
    most: i64,
) -> Result<Vec<TemplateRow>, sqlx::Error> {
    let words: Vec<&str> = StatusWord::ALL.iter().filter(|word| word.is_sendable()).map(|word| word.word()).collect();
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.templates t"));
    let mut sql = sql.where_seen(Seen::ByEverybody("t"));
    sql.push(" and t.waba_id = ").push_bind(waba_id.to_owned());
    sql.push(" and t.status = any(").push_bind(words).push(") order by t.name, t.language limit ").push_bind(most);
    reads.rows(sql).await?.iter().map(template_row).collect()
}

/// Some of the tenant's templates; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn templates_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[TemplateId],
) -> Result<Vec<TemplateRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.templates t"));
    let mut sql = sql.where_seen(Seen::ByEverybody("t"));
    sql.push(" and t.template_id = any(").push_bind(ids).push(")");
    reads.rows(sql).await?.iter().map(template_row).collect()
}

/// The templates of an account that should be there when WhatsApp lists them: all but drafts and those that are gone.
///
/// # Errors
/// The database's.
pub async fn known_to_provider(
    reads: &TenantReads,
    context: TenantContext,
    waba_id: &str,
) -> Result<Vec<TemplateId>, sqlx::Error> {
    let sql = select(context, format!("select t.template_id from {SCHEMA}.templates t"));
    let mut sql = sql.where_seen(Seen::ByEverybody("t"));
    sql.push(" and t.status is not null and t.status not in ('DRAFT', 'DELETED') and t.waba_id = ");
    sql.push_bind(waba_id.to_owned());
    reads.rows(sql).await?.iter().map(|row| row.try_get(0).map(TemplateId::from_uuid)).collect()
}

fn template_row(row: &PgRow) -> Result<TemplateRow, sqlx::Error> {
    let time = |at: jiff_sqlx::Timestamp| at.to_jiff();
    let components = row.try_get::<Option<&str>, _>("components")?.map(serde_json::from_str::<Components>);
    let components = components
        .transpose()
        .map_err(|error| sqlx::Error::ColumnDecode { index: "components".to_owned(), source: error.into() })?;
    Ok(TemplateRow {
        id: TemplateId::from_uuid(row.try_get("template_id")?),
        waba_id: row.try_get("waba_id")?,
        name: row.try_get("name")?,
        language: row.try_get("language")?,
        provider_id: row.try_get("provider_id")?,
        status: read_maybe_word(row, "status")?,
        status_detail: row.try_get("status_detail")?,
        status_at: row.try_get::<Option<_>, _>("status_at")?.map(time),
        category: read_maybe_word(row, "category")?,
        announced_category: read_maybe_word(row, "announced_category")?,
        quality: read_maybe_word(row, "quality")?,
        components,
        contents: row.try_get("contents")?,
        introduced_at: row.try_get("introduced_at").map(time)?,
        version: row.try_get("version")?,
    })
}
