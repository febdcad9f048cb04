//! What usage is asked. Every query takes the tenant's context and is one statement.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use super::SCHEMA;
use super::words::UsageItem;
use crate::paging::{Column, Order};
use crate::word::{Word, read_word};
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// How much of one kind was used on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageLine {
    /// The day of use, in UTC.
    pub day: Date,
    /// What is counted.
    pub item: UsageItem,
    /// Of messages of the business the provider's category; `None` while it has not said, and for all else.
    pub category: Option<String>,
    /// The day it is booked on: [`Self::day`], or a later one for a correction.
    pub booked_on: Date,
    /// The number. A correction's may be negative.
    pub quantity: i64,
}

impl UsageLine {
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
    // What was corrected to and fro on one day comes to nothing, and is no line.
    let sql = format!(
        "select day, item, category, booked_on, sum(quantity) as quantity from {SCHEMA}.counted \
         where tenant_id = $1 and day between $2 and $3 \
         group by day, item, category, booked_on having sum(quantity) <> 0 \
         order by day, array_position($4, item), category, booked_on"
    );
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(jiff_sqlx::Date::from(from))
        .bind(jiff_sqlx::Date::from(to))
        .bind(UsageItem::ALL.iter().map(|item| item.word()).collect::<Vec<_>>())
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().map(line).collect()
}

const LATEST_FIRST: Order<'static> =
    Order { columns: &[Column::At("at"), Column::Id("event_id")], is_descending: true };

/// A page of what `line` counts, latest first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn counted(
    reads: &TenantReads,
    context: TenantContext,
    line: &UsageLine,
    page: PageRequest,
) -> Result<Vec<CountedRow>, sqlx::Error> {
    let mut sql = of_line(context, "subject, at, quantity, event_id, position", line);
    page.push(&mut sql, &LATEST_FIRST);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    page.in_order(rows).iter().map(counted_row).collect()
}

/// How many rows `line` has: things counted and taken back.
///
/// # Errors
/// The database's.
pub async fn count_counted(reads: &TenantReads, context: TenantContext, line: &UsageLine) -> Result<i64, sqlx::Error> {
    let mut sql = of_line(context, "count(*)", line);
    sql.build_query_scalar().fetch_one(&mut *reads.begin(context).await?).await
}

fn of_line(context: TenantContext, columns: &str, line: &UsageLine) -> QueryBuilder<'static, Postgres> {
    let mut sql = QueryBuilder::new(format!("select {columns} from {SCHEMA}.counted where tenant_id = "));
    sql.push_bind(context.tenant().as_uuid());
    sql.push(" and day = ").push_bind(jiff_sqlx::Date::from(line.day));
    sql.push(" and item = ").push_bind(line.item.word());
    sql.push(" and category = ").push_bind(line.category.clone().unwrap_or_default());
    sql.push(" and booked_on = ").push_bind(jiff_sqlx::Date::from(line.booked_on));
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
    Ok(UsageLine {
        day: date("day")?,
        item: read_word(row, "item")?,
        category: Some(row.try_get::<String, _>("category")?).filter(|category| !category.is_empty()),
        booked_on: date("booked_on")?,
        quantity: row.try_get("quantity")?,
    })
}
