//! How long a business was open between two moments, by the schedule that was valid at each.
//!
//! A stretch of hours begins and ends at the first moment at which clocks show that time ([`Zone::first_moment`]): where
//! they are put forward it is an hour shorter, where they are put back an hour longer.
//!
//! [`Zone::first_moment`]: crate::Zone::first_moment

use jiff::{Error, SignedDuration, Timestamp};

use super::Schedule;

/// A schedule from a moment until the next one, or that there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidFrom {
    /// From when on.
    pub at: Timestamp,
    /// Which; `None` where the business went back to none.
    pub schedule: Option<Schedule>,
}

/// When a business was open, over a stretch of time.
#[derive(Debug, Clone, Default)]
pub struct OpenHours {
    /// When a schedule was valid.
    known: Vec<Open>,
    /// When it was open, each with how long it had been open before.
    open: Vec<(Open, SignedDuration)>,
}

/// From a moment until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    from: Timestamp,
    to: Timestamp,
}

impl OpenHours {
    /// By the schedules of `history`, in their order, as far as it matters between `from` and `to`.
    ///
    /// # Errors
    /// That it is beyond what can be told of.
    pub fn over(history: &[ValidFrom], from: Timestamp, to: Timestamp) -> Result<Self, Error> {
        let mut hours = Self::default();
        for (nth, valid) in history.iter().enumerate() {
            let until = history.get(nth + 1).map_or(Timestamp::MAX, |next| next.at);
            let Some(schedule) = &valid.schedule else { continue };
            // What nothing follows is valid still, at its last moment too.
            if valid.at < until {
                hours.know(valid.at, until);
            }
            hours.open(schedule, valid.at.max(from), until.min(to))?;
        }
        Ok(hours)
    }

