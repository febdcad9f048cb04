//! Days that a question is about.

use async_graphql::{Error, InputObject};
use jiff::civil::Date;

use super::failure::bad_input;

/// Most days of one question: a year and a day.
const MOST_DAYS: i32 = 366;

/// Days, both included, at most 366 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, InputObject)]
pub(super) struct DateRangeInput {
    /// The first day.
    from: Date,
    /// The last day; not before the first.
    to: Date,
}

impl DateRangeInput {
    /// The first and the last day.
    ///
    /// # Errors
    /// When they are the wrong way round, or too many.
    pub(super) fn days(self) -> Result<(Date, Date), Error> {
        let days = self.length();
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(bad_input("range", &format!("`range` must be 1 to {MOST_DAYS} days, not {days}")));
        }
        if !is_told_of(self.from) || !is_told_of(self.to) {
            return Err(bad_input("range", "`range` must lie in years 2 to 9998"));
        }
        Ok((self.from, self.to))
    }

    /// How many days to reckon with before it is known whether there are too many.
    pub(super) fn cost(self) -> usize {
        self.length().clamp(1, MOST_DAYS).unsigned_abs() as usize
    }

    fn length(self) -> i32 {
        (self.to - self.from).get_days() + 1
    }
}

/// Whether a day is one that the database and every time zone can tell of.
pub(super) fn is_told_of(day: Date) -> bool {
    (2..=9_998).contains(&day.year())
}

#[cfg(test)]
impl DateRangeInput {
    pub(super) fn of(from: Date, to: Date) -> Self {
        Self { from, to }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_range_is_of_a_year_at_most() {
        let from = date(2026, 1, 5);
        let of = |days: i32| DateRangeInput::of(from, from.saturating_add((days - 1).days()));
        for days in [1, 366] {
            assert!(of(days).days().is_ok(), "{days}");
            assert_eq!(of(days).cost(), usize::try_from(days).unwrap());
        }
        for days in [367, 0, -5, 500_000] {
            assert!(of(days).days().is_err(), "{days}");
            assert!((1..=366).contains(&of(days).cost()), "{days}");
        }
        for (day, is_told_of) in
            [(date(2, 1, 1), true), (date(9998, 12, 31), true), (date(1, 12, 31), false), (date(9999, 1, 1), false)]
        {
            assert_eq!(DateRangeInput::of(day, day).days().is_ok(), is_told_of, "{day}");
        }
    }
}
