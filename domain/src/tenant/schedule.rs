//! When a business is open: hours by the day of the week, other hours or none on some dates, in its time zone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday as JiffWeekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Hours;
use crate::Zone;

/// Most stretches of a day.
const MOST_A_DAY: usize = 8;

/// Most dates with hours of their own: some years of holidays.
pub const MOST_DATES: usize = 400;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "their names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<JiffWeekday> for Weekday {
    fn from(day: JiffWeekday) -> Self {
        match day {
            JiffWeekday::Monday => Self::Monday,
            JiffWeekday::Tuesday => Self::Tuesday,
            JiffWeekday::Wednesday => Self::Wednesday,
            JiffWeekday::Thursday => Self::Thursday,
            JiffWeekday::Friday => Self::Friday,
            JiffWeekday::Saturday => Self::Saturday,
            JiffWeekday::Sunday => Self::Sunday,
        }
    }
}

/// When a business is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Schedule {
    zone: Zone,
    week: BTreeMap<Weekday, Vec<Hours>>,
    dates: BTreeMap<Date, Vec<Hours>>,
}

/// Its stored form.
#[derive(Serialize, Deserialize)]
struct Written {
    zone: Zone,
    week: BTreeMap<Weekday, Vec<Hours>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dates: BTreeMap<Date, Vec<Hours>>,
}

/// Why it is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadSchedule {
    /// Two stretches of a day have some time in common.
    #[error("hours of one day overlap")]
    Overlap,
    /// Too many stretches in a day.
    #[error("a day has at most {MOST_A_DAY} stretches of hours")]
    TooManyADay,
    /// Too many dates.
    #[error("at most {MOST_DATES} dates have hours of their own")]
    TooManyDates,
    /// No hours at all: then there is no schedule.
    #[error("a schedule has hours on some day")]
    NeverOpen,
}

impl Schedule {
    /// Hours of a `week`, a day without being closed, and of single `dates`, which count instead of those of the week:
    /// none, for a holiday, or others.
    ///
    /// # Errors
    /// [`BadSchedule`].
    pub fn new(
        zone: Zone,
        week: impl IntoIterator<Item = (Weekday, Vec<Hours>)>,
        dates: impl IntoIterator<Item = (Date, Vec<Hours>)>,
    ) -> Result<Self, BadSchedule> {
        let mut days: BTreeMap<Weekday, Vec<Hours>> = BTreeMap::new();
        for (day, hours) in week {
            // Said twice, both count; closed is what is not said.
            days.entry(day).or_default().extend(hours);
        }
        days.retain(|_, hours| !hours.is_empty());
        let mut exceptions: BTreeMap<Date, Vec<Hours>> = BTreeMap::new();
        for (date, hours) in dates {
            exceptions.entry(date).or_default().extend(hours);
        }
        for hours in days.values_mut().chain(exceptions.values_mut()) {
            check(hours)?;
        }
        if exceptions.len() > MOST_DATES {
            return Err(BadSchedule::TooManyDates);
        }
        if days.is_empty() && exceptions.values().all(Vec::is_empty) {
            return Err(BadSchedule::NeverOpen);
        }
        Ok(Self { zone, week: days, dates: exceptions })
    }

    /// The business's time zone.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Its hours by the day of the week, in order; a day that is not there is closed.
    #[must_use]
    pub fn week(&self) -> &BTreeMap<Weekday, Vec<Hours>> {
        &self.week
    }

    /// Its hours on single dates, in order.
    #[must_use]
    pub fn dates(&self) -> &BTreeMap<Date, Vec<Hours>> {
        &self.dates
    }

    /// Its hours on `date`, in order.
    #[must_use]
    pub fn hours(&self, date: Date) -> &[Hours] {
        let own = self.dates.get(&date).or_else(|| self.week.get(&date.weekday().into()));
        own.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether it is open at a moment: from the first at which clocks show that it opens, until before the first at which
    /// they show that it closes.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let day = self.zone.rules().to_datetime(at).date();
        self.hours(day).iter().any(|hours| {
            let (opens, closes) = hours.on(day);
            let begun = self.zone.first_moment(opens).is_ok_and(|opens| opens <= at);
            // What is beyond the calendar never comes.
            begun && self.zone.first_moment(closes).map_or(true, |closes| at < closes)
        })
    }
}

/// Puts a day's hours in order.
fn check(hours: &mut [Hours]) -> Result<(), BadSchedule> {
    hours.sort_unstable();
    if hours.windows(2).any(|pair| pair[0].overlaps(pair[1])) {
        return Err(BadSchedule::Overlap);
    }
    if hours.len() > MOST_A_DAY { Err(BadSchedule::TooManyADay) } else { Ok(()) }
}

impl TryFrom<Written> for Schedule {
    type Error = BadSchedule;

    fn try_from(written: Written) -> Result<Self, BadSchedule> {
        Self::new(written.zone, written.week, written.dates)
    }
}

