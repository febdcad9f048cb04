//! What is asked of the answers that a business keeps ready: everybody of it sees all of them.

use jiff::Timestamp;
use leadflow_domain::ResponseTemplateId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use crate::access::{TenantQuery, select};
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// An answer that a business keeps ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseTemplateRow {
    /// Its id.
    pub id: ResponseTemplateId,
    /// What it is called.
    pub title: String,
    /// What it answers, in a word, if that was said.
    pub intent: Option<String>,
    /// What it says, with its variables.
    pub body: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The number of its stream's latest event here.
    pub version: i64,
}

impl ResponseTemplateRow {
    /// Its place in the list of answers.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.created_at, self.id.as_uuid())
    }
}

const COLUMNS: &str = "r.response_template_id, r.title, r.intent, r.body, r.created_at, r.version";

const FIRST_CREATED: Order<'static> =
    Order { columns: &[Column::At("r.created_at"), Column::Id("r.response_template_id")], is_descending: false };

/// A page of the tenant's answers, or of those to one intent, first made first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn response_templates(
    reads: &TenantReads,
    context: TenantContext,
    intent: Option<&str>,
    page: PageRequest,
) -> Result<Vec<ResponseTemplateRow>, sqlx::Error> {
    let mut sql = of_intent(context, COLUMNS, intent);
    page.push(&mut sql, &FIRST_CREATED);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(response_row).collect()
}

/// How many answers the tenant keeps ready, or has to one intent.
///
/// # Errors
/// The database's.
pub async fn count_response_templates(
    reads: &TenantReads,
    context: TenantContext,
    intent: Option<&str>,
) -> Result<i64, sqlx::Error> {
    reads.value(of_intent(context, "count(*)", intent)).await
}

/// Some of the tenant's answers; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn response_templates_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[ResponseTemplateId],
) -> Result<Vec<ResponseTemplateRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let mut sql = of_intent(context, COLUMNS, None);
    sql.push(" and r.response_template_id = any(").push_bind(ids).push(")");
    reads.rows(sql).await?.iter().map(response_row).collect()
}

fn of_intent<'a>(context: TenantContext, columns: &str, intent: Option<&str>) -> TenantQuery<'a> {
    let sql = select(context, format!("select {columns} from {SCHEMA}.response_templates r"));
    let mut sql = sql.where_seen(Seen::ByEverybody("r"));
    if let Some(intent) = intent {
        sql.push(" and r.intent = ").push_bind(intent.to_owned());
    }
    sql
}

fn response_row(row: &PgRow) -> Result<ResponseTemplateRow, sqlx::Error> {
    Ok(ResponseTemplateRow {
        id: ResponseTemplateId::from_uuid(row.try_get("response_template_id")?),
        title: row.try_get("title")?,
        intent: row.try_get("intent")?,
        body: row.try_get("body")?,
        created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        version: row.try_get("version")?,
    })
}
