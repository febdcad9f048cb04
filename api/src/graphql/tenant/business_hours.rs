//! When the business is open.

use async_graphql::{Enum, SimpleObject};
use jiff::civil::Date;
use leadflow_domain::tenant::{Hours, MOST_DATES, Schedule};

/// When the business is open.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct BusinessHours {
    /// Where clocks show these hours: the IANA name of a time zone.
    time_zone: String,
    /// The hours of each day of the week, from Monday on; a day that is not there is closed.
    #[graphql(complexity = "1 + 7 * child_complexity")]
    week: Vec<WeekdayHours>,
    /// Dates with hours of their own, which count instead of those of the week, in order.
    #[graphql(complexity = "1 + MOST_DATES * child_complexity")]
    dates: Vec<DateHours>,
}

/// The hours of a day of the week.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct WeekdayHours {
    /// The day.
    weekday: Weekday,
    /// From when until when, in order, such as `09:00-13:00`; a day ends at `24:00`.
    hours: Vec<String>,
}

/// The hours of a date.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct DateHours {
    /// The date.
    date: Date,
    /// From when until when, in order, such as `09:00-13:00`; a day ends at `24:00`. None when it is closed.
    hours: Vec<String>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::tenant::Weekday")]
pub(in crate::graphql) enum Weekday {
    /// The first day of the week.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The seventh.
    Sunday,
}

impl From<&Schedule> for BusinessHours {
    fn from(schedule: &Schedule) -> Self {
        let spelled = |hours: &[Hours]| hours.iter().map(ToString::to_string).collect();
        let week = schedule.week().iter();
        let dates = schedule.dates().iter();
        Self {
            time_zone: schedule.zone().name().to_owned(),
            week: week.map(|(day, hours)| WeekdayHours { weekday: (*day).into(), hours: spelled(hours) }).collect(),
            dates: dates.map(|(date, hours)| DateHours { date: *date, hours: spelled(hours) }).collect(),
        }
    }
}
