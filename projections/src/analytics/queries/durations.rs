//! How long.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::question::{Answer, BadQuestion, Question, Source, answers, bucketed, grouped, known};
use crate::analytics::definitions::Metric;
use crate::word::Word;
use crate::{TenantContext, TenantReads};

/// What durations come to, in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// How many there are.
    pub count: i64,
    /// Their sum.
    pub total: i64,
    /// Their mean.
    pub mean: Option<f64>,
    /// What half of them don't exceed; between two of them it is interpolated, as all percentiles are.
    pub median: Option<f64>,
    /// What nine in ten don't exceed.
    pub p90: Option<f64>,
    /// What 95 in a hundred don't exceed.
    pub p95: Option<f64>,
    /// How many took under 1 hour, 1 to under 4, 4 to under 8, 8 to under 24, and 24 or more.
    pub distribution: [i64; 5],
}

/// Durations by the clock and by the hours in which the business was open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Durations {
    /// By the clock.
    pub clock: Figures,
    /// By business hours, of those that have a schedule all the while; `None` where none has.
    pub business: Option<Figures>,
}

/// What a statement selects of the column of seconds, each beginning with the prefix.
fn figures(prefix: &str, seconds: &str) -> String {
    format!(
        "count({seconds}) as {prefix}_count, coalesce(sum({seconds}), 0)::bigint as {prefix}_total, \
         avg({seconds})::float8 as {prefix}_mean, \
         percentile_cont(array[0.5, 0.9, 0.95]) within group (order by {seconds}::float8) as {prefix}_percentiles, \
         array[count(*) filter (where {seconds} < 3600), \
               count(*) filter (where {seconds} >= 3600 and {seconds} < 14400), \
               count(*) filter (where {seconds} >= 14400 and {seconds} < 28800), \
               count(*) filter (where {seconds} >= 28800 and {seconds} < 86400), \
               count(*) filter (where {seconds} >= 86400)] as {prefix}_distribution"
    )
}

/// What each of `asked` came to in each bucket, by the version of its definition: an answer for each, in their order, by one
/// statement. A duration counts where it ended.
///
/// # Errors
/// [`BadQuestion`].
pub async fn durations(
    reads: &TenantReads,
    context: TenantContext,
    question: &Question<'_>,
    asked: &[(Metric, i16)],
) -> Result<Vec<Answer<Durations>>, BadQuestion> {
    if asked.is_empty() {
        return Ok(vec![]);
    }
    for (metric, version) in asked {
        known(*metric, *version)?;
    }
    let (words, versions): (Vec<&str>, Vec<i16>) =
        asked.iter().map(|(metric, version)| (metric.word(), *version)).unzip();
    let select = format!("{}, {}", figures("clock", "seconds"), figures("business", "business_seconds"));
    let mut sql = bucketed(context, question, &Source::facts(), &select);
    // The index finds the metrics; their versions are few.
    sql.push(" and metric = any(").push_bind(words.clone());
    sql.push(") and (metric, version) in (select * from unnest(").push_bind(words.clone());
    sql.push("::text[], ").push_bind(versions).push("::smallint[]))");
    grouped(&mut sql, question);
    let rows = reads.rows(sql).await?;
    Ok(answers(&rows, question, &words, |row| {
        let business = read(row, "business")?;
        Ok(Durations { clock: read(row, "clock")?, business: (business.count > 0).then_some(business) })
    })?)
}

fn read(row: &PgRow, prefix: &str) -> Result<Figures, sqlx::Error> {
    let column = |name: &str| format!("{prefix}_{name}");
    let percentiles: Vec<Option<f64>> =
        row.try_get::<Option<_>, _>(column("percentiles").as_str())?.unwrap_or_default();
    let percentile = |nth: usize| percentiles.get(nth).copied().flatten();
    let distribution: Vec<i64> = row.try_get(column("distribution").as_str())?;
    Ok(Figures {
        count: row.try_get(column("count").as_str())?,
        total: row.try_get(column("total").as_str())?,
        mean: row.try_get(column("mean").as_str())?,
        median: percentile(0),
        p90: percentile(1),
        p95: percentile(2),
        distribution: distribution.try_into().unwrap_or_default(),
    })
}
