//! For every number the events behind it.

use std::ops::Range;

use jiff::Timestamp;
use leadflow_domain::lead::LeadSource;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use super::question::{BadQuestion, Filter, known};
use crate::analytics::SCHEMA;
use crate::analytics::definitions::{Count, Metric};
use crate::paging::{Column, Order};
use crate::word::{Word, read_maybe_word};
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A duration that was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// In which conversation.
    pub conversation: Uuid,
    /// To whom it is credited.
    pub member: Option<Uuid>,
    /// Where the lead came from.
    pub source: Option<LeadSource>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How many seconds.
    pub seconds: i64,
    /// How many of them the business was open; `None` unless it had a schedule all the while.
    pub business_seconds: Option<i64>,
    /// The event that it began with.
    pub began_with: Uuid,
    /// The event that it ended with.
    pub ended_with: Uuid,
}

impl FactRow {
    /// Its place in the list.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.ended_at, self.began_with)
    }
}

/// Something that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointRow {
    /// In which conversation.
    pub conversation: Uuid,
    /// When.
    pub at: Timestamp,
    /// To whom it is credited.
    pub member: Option<Uuid>,
    /// Where the lead came from.
    pub source: Option<LeadSource>,
    /// The event that tells of it.
    pub event: Uuid,
}

impl PointRow {
    /// Its place in the list.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.at, self.event)
    }
}

const LATEST_FACTS_FIRST: Order<'static> =
    Order { columns: &[Column::At("ended_at"), Column::Id("began_with")], is_descending: true };

const LATEST_POINTS_FIRST: Order<'static> =
    Order { columns: &[Column::At("at"), Column::Id("event_id")], is_descending: true };

/// Some time, from a moment until before another.
pub type Span = Range<Timestamp>;

/// A page of what `metric` comes to in `span`, latest first, and one more if there is more.
///
/// # Errors
/// [`BadQuestion`].
pub async fn facts(
    reads: &TenantReads,
    context: TenantContext,
    span: &Span,
    (metric, version): (Metric, i16),
    filter: &Filter,
    page: PageRequest,
) -> Result<Vec<FactRow>, BadQuestion> {
    known(metric, version)?;
    let columns = "conversation_id, member_id, source, began_at, ended_at, seconds, business_seconds, began_with, \
                   ended_with";
    let mut sql = of_facts(context, columns, span, (metric, version), filter);
    page.push(&mut sql, &LATEST_FACTS_FIRST);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    page.in_order(rows).iter().map(|row| Ok(fact(row)?)).collect()
}

/// How many durations `metric` comes to in `span`.
///
/// # Errors
/// [`BadQuestion`].
pub async fn count_facts(
    reads: &TenantReads,
    context: TenantContext,
    span: &Span,
    (metric, version): (Metric, i16),
    filter: &Filter,
) -> Result<i64, BadQuestion> {
    known(metric, version)?;
    let mut sql = of_facts(context, "count(*)", span, (metric, version), filter);
    Ok(sql.build_query_scalar().fetch_one(&mut *reads.begin(context).await?).await?)
}

/// A page of what `count` counts in `span`, latest first, and one more if there is more. It reads all that happened in
/// `span`, other tenants' too, as points are found by time alone.
///
/// # Errors
/// The database's.
pub async fn points(
    reads: &TenantReads,
    context: TenantContext,
    span: &Span,
    count: Count,
    filter: &Filter,
    page: PageRequest,
) -> Result<Vec<PointRow>, sqlx::Error> {
    let mut sql = of_points(context, "conversation_id, at, member_id, source, event_id", span, count, filter);
    page.push(&mut sql, &LATEST_POINTS_FIRST);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    page.in_order(rows).iter().map(point).collect()
}

/// How many `count` counts in `span`. It reads as much as [`points`].
///
/// # Errors
/// The database's.
pub async fn count_points(
    reads: &TenantReads,
    context: TenantContext,
    span: &Span,
    count: Count,
    filter: &Filter,
) -> Result<i64, sqlx::Error> {
    let mut sql = of_points(context, "count(*)", span, count, filter);
    sql.build_query_scalar().fetch_one(&mut *reads.begin(context).await?).await
}

fn of_facts(
    context: TenantContext,
    columns: &str,
    span: &Span,
    (metric, version): (Metric, i16),
    filter: &Filter,
) -> QueryBuilder<'static, Postgres> {
    let mut sql = QueryBuilder::new(format!("select {columns} from {SCHEMA}.facts where tenant_id = "));
    sql.push_bind(context.tenant().as_uuid());
    sql.push(" and metric = ").push_bind(metric.word()).push(" and version = ").push_bind(version);
    narrow(&mut sql, "ended_at", span, filter);
    sql
}

fn of_points(
    context: TenantContext,
    columns: &str,
    span: &Span,
    count: Count,
    filter: &Filter,
) -> QueryBuilder<'static, Postgres> {
    // The channel stands with the conversation.
    let mut sql = QueryBuilder::new(format!(
        "select {columns} from \
         (select p.*, c.channel_id from {SCHEMA}.points p join {SCHEMA}.conversations c using (conversation_id)) \
             as points \
         where tenant_id = "
    ));
    sql.push_bind(context.tenant().as_uuid()).push(" and counts_as = ").push_bind(count.word());
    narrow(&mut sql, "at", span, filter);
    sql
}

fn narrow(sql: &mut QueryBuilder<'static, Postgres>, at: &str, span: &Span, filter: &Filter) {
    sql.push(format!(" and {at} >= ")).push_bind(jiff_sqlx::Timestamp::from(span.start));
    sql.push(format!(" and {at} < ")).push_bind(jiff_sqlx::Timestamp::from(span.end));
    filter.push(sql);
}

fn time(row: &PgRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    Ok(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff())
}

fn fact(row: &PgRow) -> Result<FactRow, sqlx::Error> {
    Ok(FactRow {
        conversation: row.try_get("conversation_id")?,
        member: row.try_get("member_id")?,
        source: read_maybe_word(row, "source")?,
        began_at: time(row, "began_at")?,
        ended_at: time(row, "ended_at")?,
        seconds: row.try_get("seconds")?,
        business_seconds: row.try_get("business_seconds")?,
        began_with: row.try_get("began_with")?,
        ended_with: row.try_get("ended_with")?,
    })
}

fn point(row: &PgRow) -> Result<PointRow, sqlx::Error> {
    Ok(PointRow {
        conversation: row.try_get("conversation_id")?,
        at: time(row, "at")?,
        member: row.try_get("member_id")?,
        source: read_maybe_word(row, "source")?,
        event: row.try_get("event_id")?,
    })
}