    /// How long it was open between two moments of the stretch; `None` unless a schedule was valid all the while.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Option<SignedDuration> {
        let known = self.known.iter().any(|known| known.from <= from && from < known.to && to <= known.to);
        known.then(|| self.until(to) - self.until(from))
    }

    fn know(&mut self, from: Timestamp, to: Timestamp) {
        match self.known.last_mut() {
            Some(last) if last.to == from => last.to = to,
            Some(_) | None => self.known.push(Open { from, to }),
        }
    }

    fn open(&mut self, schedule: &Schedule, from: Timestamp, to: Timestamp) -> Result<(), Error> {
        if from >= to {
            return Ok(());
        }
        let date = |at: Timestamp| schedule.zone().rules().to_datetime(at).date();
        let mut day = date(from);
        loop {
            for hours in schedule.hours(day) {
                let (opens, closes) = hours.on(day);
                let opens = schedule.zone().first_moment(opens)?.max(from);
                let closes = schedule.zone().first_moment(closes)?.min(to);
                if opens < closes {
                    let before = self.until(opens);
                    self.open.push((Open { from: opens, to: closes }, before));
                }
            }
            if day >= date(to) {
                return Ok(());
            }
            day = day.tomorrow()?;
        }
    }

    /// How long it was open before `at`.
    fn until(&self, at: Timestamp) -> SignedDuration {
        let begun = self.open.partition_point(|(open, _)| open.from < at);
        let Some((open, before)) = begun.checked_sub(1).and_then(|last| self.open.get(last)) else {
            return SignedDuration::ZERO;
        };
        *before + open.from.duration_until(at.min(open.to))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::super::schedule::samples::{hours, shop};
    use super::super::{Hours, Weekday};
    use super::*;
    use crate::Zone;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn valid(from: &str, schedule: Option<Schedule>) -> ValidFrom {
        ValidFrom { at: at(from), schedule }
    }

    fn always(schedule: Schedule) -> Vec<ValidFrom> {
        vec![valid("2026-01-01T00:00:00Z", Some(schedule))]
    }

    fn daily(zone: &str, open: &[&str], dates: Vec<(Date, Vec<Hours>)>) -> Schedule {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        let week = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday].map(|day| (day, hours(open)));
        Schedule::new(Zone::parse(zone).unwrap(), week, dates).unwrap()
    }

    fn minutes(history: &[ValidFrom], from: &str, to: &str) -> Option<i64> {
        let (from, to) = (at(from), at(to));
        let hours = OpenHours::over(history, from, to).unwrap();
        // A wider stretch tells the same of a part of it.
        let day = SignedDuration::from_hours(24 * 7);
        let wider = OpenHours::over(history, from - day, to + day).unwrap();
        assert_eq!(hours.between(from, to), wider.between(from, to));
        hours.between(from, to).map(|open| open.as_mins())
    }

    #[test]
    fn breaks_nights_and_closed_days_do_not_count() {
        let shop = always(shop());
        for (from, to, expected) in [
            // Rome is an hour ahead of UTC in winter, two in summer; 2026-03-30 is a Monday.
            ("2026-03-30T07:00:00Z", "2026-03-30T16:00:00Z", 8 * 60),
            ("2026-03-30T10:30:00Z", "2026-03-30T12:30:00Z", 60),
            ("2026-03-30T11:00:00Z", "2026-03-30T12:00:00Z", 0),
            ("2026-03-30T15:00:00Z", "2026-03-31T08:00:00Z", 120),
            ("2026-03-31T16:00:00Z", "2026-04-04T12:00:00Z", 0),
            ("2026-03-30T08:15:00Z", "2026-03-30T08:15:00Z", 0),
            ("2026-03-30T00:00:00Z", "2026-04-13T00:00:00Z", 2 * (8 + 9) * 60 - 8 * 60),
        ] {
            assert_eq!(minutes(&shop, from, to), Some(expected), "{from} to {to}");
        }
    }

    #[test]
    fn dates_have_hours_of_their_own() {
        let shop = always(shop());
        assert_eq!(minutes(&shop, "2026-04-06T00:00:00Z", "2026-04-06T22:00:00Z"), Some(0), "a Monday, a holiday");
        assert_eq!(minutes(&shop, "2026-12-20T00:00:00Z", "2026-12-20T23:00:00Z"), Some(60), "a Sunday");
    }

    #[test]
    fn a_night_in_which_clocks_change_is_an_hour_shorter_or_longer() {
        let bar = always(daily("Europe/Rome", &["00:00-04:00"], vec![]));
        assert_eq!(minutes(&bar, "2026-03-27T23:00:00Z", "2026-03-28T22:59:00Z"), Some(4 * 60));
        assert_eq!(minutes(&bar, "2026-03-28T23:00:00Z", "2026-03-29T21:59:00Z"), Some(3 * 60));
        assert_eq!(minutes(&bar, "2026-10-24T22:00:00Z", "2026-10-25T22:59:00Z"), Some(5 * 60));
        // By the clock it opens and closes while there is no such time.
        let odd = always(daily("Europe/Rome", &["01:00-02:30"], vec![]));
        assert_eq!(minutes(&odd, "2026-03-28T23:00:00Z", "2026-03-29T21:59:00Z"), Some(60));
    }

    #[test]
    fn a_day_that_is_open_all_day_has_the_day_s_hours() {
        let always_open = always(daily("Europe/Rome", &["00:00-24:00"], vec![]));
        assert_eq!(minutes(&always_open, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), Some(23 * 60));
        assert_eq!(minutes(&always_open, "2026-03-01T12:00:00Z", "2026-11-01T12:00:00Z"), Some(245 * 24 * 60));
        let havana = always(daily("America/Havana", &["00:00-24:00"], vec![]));
        assert_eq!(minutes(&havana, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"), Some(24 * 60));
    }

    #[test]
    fn each_time_goes_by_the_schedule_that_was_valid_then() {
        let history = vec![
            valid("2026-03-30T08:00:00Z", Some(daily("UTC", &["00:00-24:00"], vec![]))),
            valid("2026-03-30T10:00:00Z", Some(daily("UTC", &["10:30-11:00"], vec![]))),
            valid("2026-03-30T12:00:00Z", None),
            valid("2026-03-30T14:00:00Z", Some(daily("UTC", &["00:00-24:00"], vec![]))),
        ];
        for (from, to, expected) in [
            ("2026-03-30T09:00:00Z", "2026-03-30T12:00:00Z", Some(60 + 30)),
            ("2026-03-30T10:40:00Z", "2026-03-30T10:50:00Z", Some(10)),
            ("2026-03-30T11:30:00Z", "2026-03-30T12:00:00Z", Some(0)),
            // Not known all the while.
            ("2026-03-30T07:59:00Z", "2026-03-30T09:00:00Z", None),
            ("2026-03-30T11:00:00Z", "2026-03-30T12:01:00Z", None),
            ("2026-03-30T11:00:00Z", "2026-03-30T15:00:00Z", None),
            ("2026-03-30T12:30:00Z", "2026-03-30T12:30:00Z", None),
            ("2026-03-30T14:00:00Z", "2026-03-30T14:30:00Z", Some(30)),
        ] {
            assert_eq!(minutes(&history, from, to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn of_two_at_one_moment_the_later_one_counts() {
        let moment = "2026-03-30T08:00:00Z";
        let open = || Some(daily("UTC", &["00:00-24:00"], vec![]));
        let (from, to) = ("2026-03-30T09:00:00Z", "2026-03-30T10:00:00Z");
        assert_eq!(minutes(&[valid(moment, None), valid(moment, open())], from, to), Some(60));
        assert_eq!(minutes(&[valid(moment, open()), valid(moment, None)], from, to), None);
    }

    #[test]
    fn without_a_schedule_nothing_is_known() {
        assert_eq!(minutes(&[], "2026-03-30T09:00:00Z", "2026-03-30T10:00:00Z"), None);
    }
}
