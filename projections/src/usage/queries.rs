//! What usage is asked. Every query takes the tenant's context and is one statement.
//!
//! It is the bill of the whole business: whoever may see it sees all of it (decision 15).

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use super::SCHEMA;
use super::words::UsageItem;
use crate::access::{TenantQuery, select};
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::{Word, read_word};
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// Names a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LineKey {
    /// The day of use, in UTC.
    pub day: Date,
    /// What is counted.
    pub item: UsageItem,
    /// Of messages of the business the provider's category; `None` while it has not said, and for all else.
    pub category: Option<String>,
    /// The day it is booked on: [`Self::day`], or a later one for a correction.
    pub booked_on: Date,
}

/// How much of one kind was used on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageLine {
    /// Of what, and when.
    pub key: LineKey,
    /// The number. A correction's may be negative.
    pub quantity: i64,
    /// How many rows it is the sum of: things counted, and taken back.
    pub rows: i64,
}

impl LineKey {
    /// Whether it corrects a day that had been closed.
    #[must_use]
    pub fn is_correction(&self) -> bool {
        self.booked_on != self.day
    }
}

/// What a line counts, or takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedRow {
    /// The message, conversation or contact.
    pub subject: Uuid,
    /// When it was used, by the provider's clock.
    pub at: Timestamp,
    /// 1, or -1 where a correction takes it from another category.
    pub quantity: i16,
    /// The event it rests on.
    pub event: Uuid,
    /// Where that event stands in the log.
    pub position: i64,
}

impl CountedRow {
    /// Its place in the list of a line.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.at, self.event)
    }
}

/// The lines of the days from `from` to `to`, both included, by day, item, category and booking.
///
/// # Errors
/// The database's.
pub async fn usage(
    reads: &TenantReads,
    context: TenantContext,
    from: Date,
    to: Date,
) -> Result<Vec<UsageLine>, sqlx::Error> {
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.counted k"));
    let mut sql = sql.where_seen(Seen::ByEverybody("k"));
    sql.push(" and day between ").push_bind(jiff_sqlx::Date::from(from));
    sql.push(" and ").push_bind(jiff_sqlx::Date::from(to)).push(SUMMED).push(" order by day, array_position(");
    sql.push_bind(UsageItem::ALL.iter().map(|item| item.word()).collect::<Vec<_>>());
    sql.push(", item), category, booked_on");
    reads.rows(sql).await?.iter().map(line).collect()
}

/// Those of the lines `keys` that there are, in no order.
///
/// # Errors
/// The database's.
pub async fn lines(
    reads: &TenantReads,
    context: TenantContext,
    keys: &[&LineKey],
) -> Result<Vec<UsageLine>, sqlx::Error> {
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.counted k"));
    let mut sql = sql.where_seen(Seen::ByEverybody("k"));
    sql.push(" and (day, item, category, booked_on) in (select * from ");
    push_keys(&mut sql, keys);
    sql.push(")").push(SUMMED);
    reads.rows(sql).await?.iter().map(line).collect()
}

const COLUMNS: &str = "day, item, category, booked_on, sum(quantity) as quantity, count(*) as rows";

/// What was corrected to and fro on one day comes to nothing, and is no line.
const SUMMED: &str = " group by day, item, category, booked_on having sum(quantity) <> 0";

fn push_keys(sql: &mut QueryBuilder<'_, Postgres>, keys: &[&LineKey]) {
    let date = |date: Date| jiff_sqlx::Date::from(date);
    sql.push("unnest(").push_bind(keys.iter().map(|key| date(key.day)).collect::<Vec<_>>()).push(", ");
    sql.push_bind(keys.iter().map(|key| key.item.word()).collect::<Vec<_>>()).push(", ");
    sql.push_bind(keys.iter().map(|key| key.category.clone().unwrap_or_default()).collect::<Vec<_>>()).push(", ");
    sql.push_bind(keys.iter().map(|key| date(key.booked_on)).collect::<Vec<_>>()).push(")");
}

const LATEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("at"), Column::Id("event_id")], is_descending: true };

/// For each of the lines `keys` a page of what it counts, and one more if there is more: lists of rows in the order of `keys`,
/// each latest first.
///
/// # Errors
/// The database's.
pub async fn counted(
    reads: &TenantReads,
    context: TenantContext,
    keys: &[&LineKey],
    page: PageRequest,
) -> Result<Vec<Vec<CountedRow>>, sqlx::Error> {
    let rows = reads.rows(pages(context, keys, &page)).await?;
    let mut counted: Vec<Vec<CountedRow>> = vec![vec![]; keys.len()];
    for row in rows {
        let nth = usize::try_from(row.try_get::<i64, _>("nth")?).ok().and_then(|nth| nth.checked_sub(1));
        if let Some(of_line) = nth.and_then(|nth| counted.get_mut(nth)) {
            of_line.push(counted_row(&row)?);
        }
    }
    for of_line in &mut counted {
        of_line.sort_unstable_by_key(|row| Reverse(row.keyset()));
    }
    Ok(counted)
}

/// How Postgres would read such pages, line by line.
///
/// # Errors
/// The database's.
#[cfg(feature = "testing")]
pub async fn explain_counted(
    reads: &TenantReads,
    context: TenantContext,
    keys: &[&LineKey],
    page: PageRequest,
) -> Result<Vec<String>, sqlx::Error> {
    reads.plan(pages(context, keys, &page)).await
}

fn pages(context: TenantContext, keys: &[&LineKey], page: &PageRequest) -> TenantQuery<'static> {
    let mut sql = select(context, "select line.nth, c.* from ");
    push_keys(&mut sql, keys);
    sql.push(format!(
        " with ordinality as line (day, item, category, booked_on, nth), \
         lateral (select subject, at, quantity, event_id, position from {SCHEMA}.counted k"
    ));
    let mut sql = sql.where_seen(Seen::ByEverybody("k"));
    sql.push(" and (k.day, k.item, k.category, k.booked_on) = (line.day, line.item, line.category, line.booked_on)");
    page.push(&mut sql, &LATEST_FIRST);
    sql.push(") c");
    sql
}

fn counted_row(row: &PgRow) -> Result<CountedRow, sqlx::Error> {
    Ok(CountedRow {
        subject: row.try_get("subject")?,
        at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
        quantity: row.try_get("quantity")?,
        event: row.try_get("event_id")?,
        position: row.try_get("position")?,
    })
}

fn line(row: &PgRow) -> Result<UsageLine, sqlx::Error> {
    let date = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<jiff_sqlx::Date, _>(column)?.to_jiff());
    let key = LineKey {
        day: date("day")?,
        item: read_word(row, "item")?,
        category: Some(row.try_get::<String, _>("category")?).filter(|category| !category.is_empty()),
        booked_on: date("booked_on")?,
    };
    Ok(UsageLine { key, quantity: row.try_get("quantity")?, rows: row.try_get("rows")? })
}
