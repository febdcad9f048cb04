//! Ranges of days in a time zone, and the quarters of hours, hours, days, weeks and months that they consist of there.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use leadflow_domain::{UnknownZone, Zone};
use thiserror::Error;

/// Most buckets of a question: two weeks of quarters of hours, two months of hours, years of days.
const MOST_BUCKETS: usize = 1_500;

/// Every offset of today's zones is a number of quarters of an hour, so each hour begins at one.
const QUARTER: i64 = 15 * 60;

/// When the quarter of an hour begins in which `at` is: every zone's hours and days are made of them.
pub(super) fn quarter(at: Timestamp) -> Timestamp {
    let into = at.as_second().rem_euclid(QUARTER);
    Timestamp::from_second(at.as_second() - into).unwrap_or(at)
}

/// What a range is cut into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interval {
    /// Quarters of an hour.
    QuarterHour,
    /// Hours as clocks show them. One that clocks show twice is two.
    Hour,
    /// Days, of 23 to 25 hours where clocks change.
    Day,
    /// Weeks from Monday on.
    Week,
    /// Months.
    Month,
    /// All of it at once.
    Whole,
}

/// Why a range is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadRange {
    /// There is no such time zone.
    #[error(transparent)]
    UnknownZone(#[from] UnknownZone),
    /// It ends before it begins.
    #[error("a range ends on the day it begins on, or later")]
    Backwards,
    /// There is too much of it.
    #[error("a range has at most {MOST_BUCKETS} quarters of hours, hours, days, weeks or months")]
    TooLong,
    /// It is beyond what can be told of.
    #[error("a range lies in years 2 to 9998")]
    OutOfCalendar,
    /// The zone had no such day: its clocks were put forward by all of it.
    #[error("the time zone passed over this day")]
    Skipped,
}

/// A range of days in a time zone, cut into buckets. The first and the last may be cut by the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Where each bucket begins; the last one's end beside them.
    edges: Vec<Timestamp>,
}

impl Calendar {
    /// The days from `from` to `to`, both included, as they are in `zone`.
    ///
    /// # Errors
    /// [`BadRange`].
    pub fn new(zone: &str, from: Date, to: Date, interval: Interval) -> Result<Self, BadRange> {
        let zone = Zone::parse(zone)?;
        if to < from {
            return Err(BadRange::Backwards);
        }
        // In the first year a zone that is ahead begins before what Postgres holds.
        if from.year() < 2 || to.year() > 9_998 {
            return Err(BadRange::OutOfCalendar);
        }
        let end = to.tomorrow().map_err(|_| BadRange::OutOfCalendar)?;
        let midnight = |day: Date| zone.first_moment(day.at(0, 0, 0, 0)).map_err(|_| BadRange::OutOfCalendar);
        let mut edges = match interval {
            Interval::Whole => vec![midnight(from)?],
            Interval::QuarterHour => quarters(midnight(from)?, midnight(end)?)?,
            Interval::Hour => hours(&zone, midnight(from)?, midnight(end)?)?,
            Interval::Day | Interval::Week | Interval::Month => {
                let mut edges = Vec::new();
                let mut day = from;
                while day < end {
                    edges.push(midnight(day)?);
                    day = next(day, interval)?;
                    bounded(&edges)?;
                }
                edges
            }
        };
        edges.push(midnight(end)?);
        // A day that the zone passed over is as long as nothing.
        edges.dedup();
        if edges.len() < 2 { Err(BadRange::Skipped) } else { Ok(Self { edges }) }
    }

    /// When each bucket begins.
    #[must_use]
    pub fn buckets(&self) -> &[Timestamp] {
        self.edges.split_last().map_or(&[], |(_, buckets)| buckets)
    }

    /// When the range begins, and when it is over.
    #[must_use]
    pub fn range(&self) -> (Timestamp, Timestamp) {
        let edge = |edge: Option<&Timestamp>| edge.copied().unwrap_or_default();
        (edge(self.edges.first()), edge(self.edges.last()))
    }

    pub(super) fn starts(&self) -> Vec<jiff_sqlx::Timestamp> {
        self.buckets().iter().copied().map(jiff_sqlx::Timestamp::from).collect()
    }
}

fn bounded(edges: &[Timestamp]) -> Result<(), BadRange> {
    if edges.len() > MOST_BUCKETS { Err(BadRange::TooLong) } else { Ok(()) }
}

/// The day on which the bucket after that of `day` begins.
fn next(day: Date, interval: Interval) -> Result<Date, BadRange> {
    let into_week = day.weekday().to_monday_zero_offset();
    let next = match interval {
        Interval::QuarterHour | Interval::Hour | Interval::Day | Interval::Whole => day.checked_add(1.day()),
        Interval::Week => day.checked_add((7 - into_week).days()),
        Interval::Month => day.first_of_month().checked_add(1.month()),
    };
    next.map_err(|_| BadRange::OutOfCalendar)
}

/// One after the other: no clock is put forward or back by less.
fn quarters(from: Timestamp, to: Timestamp) -> Result<Vec<Timestamp>, BadRange> {
    let mut edges = vec![];
    let (mut second, end) = (from.as_second(), to.as_second());
    while second < end {
        edges.push(Timestamp::from_second(second).map_err(|_| BadRange::OutOfCalendar)?);
        bounded(&edges)?;
        second += QUARTER;
    }
    Ok(edges)
}

