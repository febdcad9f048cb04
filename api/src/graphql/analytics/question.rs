//! What a report is asked, and what that costs.

use std::collections::HashSet;

use async_graphql::resolver_utils::EnumType;
use async_graphql::{Error, ID, InputObject, SimpleObject};
use leadflow_domain::ChannelId;
use leadflow_projections::analytics::{BadRange, Calendar, Filter, Group, GroupBy, Interval, Measure, Only};
use uuid::Uuid;

use super::words::{Metric, ReportDimension, ReportInterval};
use crate::graphql::date_range::DateRangeInput;
use crate::graphql::failure::bad_input;
use crate::graphql::global_id::{Kind, decode_as, encode};
use crate::graphql::lead::LeadSource;
use crate::graphql::spelling::spell;

/// Most metrics of one report.
const MOST_METRICS: usize = 12;

/// What a report that is split costs at least: how many groups there are is not known before it is read.
const SPLIT_COSTS: usize = 1_000;

/// Which definition of a metric answers, where not the first of its `versions` does.
#[derive(Debug, Clone, Copy, InputObject)]
pub(super) struct MetricDefinitionInput {
    /// One of those that are asked for.
    metric: Metric,
    /// One of its `versions`.
    version: i32,
}

/// What a report is narrowed to; all that is given must hold.
#[derive(Debug, InputObject, Default)]
pub(super) struct ReportFilterInput {
    /// One channel, by its global id.
    channel_id: Option<ID>,
    /// What is credited to one member: the id with which conversations are assigned, a uuid.
    member_id: Option<ID>,
    /// Leads from one source.
    source: Option<LeadSource>,
    /// What has none of these: no member where it is credited to nobody, no source where no lead had been captured.
    without: Option<Vec<ReportDimension>>,
}

/// What a series of a report is of. All are null where the report is not split.
#[derive(Debug, Clone, Default, SimpleObject)]
pub(super) struct ReportGroup {
    /// The channel's global id. Null where none was told, and unless the report is split by CHANNEL.
    channel_id: Option<ID>,
    /// The member's id. Null where it is credited to nobody, and unless the report is split by MEMBER.
    member_id: Option<ID>,
    /// Where the leads came from. Null where none had been captured, and unless the report is split by SOURCE.
    source: Option<LeadSource>,
}

/// A metric that is asked for, and the version of its definition that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) metric: Metric,
    pub(super) measure: Measure,
    pub(super) version: i16,
    pub(super) says: &'static str,
}

impl Asked {
    /// A metric by a version of its definition, or by the one that answers when none is asked for.
    ///
    /// # Errors
    /// When there is no such version.
    pub(super) fn new(metric: Metric, version: Option<i32>) -> Result<Self, Error> {
        let measure = metric.measure();
        let versions = measure.versions();
        let asked = version.map_or_else(|| versions.first().copied(), |version| i16::try_from(version).ok());
        let known = asked.and_then(|version| Some((version, measure.definition(version)?)));
        let (version, says) = known.ok_or_else(|| {
            bad_input("definition", &format!("`definition`: {} has versions {versions:?} only", spell(metric)))
        })?;
        Ok(Self { metric, measure, version, says })
    }
}

/// What is asked for, in its order.
pub(super) fn asked(metrics: &[Metric], definitions: &[MetricDefinitionInput]) -> Result<Vec<Asked>, Error> {
    let different = metrics.iter().collect::<HashSet<_>>().len();
    if different != metrics.len() || !(1..=MOST_METRICS).contains(&different) {
        return Err(bad_input("metrics", &format!("`metrics` must be 1 to {MOST_METRICS} metrics, each once")));
    }
    let of = |metric| definitions.iter().filter(move |definition| definition.metric == metric);
    if let Some(odd) = definitions.iter().find(|odd| !metrics.contains(&odd.metric) || of(odd.metric).count() > 1) {
        let metric = spell(odd.metric);
        return Err(bad_input(
            "definition",
            &format!("`definition` may say once how {metric} is defined, if that is asked for"),
        ));
    }
    metrics.iter().map(|metric| Asked::new(*metric, of(*metric).next().map(|definition| definition.version))).collect()
}

/// The days, cut.
pub(super) fn calendar(range: DateRangeInput, interval: ReportInterval, time_zone: &str) -> Result<Calendar, Error> {
    let (from, to) = range.days()?;
    Calendar::new(time_zone, from, to, interval.into()).map_err(|error| {
        let field = match error {
            BadRange::UnknownZone(_) => "timeZone",
            BadRange::Backwards | BadRange::TooLong | BadRange::OutOfCalendar | BadRange::Skipped => "range",
        };
        bad_input(field, &format!("`{field}`: {error}"))
    })
}

/// What a report costs: for each metric each time that the days are cut into, with what is selected of it.
pub(super) fn cost(
    range: DateRangeInput,
    interval: ReportInterval,
    metrics: &[Metric],
    split: Option<ReportDimension>,
    of_each: usize,
) -> usize {
    let days = range.cost();
    let buckets = match interval.into() {
        Interval::QuarterHour => days * 96,
        Interval::Hour => days * 24,
        Interval::Day => days,
        Interval::Week => days / 7 + 2,
        Interval::Month => days / 28 + 2,
        Interval::Whole => 1,
    };
    // More metrics than there are can't be asked for: they would be the same ones.
    let values = buckets * metrics.len().clamp(1, Metric::items().len());
    let cost = 1 + values.saturating_mul(of_each);
    if split.is_some() { cost.max(SPLIT_COSTS) } else { cost }
}

