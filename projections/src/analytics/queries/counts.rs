//! How many.

use sqlx::Row;

use super::question::{BadQuestion, Filter, GroupBy, Series, bucketed, grouped, series};
use crate::analytics::Calendar;
use crate::analytics::definitions::Count;
use crate::word::Word;
use crate::{TenantContext, TenantReads};

/// How many of `count` there were in each bucket.
///
/// # Errors
/// [`BadQuestion`].
pub async fn counts(
    reads: &TenantReads,
    context: TenantContext,
    calendar: &Calendar,
    count: Count,
    filter: &Filter,
    group_by: GroupBy,
) -> Result<Vec<Series<i64>>, BadQuestion> {
    let mut sql = bucketed(context, ("counts", "quarter"), "sum(number)::bigint as number", calendar, group_by);
    sql.push(" and counts_as = ").push_bind(count.word());
    filter.push(&mut sql);
    grouped(&mut sql);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    series(&rows, calendar, group_by, |row| row.try_get("number"))
}
