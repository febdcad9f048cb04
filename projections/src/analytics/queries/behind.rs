//! For every number the events behind it.

use std::ops::Range;

use jiff::Timestamp;
use leadflow_domain::lead::LeadSource;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::question::{BadQuestion, Filter, Source, known};
use crate::access::TenantQuery;
use crate::analytics::SCHEMA;
use crate::analytics::definitions::{Count, Distinct, Measure, Metric};
use crate::paging::{Column, Order};
use crate::word::{Word, read_maybe_word};
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// Some time, from a moment until before another.
pub type Span = Range<Timestamp>;

/// Which number's events are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// What it counts or measures.
    pub measure: Measure,
    /// By which version of its definition.
    pub version: i16,
    /// In which time.
    pub span: Span,
    /// What it is narrowed to.
    pub filter: Filter,
}

/// An event that a number rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// In which conversation.
    pub conversation: Uuid,
    /// When it counts; a duration does when it ended.
    pub at: Timestamp,
    /// To whom it is credited.
    pub member: Option<Uuid>,
    /// Where the lead came from.
    pub source: Option<LeadSource>,
    /// The event that tells of it; of a duration the one that it ended with.
    pub event: Uuid,
    /// The duration, where something is measured.
    pub measured: Option<Measured>,
}

/// A duration that was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// When it began.
    pub began_at: Timestamp,
    /// The event that it began with.
    pub began_with: Uuid,
    /// How many seconds.
    pub seconds: i64,
    /// How many of them the business was open; `None` unless it had a schedule all the while.
    pub business_seconds: Option<i64>,
}

impl EventRow {
    /// Its place in the list.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.at, self.measured.as_ref().map_or(self.event, |measured| measured.began_with))
    }
}

const LATEST_POINTS_FIRST: Order<'static> =
    Order { columns: &[Column::At("at"), Column::Id("event_id")], is_descending: true };

const LATEST_FACTS_FIRST: Order<'static> =
    Order { columns: &[Column::At("ended_at"), Column::Id("began_with")], is_descending: true };

/// A page of the events behind a number, latest first, and one more if there is more.
///
/// # Errors
/// [`BadQuestion`].
pub async fn behind(
    reads: &TenantReads,
    context: TenantContext,
    of: &Behind,
    page: PageRequest,
) -> Result<Vec<EventRow>, BadQuestion> {
    let (sql, read) = statement(context, of, &page)?;
    let rows = reads.rows(sql).await?;
    Ok(page.in_order(rows).iter().map(read).collect::<Result<_, _>>()?)
}

/// How Postgres would read such a page, line by line.
///
/// # Errors
/// [`BadQuestion`].
#[cfg(feature = "testing")]
pub async fn explain_behind(
    reads: &TenantReads,
    context: TenantContext,
    of: &Behind,
    page: PageRequest,
) -> Result<Vec<String>, BadQuestion> {
    Ok(reads.plan(statement(context, of, &page)?.0).await?)
}

/// How a row of a page is read.
type Read = fn(&PgRow) -> Result<EventRow, sqlx::Error>;

fn statement(
    context: TenantContext,
    of: &Behind,
    page: &PageRequest,
) -> Result<(TenantQuery<'static>, Read), BadQuestion> {
    Ok(match facts(of) {
        Err(count) => (points(context, count, of, page), point),
        Ok(facts) => {
            let columns = "conversation_id, member_id, source, began_at, ended_at, seconds, business_seconds, \
                           began_with, ended_with";
            let mut sql = facts.select(context, columns, of)?;
            page.push(&mut sql, &LATEST_FACTS_FIRST);
            (sql, fact)
        }
    })
}

/// How many events are behind a number.
///
/// # Errors
/// [`BadQuestion`].
pub async fn count_behind(reads: &TenantReads, context: TenantContext, of: &Behind) -> Result<i64, BadQuestion> {
    let sql = match facts(of) {
        Err(count) => {
            let source = Source::counts(context.sight());
            let mut sql = source.select(context, "coalesce(sum(number), 0)::bigint");
            sql.push(" and counts_as = ").push_bind(count.word());
            narrow(&mut sql, source.at, of);
            sql
        }
        Ok(facts) => facts.select(context, "count(*)", of)?,
    };
    Ok(reads.value(sql).await?)
}

/// Which facts a number is of.
struct Facts {
    metric: Metric,
    version: i16,
    /// Only where there is a contact.
    of_contacts: bool,
}

/// The facts that a number is of, or the count that it is.
fn facts(of: &Behind) -> Result<Facts, Count> {
    let cycles = Facts { metric: Metric::CycleResolutionTime, version: 1, of_contacts: false };
    match of.measure {
        Measure::Count(count) => Err(count),
        Measure::Distinct(Distinct::ConversationsResolved) => Ok(cycles),
        Measure::Distinct(Distinct::ContactsServed) => Ok(Facts { of_contacts: true, ..cycles }),
        Measure::Duration(metric) => Ok(Facts { metric, version: of.version, of_contacts: false }),
    }
}

impl Facts {
    fn select(&self, context: TenantContext, columns: &str, of: &Behind) -> Result<TenantQuery<'static>, BadQuestion> {
        known(self.metric, self.version)?;
        let source = Source::facts();
        let mut sql = source.select(context, columns);
        sql.push(" and metric = ").push_bind(self.metric.word()).push(" and version = ").push_bind(self.version);
        narrow(&mut sql, source.at, of);
        if self.of_contacts {
            sql.push(format!(
                " and exists (select from {SCHEMA}.conversations c \
                              where c.conversation_id = facts.conversation_id and c.contact_id is not null)"
            ));
        }
        Ok(sql)
    }
}

fn points(context: TenantContext, count: Count, of: &Behind, page: &PageRequest) -> TenantQuery<'static> {
    let source = Source::points();
    let mut sql = source.select(context, "conversation_id, at, member_id, source, event_id");
    sql.push(" and counts_as = ").push_bind(count.word());
    narrow(&mut sql, source.at, of);
    page.push(&mut sql, &LATEST_POINTS_FIRST);
    sql
}

fn narrow(sql: &mut TenantQuery<'static>, at: &str, of: &Behind) {
    sql.push(format!(" and {at} >= ")).push_bind(jiff_sqlx::Timestamp::from(of.span.start));
    sql.push(format!(" and {at} < ")).push_bind(jiff_sqlx::Timestamp::from(of.span.end));
    of.filter.push(sql);
}

fn time(row: &PgRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    Ok(row.try_get::<jiff_sqlx::Timestamp, _>(column)?.to_jiff())
}

fn fact(row: &PgRow) -> Result<EventRow, sqlx::Error> {
    Ok(EventRow {
        conversation: row.try_get("conversation_id")?,
        at: time(row, "ended_at")?,
        member: row.try_get("member_id")?,
        source: read_maybe_word(row, "source")?,
        event: row.try_get("ended_with")?,
        measured: Some(Measured {
            began_at: time(row, "began_at")?,
            began_with: row.try_get("began_with")?,
            seconds: row.try_get("seconds")?,
            business_seconds: row.try_get("business_seconds")?,
        }),
    })
}

fn point(row: &PgRow) -> Result<EventRow, sqlx::Error> {
    Ok(EventRow {
        conversation: row.try_get("conversation_id")?,
        at: time(row, "at")?,
        member: row.try_get("member_id")?,
        source: read_maybe_word(row, "source")?,
        event: row.try_get("event_id")?,
        measured: None,
    })
}