/// Where clocks begin to show another hour, or the same one again.
fn hours(zone: &Zone, from: Timestamp, to: Timestamp) -> Result<Vec<Timestamp>, BadRange> {
    let mut edges = vec![];
    let mut shown = None;
    let (mut second, end) = (from.as_second(), to.as_second());
    while second < end {
        let at = Timestamp::from_second(second).map_err(|_| BadRange::OutOfCalendar)?;
        let offset = zone.rules().to_offset(at);
        let clock = offset.to_datetime(at);
        let now = Some((clock.date(), clock.hour(), offset));
        if now != shown {
            edges.push(at);
            bounded(&edges)?;
        }
        shown = now;
        second += QUARTER;
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn starts(zone: &str, from: Date, to: Date, interval: Interval) -> Vec<String> {
        let calendar = Calendar::new(zone, from, to, interval).unwrap();
        calendar.buckets().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn days_are_those_of_the_zone_also_when_clocks_change() {
        assert_eq!(
            starts("Europe/Rome", date(2026, 3, 28), date(2026, 3, 30), Interval::Day),
            ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]
        );
        let calendar = Calendar::new("Europe/Rome", date(2026, 3, 29), date(2026, 3, 29), Interval::Day).unwrap();
        let (from, to) = calendar.range();
        assert_eq!(from.duration_until(to).as_hours(), 23);
        assert_eq!(
            starts("Asia/Kathmandu", date(2026, 3, 28), date(2026, 3, 28), Interval::Day),
            ["2026-03-27T18:15:00Z"]
        );
    }

    #[test]
    fn hours_are_those_that_clocks_show() {
        let day = |zone, day| starts(zone, day, day, Interval::Hour);
        assert_eq!(day("UTC", date(2026, 3, 29)).len(), 24);
        let spring = day("Europe/Rome", date(2026, 3, 29));
        assert_eq!(
            (spring.len(), spring[1].as_str(), spring[2].as_str()),
            (23, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z")
        );
        assert_eq!(day("Europe/Rome", date(2026, 10, 25)).len(), 25);
        // Half an hour back, at 2: from 01:30 on it is shown again.
        let lord_howe = day("Australia/Lord_Howe", date(2026, 4, 5));
        assert_eq!(lord_howe[1..4], ["2026-04-04T14:00:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z"]);
        assert_eq!(day("Asia/Kathmandu", date(2026, 3, 28))[1], "2026-03-27T19:15:00Z");
    }

    #[test]
    fn a_range_may_be_one_bucket() {
        let whole = Calendar::new("Europe/Rome", date(2026, 3, 28), date(2026, 3, 29), Interval::Whole).unwrap();
        let (from, to) = whole.range();
        assert_eq!(whole.buckets(), [from]);
        assert_eq!(from.duration_until(to).as_hours(), 47);
    }

    #[test]
    fn a_day_has_as_many_quarters_as_its_hours_have() {
        let day = |day| starts("Europe/Rome", day, day, Interval::QuarterHour);
        let spring = day(date(2026, 3, 29));
        assert_eq!(
            (spring.len(), spring[0].as_str(), spring[91].as_str()),
            (92, "2026-03-28T23:00:00Z", "2026-03-29T21:45:00Z")
        );
        assert_eq!((day(date(2026, 3, 30)).len(), day(date(2026, 10, 25)).len()), (96, 100));
    }

    #[test]
    fn weeks_begin_on_mondays_and_the_range_may_cut_them() {
        assert_eq!(
            starts("UTC", date(2026, 3, 28), date(2026, 4, 7), Interval::Week),
            ["2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z", "2026-04-06T00:00:00Z"]
        );
        assert_eq!(
            starts("UTC", date(2026, 1, 31), date(2026, 3, 1), Interval::Month),
            ["2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"]
        );
    }

    #[test]
    fn a_range_is_bounded() {
        let day = date(2026, 3, 28);
        let bad = |zone, from, to, interval| Calendar::new(zone, from, to, interval).unwrap_err();
        assert_eq!(bad("Europe/Atlantis", day, day, Interval::Day), BadRange::UnknownZone(UnknownZone));
        assert_eq!(bad("UTC", day, day.yesterday().unwrap(), Interval::Day), BadRange::Backwards);
        assert_eq!(bad("UTC", day, date(2031, 1, 1), Interval::Day), BadRange::TooLong);
        assert_eq!(bad("UTC", day, date(2026, 6, 1), Interval::Hour), BadRange::TooLong);
        assert_eq!(bad("UTC", day, date(9999, 1, 1), Interval::Month), BadRange::OutOfCalendar);
        assert_eq!(bad("UTC", date(1, 12, 31), day, Interval::Month), BadRange::OutOfCalendar);
    }

    #[test]
    fn no_range_begins_before_all_times() {
        for zone in ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"] {
            let (from, _) = Calendar::new(zone, date(2, 1, 1), date(2, 1, 1), Interval::Day).unwrap().range();
            assert!(from >= crate::Keyset::EARLIEST, "{zone}");
        }
    }

    #[test]
    fn a_day_that_a_zone_passed_over_is_none() {
        // Samoa went from the east of the date line to the west of it.
        let days = |interval| starts("Pacific/Apia", date(2011, 12, 29), date(2011, 12, 31), interval);
        assert_eq!(days(Interval::Day), ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"]);
        assert_eq!((days(Interval::Hour).len(), days(Interval::QuarterHour).len()), (48, 192));
        for interval in
            [Interval::QuarterHour, Interval::Hour, Interval::Day, Interval::Week, Interval::Month, Interval::Whole]
        {
            let skipped = Calendar::new("Pacific/Apia", date(2011, 12, 30), date(2011, 12, 30), interval);
            assert_eq!(skipped, Err(BadRange::Skipped), "{interval:?}");
        }
    }
}
