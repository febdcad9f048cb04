//! What is asked of the places that leads come from: everybody of the business sees all of them.

use jiff::Timestamp;
use leadflow_domain::SourceId;
use leadflow_domain::source::{Mapping, SourceKind, WalkInForm};
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::SCHEMA;
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::read_word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A place that leads come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its id.
    pub id: SourceId,
    /// What kind of place it is.
    pub kind: SourceKind,
    /// What the business calls it.
    pub name: String,
    /// Whether leads come from it now.
    pub is_open: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Meta's id of the page that its leads come from, or came from before it was closed; `None` of other kinds.
    pub page_id: Option<String>,
    /// The Meta app that alone may bring its webhooks; `None` is the default app.
    pub app: Option<String>,
    /// Since when nothing is read, because the provider does not take the credentials.
    pub stopped: Option<StoppedReading>,
    /// Leads that were told of, and of which nothing could be read.
    pub missed: Option<MissedLeads>,
    /// What the address of its form ends with, where it is one of ours.
    pub slug: Option<String>,
    /// What its form asks, where it is one of ours.
    pub form: Option<Box<WalkInForm>>,
    /// Which fields of what a program posts mean what; `None` of other kinds.
    pub mapping: Option<Mapping>,
    /// From where a program may post; from anywhere, where there are none.
    pub networks: Vec<String>,
    /// Whether its leads are read with something, or what a program posts is signed with something.
    pub has_credentials: bool,
    /// When the last was told that came from it, by the provider's clock.
    pub last_submitted_at: Option<Timestamp>,
    /// What forms are called by the provider that the latest of its submissions came by, the latest first.
    pub recent_forms: Vec<String>,
    /// The same of campaigns.
    pub recent_campaigns: Vec<String>,
    /// The number of its stream's latest event here.
    pub version: i64,
}

/// That nothing is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoppedReading {
    /// Since when.
    pub at: Timestamp,
    /// The provider's code for it.
    pub code: i64,
}

/// Leads of which nothing could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedLeads {
    /// How many.
    pub count: i64,
    /// When the last of them was found out.
    pub last_at: Timestamp,
    /// The provider's code for that one.
    pub last_code: i64,
}

impl SourceRow {
    /// Its place in the list of sources.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.opened_at, self.id.as_uuid())
    }
}

/// Of how many of its latest submissions it is looked at what they came by.
const LOOKED_AT: usize = 200;

/// Most forms, and most campaigns, that are read of each.
const MOST_ORIGINS: usize = 20;

/// What `column` of the latest submissions says, each once, the latest first, whoever may see them: what forms and campaigns are called is
/// the business's own.
fn origins(column: &str) -> String {
    format!(
        "array(select o.{column} from ( \
             select b.{column}, b.submitted_at from {SCHEMA}.submissions b \
             where b.source_id = s.source_id and b.tenant_id = s.tenant_id \
             order by b.submitted_at desc limit {LOOKED_AT}) o \
         where o.{column} is not null group by o.{column} \
         order by max(o.submitted_at) desc, o.{column} limit {MOST_ORIGINS})"
    )
}

/// What is read of each, and when the last submission of it was made: the newest of an index, whoever may see it.
fn columns() -> String {
    let (forms, campaigns) = (origins("form_id"), origins("campaign_id"));
    format!(
        "s.source_id, s.kind, s.name, s.is_open, s.opened_at, s.page_id, s.app, s.stopped_at, s.stopped_code, \
         s.missed_leads, s.last_missed_at, s.last_missed_code, s.slug, s.form, s.mapping, s.networks, \
         s.has_credentials, s.version, \
         (select max(b.submitted_at) from {SCHEMA}.submissions b \
          where b.source_id = s.source_id and b.tenant_id = s.tenant_id) as last_submitted_at, \
         {forms} as recent_forms, {campaigns} as recent_campaigns"
    )
}

const FIRST_OPENED: Order<'static> =
    Order { columns: &[Column::At("s.opened_at"), Column::Id("s.source_id")], is_descending: false };

/// A page of the tenant's sources, first opened first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn sources(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<SourceRow>, sqlx::Error> {
    let sql = select(context, format!("select {} from {SCHEMA}.sources s", columns()));
    let mut sql = sql.where_seen(Seen::ByEverybody("s"));
    page.push(&mut sql, &FIRST_OPENED);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(source_row).collect()
}

/// How many sources the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_sources(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.sources s"));
    reads.value(sql.where_seen(Seen::ByEverybody("s"))).await
}

/// Some of the tenant's sources; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn sources_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[SourceId],
) -> Result<Vec<SourceRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select {} from {SCHEMA}.sources s", columns()));
    let mut sql = sql.where_seen(Seen::ByEverybody("s"));
    sql.push(" and s.source_id = any(").push_bind(ids).push(")");
    reads.rows(sql).await?.iter().map(source_row).collect()
}

fn source_row(row: &PgRow) -> Result<SourceRow, sqlx::Error> {
    let moment = |column| {
        Ok::<_, sqlx::Error>(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    let stopped = moment("stopped_at")?.zip(row.try_get::<Option<i64>, _>("stopped_code")?);
    let last_missed = moment("last_missed_at")?.zip(row.try_get::<Option<i64>, _>("last_missed_code")?);
    let count = row.try_get("missed_leads")?;
    Ok(SourceRow {
        id: SourceId::from_uuid(row.try_get("source_id")?),
        kind: read_word(row, "kind")?,
        name: row.try_get("name")?,
        is_open: row.try_get("is_open")?,
        opened_at: row.try_get::<jiff_sqlx::Timestamp, _>("opened_at")?.to_jiff(),
        page_id: row.try_get("page_id")?,
        app: row.try_get("app")?,
        stopped: stopped.map(|(at, code)| StoppedReading { at, code }),
        missed: last_missed.map(|(last_at, last_code)| MissedLeads { count, last_at, last_code }),
        slug: row.try_get("slug")?,
        form: row.try_get::<Option<Json<Box<WalkInForm>>>, _>("form")?.map(|Json(form)| form),
        mapping: row.try_get::<Option<Json<Mapping>>, _>("mapping")?.map(|Json(mapping)| mapping),
        networks: row.try_get("networks")?,
        has_credentials: row.try_get("has_credentials")?,
        last_submitted_at: moment("last_submitted_at")?,
        recent_forms: row.try_get("recent_forms")?,
        recent_campaigns: row.try_get("recent_campaigns")?,
        version: row.try_get("version")?,
    })
}
