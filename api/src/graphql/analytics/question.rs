//! What all reports are asked, and how their answers are cut.

use async_graphql::{Error, ID, InputObject, SimpleObject};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::ChannelId;
use leadflow_projections::analytics::{BadQuestion, Calendar, Filter, Group, GroupBy, Only, Span};
use uuid::Uuid;

use super::words::{ReportDimension, ReportInterval};
use crate::graphql::failure::{bad_input, internal, too_complex};
use crate::graphql::global_id::{Kind, decode_as, encode};
use crate::graphql::lead::LeadSource;

/// Most days of one report: a year and a day.
const MOST_DAYS: i32 = 366;

/// The longest time whose events are listed: a month in which clocks change. What is counted is found by its time alone, among
/// what all businesses do.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(32 * 24);

/// The days that a report is about.
#[derive(InputObject)]
pub(super) struct ReportRangeInput {
    /// The first day.
    from: Date,
    /// The last day, at most 366 days with the first.
    to: Date,
    /// Where they are days: the IANA name of a time zone, such as `Europe/Rome`.
    time_zone: String,
    /// What they are cut into.
    #[graphql(default_with = "ReportInterval::Day")]
    interval: ReportInterval,
}

/// What a report is narrowed to; all that is given must hold.
#[derive(InputObject, Default)]
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

impl ReportRangeInput {
    /// The days, cut.
    pub(super) fn calendar(&self) -> Result<Calendar, Error> {
        let days = self.days();
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(bad_input(&format!("`from` and `to` must be 1 to {MOST_DAYS} days, not {days}")));
        }
        Calendar::new(&self.time_zone, self.from, self.to, self.interval.into())
            .map_err(|error| bad_input(&format!("`range`: {error}")))
    }

    fn days(&self) -> i32 {
        (self.to - self.from).get_days() + 1
    }

    /// What a report over it costs: each time it is cut into, with what is selected of it.
    pub(super) fn cost(&self, of_each: usize) -> usize {
        let days = self.days().clamp(1, MOST_DAYS).unsigned_abs() as usize;
        let buckets = match self.interval {
            ReportInterval::QuarterHour => days * 96,
            ReportInterval::Hour => days * 24,
            ReportInterval::Day => days,
            ReportInterval::Week => days / 7 + 2,
            ReportInterval::Month => days / 28 + 2,
            ReportInterval::Whole => 1,
        };
        1 + buckets.saturating_mul(of_each)
    }
}

impl ReportFilterInput {
    pub(super) fn read(self) -> Result<Filter, Error> {
        let Self { channel_id, member_id, source, without } = self;
        let without = without.unwrap_or_default();
        let channel = channel_id.map(|id| decode_as(Kind::Channel, &id).map(ChannelId::from_uuid)).transpose()?;
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
        (Some(_), true) => Err(bad_input(&format!("`filter` has `{field}` and wants what has none"))),
    }
}

/// The uuid of a member.
pub(super) fn member(id: &ID) -> Result<Uuid, Error> {
    id.parse().map_err(|_| bad_input("`memberId` must be a uuid"))
}

/// A time whose events are listed.
pub(super) fn span(from: Timestamp, until: Timestamp) -> Result<Span, Error> {
    let length = from.duration_until(until);
    if length <= SignedDuration::ZERO || length > LONGEST_SPAN {
        return Err(bad_input("`until` must be after `from`, by 32 days at most"));
    }
    Ok(from..until)
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

/// Each value with the time that it is of: from when, until when, and what it came to.
pub(super) fn in_time<T>(calendar: &Calendar, values: Vec<T>) -> impl Iterator<Item = (Timestamp, Timestamp, T)> {
    let (_, end) = calendar.range();
    let starts = calendar.buckets();
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().copied().zip(ends).zip(values).map(|((from, until), value)| (from, until, value))
}

/// What to tell of a question that has no answer.
pub(super) fn failed(doing: &'static str, error: &BadQuestion) -> Error {
    match error {
        BadQuestion::NoSuchDefinition { .. } => bad_input(&error.to_string()),
        BadQuestion::TooMuch => too_complex(&error.to_string()),
        BadQuestion::Database(cause) => internal(doing, cause),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use leadflow_projections::analytics::Interval;

    use super::*;

    fn range(interval: ReportInterval, days: i32) -> ReportRangeInput {
        let from = date(2026, 1, 5);
        let to = from.saturating_add(jiff::Span::new().days(days - 1));
        ReportRangeInput { from, to, time_zone: "UTC".to_owned(), interval }
    }

    #[test]
    fn a_report_costs_what_it_is_cut_into() {
        for interval in
            [Interval::QuarterHour, Interval::Hour, Interval::Day, Interval::Week, Interval::Month, Interval::Whole]
        {
            for days in [1, 7, 14] {
                let range = range(interval.into(), days);
                let cut = range.calendar().unwrap().buckets().len();
                let cost = range.cost(10);
                assert!((cut * 10..=(cut + 2) * 10 + 1).contains(&cost), "{interval:?}, {days} days: {cut} for {cost}");
            }
        }
    }

    #[test]
    fn a_report_is_of_a_year_at_most() {
        assert!(range(ReportInterval::Day, 366).calendar().is_ok());
        for days in [367, 0, -5, 500_000] {
            let range = range(ReportInterval::Whole, days);
            assert!(range.calendar().is_err(), "{days}");
            assert!(range.cost(1) < 400);
        }
    }

    #[test]
    fn events_are_listed_of_a_month_at_most() {
        let from = Timestamp::UNIX_EPOCH;
        assert!(span(from, from + LONGEST_SPAN).is_ok());
        for until in [from, from - SignedDuration::from_secs(1), from + LONGEST_SPAN + SignedDuration::from_secs(1)] {
            assert!(span(from, until).is_err(), "{until}");
        }
        assert!(span(Timestamp::MIN, Timestamp::MAX).is_err());
    }
}
