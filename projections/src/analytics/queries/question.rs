//! What all questions have in common: what they are narrowed to, and what their answers are grouped by.

use std::collections::BTreeMap;

use leadflow_domain::ChannelId;
use leadflow_domain::lead::LeadSource;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use thiserror::Error;
use uuid::Uuid;

use crate::access::{self, TenantQuery};
use crate::analytics::definitions::Metric;
use crate::analytics::{Calendar, SCHEMA};
use crate::sight::Seen;
use crate::word::{Word, read_maybe_word};
use crate::{Sight, TenantContext};

/// Most values of an answer: a month of days of 20 members, of a dozen numbers.
const MOST_VALUES: usize = 8_000;

/// What is asked, of one number or of several.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The time, and what it is cut into.
    pub calendar: &'a Calendar,
    /// What it is narrowed to.
    pub filter: Filter,
    /// What its answers are grouped by.
    pub group_by: GroupBy,
    /// Whether each series has a total: medians and distinct ones of all the time can't be made of its parts'.
    pub totals: bool,
    /// How many numbers the whole answer is of: each may have as many values as the others.
    pub of: usize,
}

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
    /// The value of all the time, if it was asked for.
    pub total: Option<T>,
    /// One for each bucket.
    pub values: Vec<T>,
}

/// A series for each group that has something, in the order of groups; ungrouped there is always one.
pub type Answer<T> = Result<Vec<Series<T>>, TooMuch>;

/// It is grouped by what has too many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "an answer has at most {MOST_VALUES} values, as many for each of its metrics: ask for less time, for longer intervals, for \
     fewer metrics or for fewer groups"
)]
pub struct TooMuch;

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

impl Question<'_> {
    /// Most values of each number.
    fn most(&self) -> usize {
        MOST_VALUES / self.of.max(1)
    }

    /// Whether totals are rows of their own: one bucket is its own total.
    fn adds_totals(&self) -> bool {
        self.totals && self.calendar.buckets().len() > 1
    }
}

/// Which rows an answer is made of: a column that names what a row is of, the table and its column of times, and who sees it.
pub(super) struct Source {
    what: &'static str,
    table: String,
    pub(super) at: &'static str,
    seen: Seen<'static>,
}

impl Source {
    /// What was measured.
    pub(super) fn facts() -> Self {
        Self { what: "metric", table: format!("{SCHEMA}.facts"), at: "ended_at", seen: Seen::WithConversation("facts") }
    }

    /// What was counted, the `number` of each added up. Of the tenant's sums nothing can be told of whoever sees a part of her:
    /// its points are counted anew.
    pub(super) fn counts(sight: Sight) -> Self {
        match sight {
            Sight::Everything => Self {
                what: "counts_as",
                table: format!("{SCHEMA}.counts"),
                at: "quarter",
                seen: Seen::WithAll("counts"),
            },
            Sight::Team { .. } | Sight::Own { .. } | Sight::Nothing => Self::points(),
        }
    }

    /// What was counted, one by one. The channel is the conversation's: as a join it would have all of a tenant's points made and
    /// sorted.
    pub(super) fn points() -> Self {
        Self {
            what: "counts_as",
            table: format!(
                "(select p.*, 1 as number, (select c.channel_id from {SCHEMA}.conversations c \
                                            where c.conversation_id = p.conversation_id) as channel_id \
                  from {SCHEMA}.points p) as points"
            ),
            at: "at",
            seen: Seen::WithConversation("points"),
        }
    }

    /// Begins a statement of `columns`.
    pub(super) fn select(&self, context: TenantContext, columns: &str) -> TenantQuery<'static> {
        access::select(context, format!("select {columns} from {}", self.table)).where_seen(self.seen)
    }
}

/// Begins a statement for the buckets in which the times of `source` lie: `select` stands after what the row is of, the bucket and
/// the group.
pub(super) fn bucketed(
    context: TenantContext,
    question: &Question<'_>,
    source: &Source,
    select: &str,
) -> TenantQuery<'static> {
    let (Source { what, table, at, seen }, of) = (source, question.group_by.column());
    let (from, to) = question.calendar.range();
    let mut sql = access::select(context, format!("select * from (select {what} as what, width_bucket({at}, "));
    sql.push_bind(question.calendar.starts()).push(format!(
        ") as bucket, {of} as of, {select}, row_number() over (partition by {what}) as nth from {table}"
    ));
    let mut sql = sql.where_seen(*seen);
    sql.push(format!(" and {at} >= "))
        .push_bind(jiff_sqlx::Timestamp::from(from))
        .push(format!(" and {at} < "))
        .push_bind(jiff_sqlx::Timestamp::from(to));
    question.filter.push(&mut sql);
    sql
}

/// Ends a statement: a row for each number, bucket and group in which there is something, and one without a bucket for each
/// total. Of what is split, one row more than a number has values and totals is enough to know that they are too many.
pub(super) fn grouped(sql: &mut QueryBuilder<'_, Postgres>, question: &Question<'_>) {
    let by = if question.adds_totals() { "grouping sets ((1, 2, 3), (1, 3))" } else { "1, 2, 3" };
    sql.push(format!(" group by {by}) as numbers"));
    match question.group_by {
        GroupBy::Nothing => {}
        GroupBy::Channel | GroupBy::Member | GroupBy::Source => {
            sql.push(format!(" where nth <= {}", 2 * question.most() + 1));
        }
    }
}

/// The answer for each of `asked`, the words that say what rows are of.
pub(super) fn answers<T: Clone + Default>(
    rows: &[PgRow],
    question: &Question<'_>,
    asked: &[&str],
    value: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
) -> Result<Vec<Answer<T>>, sqlx::Error> {
    let buckets = question.calendar.buckets().len();
    let empty = |group| Series { group, total: question.totals.then(T::default), values: vec![T::default(); buckets] };
    let mut answers: Vec<BTreeMap<Group, Series<T>>> = vec![BTreeMap::new(); asked.len()];
    for row in rows {
        let (what, group) = (row.try_get::<&str, _>("what")?, question.group_by.group(row)?);
        let Some(answer) = asked.iter().position(|asked| *asked == what).and_then(|nth| answers.get_mut(nth)) else {
            continue;
        };
        let series = answer.entry(group).or_insert_with(|| empty(group));
        match row.try_get::<Option<i32>, _>("bucket")? {
            None => series.total = Some(value(row)?),
            Some(bucket) => {
                let nth = usize::try_from(bucket).ok().and_then(|nth| nth.checked_sub(1));
                if let Some(slot) = nth.and_then(|nth| series.values.get_mut(nth)) {
                    *slot = value(row)?;
                }
            }
        }
    }
    Ok(answers.into_iter().map(|answer| finish(answer, question, empty)).collect())
}

fn finish<T: Clone>(
    mut answer: BTreeMap<Group, Series<T>>,
    question: &Question<'_>,
    empty: impl Fn(Group) -> Series<T>,
) -> Answer<T> {
    match question.group_by {
        GroupBy::Nothing => {
            answer.entry(Group::Everything).or_insert_with(|| empty(Group::Everything));
        }
        GroupBy::Channel | GroupBy::Member | GroupBy::Source => {
            if answer.len() * question.calendar.buckets().len() > question.most() {
                return Err(TooMuch);
            }
        }
    }
    let mut series: Vec<Series<T>> = answer.into_values().collect();
    if question.totals && !question.adds_totals() {
        for series in &mut series {
            series.total = series.values.first().cloned();
        }
    }
    Ok(series)
}