impl ReportFilterInput {
    pub(super) fn read(self) -> Result<Filter, Error> {
        let Self { channel_id, member_id, source, without } = self;
        let without = without.unwrap_or_default();
        let channel =
            channel_id.map(|id| decode_as(Kind::Channel, "channelId", &id).map(ChannelId::from_uuid)).transpose()?;
        Ok(Filter {
            channel: only(channel, without.contains(&ReportDimension::Channel), "channelId")?,
            member: only(
                member_id.map(|id| member(&id)).transpose()?,
                without.contains(&ReportDimension::Member),
                "memberId",
            )?,
            source: only(source.map(Into::into), without.contains(&ReportDimension::Source), "source")?,
        })
    }
}

fn only<T>(this: Option<T>, without: bool, field: &str) -> Result<Only<T>, Error> {
    match (this, without) {
        (None, false) => Ok(Only::Any),
        (None, true) => Ok(Only::Without),
        (Some(this), false) => Ok(Only::Of(this)),
        (Some(_), true) => Err(bad_input("filter", &format!("`filter` has `{field}` and wants what has none"))),
    }
}

/// The uuid of a member.
fn member(id: &ID) -> Result<Uuid, Error> {
    id.parse().map_err(|_| bad_input("memberId", "`memberId` must be a uuid"))
}

/// By what a report is split.
pub(super) fn group_by(split: Option<ReportDimension>) -> GroupBy {
    match split {
        None => GroupBy::Nothing,
        Some(ReportDimension::Channel) => GroupBy::Channel,
        Some(ReportDimension::Member) => GroupBy::Member,
        Some(ReportDimension::Source) => GroupBy::Source,
    }
}

impl From<Group> for ReportGroup {
    fn from(group: Group) -> Self {
        let none = Self::default();
        match group {
            Group::Everything => none,
            Group::Channel(channel) => {
                Self { channel_id: channel.map(|channel| encode(Kind::Channel, channel.as_uuid())), ..none }
            }
            Group::Member(member) => Self { member_id: member.map(ID::from), ..none },
            Group::Source(source) => Self { source: source.map(LeadSource::from), ..none },
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn range(days: i32) -> DateRangeInput {
        let from = date(2026, 1, 5);
        DateRangeInput::of(from, from.saturating_add(jiff::Span::new().days(days - 1)))
    }

    #[test]
    fn a_report_costs_what_it_is_cut_into() {
        for interval in
            [Interval::QuarterHour, Interval::Hour, Interval::Day, Interval::Week, Interval::Month, Interval::Whole]
        {
            for days in [1, 7, 14] {
                let cut = calendar(range(days), interval.into(), "UTC").unwrap().buckets().len();
                let one = cost(range(days), interval.into(), &[Metric::ReplyTime], None, 10);
                assert!((cut * 10..=(cut + 2) * 10 + 1).contains(&one), "{interval:?}, {days} days: {cut} for {one}");
                let two = cost(range(days), interval.into(), &[Metric::ReplyTime, Metric::MessagesIn], None, 10);
                assert_eq!(two - 1, 2 * (one - 1));
            }
        }
        let split =
            |of_each| cost(range(1), ReportInterval::Day, &[Metric::ReplyTime], Some(ReportDimension::Member), of_each);
        assert_eq!((split(2), split(5_000)), (1_000, 5_001));
        let many = vec![Metric::ReplyTime; 1_000_000];
        assert!(cost(range(1), ReportInterval::Day, &many, None, 1) < 100);
    }

    #[test]
    fn a_report_is_of_some_metrics_each_once() {
        let metrics = |metrics: &[Metric]| asked(metrics, &[]).map(|asked| asked.len());
        assert_eq!(metrics(&[Metric::MessagesIn, Metric::ReplyTime]).unwrap(), 2);
        let all: Vec<Metric> = Metric::items().iter().map(|item| item.value).collect();
        assert_eq!(metrics(&all[..12]).unwrap(), 12);
        for odd in [&[], &[Metric::MessagesIn, Metric::ReplyTime, Metric::MessagesIn][..], &all[..13]] {
            assert!(metrics(odd).unwrap_err().message.contains("each once"), "{odd:?}");
        }
    }

    #[test]
    fn only_definitions_that_there_are_can_be_asked_for() {
        let first = Metric::FirstResponseTime;
        let by = |metric, version| MetricDefinitionInput { metric, version };
        let version = |definitions: &[_]| asked(&[first], definitions).map(|asked| asked[0].version);
        assert_eq!(version(&[]).unwrap(), 1);
        assert_eq!(version(&[by(first, 2)]).unwrap(), 2);
        for odd in [0, 3, -1, 65_537, i32::MAX] {
            let refused = version(&[by(first, odd)]).unwrap_err().message;
            assert!(refused.contains("FIRST_RESPONSE_TIME has versions [1, 2]"), "{odd}: {refused}");
        }
        for odd in [[by(first, 1), by(first, 2)], [by(first, 1), by(Metric::ReplyTime, 1)]] {
            assert!(version(&odd).unwrap_err().message.contains("may say once"), "{odd:?}");
        }
    }
}