impl From<Schedule> for Written {
    fn from(Schedule { zone, week, dates }: Schedule) -> Self {
        Self { zone, week, dates }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;

    pub(in crate::tenant) fn hours(texts: &[&str]) -> Vec<Hours> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// Two stretches on Mondays, one on Tuesdays; closed on one Monday, and open for an hour on one Sunday.
    pub(in crate::tenant) fn shop() -> Schedule {
        let week =
            [(Weekday::Monday, hours(&["14:00-18:00", "09:00-13:00"])), (Weekday::Tuesday, hours(&["09:00-18:00"]))];
        let dates = [("2026-04-06".parse().unwrap(), vec![]), ("2026-12-20".parse().unwrap(), hours(&["10:00-11:00"]))];
        Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, dates).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{hours, shop};
    use super::*;

    fn of(week: Vec<(Weekday, Vec<Hours>)>, dates: Vec<(Date, Vec<Hours>)>) -> Result<Schedule, BadSchedule> {
        Schedule::new(Zone::parse("Europe/Rome").unwrap(), week, dates)
    }

    #[test]
    fn a_date_s_own_hours_count_instead_of_the_week_s() {
        let on = |date: &str| shop().hours(date.parse().unwrap()).to_vec();
        assert_eq!(on("2026-03-30"), hours(&["09:00-13:00", "14:00-18:00"]), "a Monday");
        assert_eq!(on("2026-04-01"), [], "a Wednesday");
        assert_eq!(on("2026-04-06"), [], "a holiday");
        assert_eq!(on("2026-12-20"), hours(&["10:00-11:00"]), "a Sunday before Christmas");
    }

    #[test]
    fn it_is_open_from_the_moment_it_opens_until_the_one_it_closes() {
        let open = |at: &str| shop().is_open(at.parse().unwrap());
        // Rome is two hours ahead of UTC in summer; 2026-03-30 is a Monday.
        for at in ["2026-03-30T07:00:00Z", "2026-03-30T10:59:59.999Z", "2026-03-30T12:00:00Z", "2026-12-20T09:30:00Z"] {
            assert!(open(at), "{at}");
        }
        for at in ["2026-03-30T06:59:59.999Z", "2026-03-30T11:00:00Z", "2026-03-30T16:00:00Z", "2026-04-06T08:00:00Z"] {
            assert!(!open(at), "{at}");
        }
    }

    #[test]
    fn where_clocks_are_put_back_it_closes_at_the_first_time_that_they_show_so() {
        let bar = of(vec![(Weekday::Sunday, hours(&["00:00-02:30"]))], vec![]).unwrap();
        let open = |at: &str| bar.is_open(at.parse().unwrap());
        assert!(open("2026-10-25T00:29:00Z") && !open("2026-10-25T00:30:00Z"));
        assert!(!open("2026-10-25T01:15:00Z"), "a clock shows 02:15 for the second time");
        let night = of(vec![(Weekday::Saturday, hours(&["22:00-24:00"]))], vec![]).unwrap();
        assert!(night.is_open("2026-08-01T21:59:59Z".parse().unwrap()));
        assert!(!night.is_open("2026-08-01T22:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_is_told_in_another_order_is_the_same() {
        let (one, other) = (hours(&["09:00-13:00", "14:00-18:00"]), hours(&["14:00-18:00", "09:00-13:00"]));
        let closed = (Weekday::Sunday, vec![]);
        assert_eq!(of(vec![(Weekday::Monday, one), closed], vec![]), of(vec![(Weekday::Monday, other)], vec![]));
    }

    #[test]
    fn hours_may_touch_and_not_overlap() {
        assert!(of(vec![(Weekday::Monday, hours(&["09:00-13:00", "13:00-18:00"]))], vec![]).is_ok());
        for texts in [["09:00-13:00", "12:59-18:00"], ["09:00-13:00", "09:00-13:00"], ["09:00-13:00", "10:00-11:00"]] {
            assert_eq!(of(vec![(Weekday::Monday, hours(&texts))], vec![]), Err(BadSchedule::Overlap));
            let day: Date = "2026-04-06".parse().unwrap();
            assert_eq!(of(vec![], vec![(day, hours(&texts))]), Err(BadSchedule::Overlap));
        }
        let twice = vec![(Weekday::Monday, hours(&["09:00-13:00"])), (Weekday::Monday, hours(&["12:00-14:00"]))];
        assert_eq!(of(twice, vec![]), Err(BadSchedule::Overlap));
    }

    #[test]
    fn it_is_bounded() {
        let minutes =
            |count: usize| (0..count).map(|nth| format!("{nth:02}:00-{nth:02}:01").parse().unwrap()).collect();
        assert!(of(vec![(Weekday::Monday, minutes(MOST_A_DAY))], vec![]).is_ok());
        assert_eq!(of(vec![(Weekday::Monday, minutes(MOST_A_DAY + 1))], vec![]), Err(BadSchedule::TooManyADay));
        let first: Date = "2026-01-01".parse().unwrap();
        let dates = |count: usize| first.series(jiff::ToSpan::day(1)).take(count).map(|day| (day, vec![])).collect();
        let week = || vec![(Weekday::Monday, minutes(1))];
        assert!(of(week(), dates(MOST_DATES)).is_ok());
        assert_eq!(of(week(), dates(MOST_DATES + 1)), Err(BadSchedule::TooManyDates));
    }

    #[test]
    fn who_is_never_open_has_no_schedule() {
        let christmas: Date = "2026-12-25".parse().unwrap();
        assert_eq!(of(vec![], vec![]), Err(BadSchedule::NeverOpen));
        assert_eq!(of(vec![(Weekday::Monday, vec![])], vec![(christmas, vec![])]), Err(BadSchedule::NeverOpen));
        assert!(of(vec![], vec![(christmas, hours(&["10:00-11:00"]))]).is_ok());
    }

    #[test]
    fn a_stored_one_is_checked_like_any_other() {
        let stored = serde_json::to_value(shop()).unwrap();
        assert_eq!(serde_json::from_value::<Schedule>(stored.clone()).unwrap(), shop());
        for (field, odd) in [
            ("zone", serde_json::json!("Europe/Atlantis")),
            ("week", serde_json::json!({"monday": ["13:00-09:00"]})),
            ("week", serde_json::json!({"monday": ["09:00-13:00", "12:00-14:00"]})),
            ("week", serde_json::json!({"someday": []})),
        ] {
            let mut stored = stored.clone();
            stored[field] = odd.clone();
            assert!(serde_json::from_value::<Schedule>(stored).is_err(), "{odd}");
        }
    }
}
