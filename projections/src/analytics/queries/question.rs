//! What all questions have in common: what they are narrowed to, and what their answers are grouped by.

use leadflow_domain::ChannelId;
use leadflow_domain::lead::LeadSource;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use thiserror::Error;
use uuid::Uuid;

use crate::TenantContext;
use crate::analytics::definitions::Metric;
use crate::analytics::{Calendar, SCHEMA};
use crate::word::{Word, read_maybe_word};

/// Most values of an answer: a month of days of 130 members.
const MOST_VALUES: usize = 4_000;

/// What a question is narrowed to; all that is given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// The channel.
    pub channel: Only<ChannelId>,
    /// The member to whom it is credited.
    pub member: Only<Uuid>,
    /// Where the lead came from.
    pub source: Only<LeadSource>,
}

/// What one thing of a question is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Only<T> {
    /// To nothing.
    #[default]
    Any,
    /// To what has none.
    Without,
    /// To this one.
    Of(T),
}

/// What an answer is grouped by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// Not at all: the tenant as a whole.
    #[default]
    Nothing,
    /// The channel.
    Channel,
    /// The member to whom it is credited.
    Member,
    /// Where the lead came from.
    Source,
}

/// Which group a series is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All of the tenant's.
    Everything,
    /// A channel's.
    Channel(Option<ChannelId>),
    /// A member's; nobody's, where it was assigned to nobody.
    Member(Option<Uuid>),
    /// Of a source; of none, where no lead had been captured.
    Source(Option<LeadSource>),
}

/// A value for each bucket of the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<T> {
    /// Whose.
    pub group: Group,
    /// One for each bucket.
    pub values: Vec<T>,
}

/// Why a question can't be answered.
#[derive(Debug, Error)]
pub enum BadQuestion {
    /// The metric has no such version.
    #[error("{} has no definition of version {version}", .metric.word())]
    NoSuchDefinition {
        /// Which metric.
        metric: Metric,
        /// Which version.
        version: i16,
    },
    /// It is grouped by what has too many values.
    #[error("an answer has at most {MOST_VALUES} values: ask for less time, for longer intervals, or for fewer groups")]
    TooMuch,
    /// The database's.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// That `metric` is measured by `version` of its definition.
pub(super) fn known(metric: Metric, version: i16) -> Result<(), BadQuestion> {
    let is_known = metric.versions().contains(&version);
    if is_known { Ok(()) } else { Err(BadQuestion::NoSuchDefinition { metric, version }) }
}

impl Filter {
    pub(super) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        push(sql, "channel_id", self.channel, ChannelId::as_uuid);
        push(sql, "member_id", self.member, |member| member);
        push(sql, "source", self.source, Word::word);
    }
}

fn push<'q, T, V: sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres> + 'q>(
    sql: &mut QueryBuilder<'q, Postgres>,
    column: &str,
    only: Only<T>,
    value: fn(T) -> V,
) {
    match only {
        Only::Any => {}
        Only::Without => {
            sql.push(format!(" and {column} is null"));
        }
        Only::Of(this) => {
            sql.push(format!(" and {column} = ")).push_bind(value(this));
        }
    }
}

impl GroupBy {
    /// Names the group in a row.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Nothing => "null::uuid",
            Self::Channel => "channel_id",
            Self::Member => "member_id",
            Self::Source => "source",
        }
    }

    pub(super) fn group(self, row: &PgRow) -> Result<Group, sqlx::Error> {
        Ok(match self {
            Self::Nothing => Group::Everything,
            Self::Channel => Group::Channel(row.try_get::<Option<Uuid>, _>("of")?.map(ChannelId::from_uuid)),
            Self::Member => Group::Member(row.try_get("of")?),
            Self::Source => Group::Source(read_maybe_word(row, "of")?),
        })
    }
}

/// Begins a question for the buckets of `calendar` in which `at`, a column of `table`, lies: `select` stands after the
/// bucket and the group.
pub(super) fn bucketed(
    context: TenantContext,
    (table, at): (&str, &str),
    select: &str,
    calendar: &Calendar,
    group_by: GroupBy,
) -> QueryBuilder<'static, Postgres> {
    let (from, to) = calendar.range();
    let mut sql = QueryBuilder::new(format!("select width_bucket({at}, "));
    sql.push_bind(calendar.starts())
        .push(format!(") as bucket, {} as of, {select} from {SCHEMA}.{table} where tenant_id = ", group_by.column()))
        .push_bind(context.tenant().as_uuid())
        .push(format!(" and {at} >= "))
        .push_bind(jiff_sqlx::Timestamp::from(from))
        .push(format!(" and {at} < "))
        .push_bind(jiff_sqlx::Timestamp::from(to));
    sql
}

/// Ends a question: a row for each bucket and group in which there is something. One row more than an answer has values is
/// enough to know that they are too many.
pub(super) fn grouped(sql: &mut QueryBuilder<'_, Postgres>) {
    sql.push(format!(" group by 1, 2 limit {}", MOST_VALUES + 1));
}

/// A series for each group that the rows show, in the order of groups; ungrouped there is always one.
pub(super) fn series<T: Clone + Default>(
    rows: &[PgRow],
    calendar: &Calendar,
    group_by: GroupBy,
    value: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
) -> Result<Vec<Series<T>>, BadQuestion> {
    let buckets = calendar.buckets().len();
    let empty = || vec![T::default(); buckets];
    let mut series: Vec<Series<T>> = match group_by {
        GroupBy::Nothing => vec![Series { group: Group::Everything, values: empty() }],
        GroupBy::Channel | GroupBy::Member | GroupBy::Source => vec![],
    };
    for row in rows {
        let group = group_by.group(row)?;
        let place = match series.iter().position(|known| known.group == group) {
            Some(place) => place,
            None if (series.len() + 1) * buckets > MOST_VALUES => return Err(BadQuestion::TooMuch),
            None => {
                series.push(Series { group, values: empty() });
                series.len() - 1
            }
        };
        let bucket = usize::try_from(row.try_get::<i32, _>("bucket")?).ok().and_then(|nth| nth.checked_sub(1));
        let values = series.get_mut(place).map(|series| &mut series.values);
        if let Some(slot) = values.zip(bucket).and_then(|(values, bucket)| values.get_mut(bucket)) {
            *slot = value(row)?;
        }
    }
    series.sort_by_key(|series| series.group);
    Ok(series)
}
