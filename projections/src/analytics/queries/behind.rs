//! For every number the events behind it.

use jiff::Timestamp;
use leadflow_domain::lead::LeadSource;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use super::question::{BadQuestion, Filter, known};
use crate::analytics::definitions::{Count, Metric};
use crate::analytics::{Calendar, SCHEMA};
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
        Keyset { at: self.ended_at, id: self.began_with }
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
        Keyset { at: self.at, id: self.event }
    }
}

/// A page of what `metric` comes to in the calendar's range, latest first, and one more if there is a next page.
///
/// # Errors
/// [`BadQuestion`].
pub async fn facts(
    reads: &TenantReads,
    context: TenantContext,
    calendar: &Calendar,
    (metric, version): (Metric, i16),
    filter: &Filter,
    page: PageRequest,
) -> Result<Vec<FactRow>, BadQuestion> {
    known(metric, version)?;
    let mut sql = QueryBuilder::new(format!(
        "select conversation_id, member_id, source, began_at, ended_at, seconds, business_seconds, began_with, \
                ended_with from {SCHEMA}.facts where tenant_id = "
    ));
    sql.push_bind(context.tenant().as_uuid());
    sql.push(" and metric = ").push_bind(metric.word()).push(" and version = ").push_bind(version);
    listed(sql, ("ended_at", "began_with"), calendar, filter, page)
        .build()
        .fetch_all(&mut *reads.begin(context).await?)
        .await?
        .iter()
        .map(|row| Ok(fact(row)?))
        .collect()
}

/// A page of what `count` counts in the calendar's range, latest first, and one more if there is a next page.
///
/// # Errors
/// The database's.
pub async fn points(
    reads: &TenantReads,
    context: TenantContext,
    calendar: &Calendar,
    count: Count,
    filter: &Filter,
    page: PageRequest,
) -> Result<Vec<PointRow>, sqlx::Error> {
    // The channel stands with the conversation.
    let mut sql = QueryBuilder::new(format!(
        "select conversation_id, at, member_id, source, event_id from \
         (select p.*, c.channel_id from {SCHEMA}.points p join {SCHEMA}.conversations c using (conversation_id)) \
             as points \
         where tenant_id = "
    ));
    sql.push_bind(context.tenant().as_uuid()).push(" and counts_as = ").push_bind(count.word());
    listed(sql, ("at", "event_id"), calendar, filter, page)
        .build()
        .fetch_all(&mut *reads.begin(context).await?)
        .await?
        .iter()
        .map(point)
        .collect()
}

/// The range, the filter and the page of a list that is ordered by a time and an id.
fn listed(
    mut sql: QueryBuilder<'static, Postgres>,
    (at, id): (&str, &str),
    calendar: &Calendar,
    filter: &Filter,
    page: PageRequest,
) -> QueryBuilder<'static, Postgres> {
    let (from, to) = calendar.range();
    sql.push(format!(" and {at} >= ")).push_bind(jiff_sqlx::Timestamp::from(from));
    sql.push(format!(" and {at} < ")).push_bind(jiff_sqlx::Timestamp::from(to));
    filter.push(&mut sql);
    sql.push(format!(" and ({at}, {id}) < (")).push_bind(page.below_at()).push(", ").push_bind(page.below_id());
    sql.push(format!(") order by {at} desc, {id} desc limit ")).push_bind(page.limit());
    sql
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
