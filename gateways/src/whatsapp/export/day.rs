//! Days as they are written: three numbers, in an order that the text does not say.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The year in which WhatsApp began: no message is older.
pub const FIRST_YEAR: u16 = 2009;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// With its century.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Day {
    /// The day, if the calendar has it.
    #[must_use]
    pub fn new(year: u16, month: u16, day: u16) -> Option<Self> {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u16::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => return None,
        };
        let day = u8::try_from(day).ok().filter(|_| (1..=days).contains(&day))?;
        Some(Self { year, month: u8::try_from(month).ok()?, day })
    }
}

/// In which order a day's numbers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/23.
    DayMonthYear,
    /// 12/31/23.
    MonthDayYear,
    /// 2023-12-31.
    YearMonthDay,
}

/// It names no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be dmy, mdy or ymd")]
pub struct UnknownOrder;

impl DateOrder {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::DayMonthYear, Self::MonthDayYear, Self::YearMonthDay];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DayMonthYear => "dmy",
            Self::MonthDayYear => "mdy",
            Self::YearMonthDay => "ymd",
        }
    }
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DateOrder {
    type Err = UnknownOrder;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|order| order.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownOrder)
    }
}

/// Three numbers of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrittenDay {
    pub(super) numbers: [u16; 3],
    /// How many digits each has.
    pub(super) digits: [usize; 3],
}

impl WrittenDay {
    /// Which day it is in this order; none where it can't be one, or one before WhatsApp began.
    pub(super) fn read(self, order: DateOrder) -> Option<Day> {
        let [first, second, third] = self.numbers;
        let ((year, digits), month, day) = match order {
            DateOrder::DayMonthYear => ((third, self.digits[2]), second, first),
            DateOrder::MonthDayYear => ((third, self.digits[2]), first, second),
            DateOrder::YearMonthDay => ((first, self.digits[0]), second, third),
        };
        let year = match digits {
            2 => 2000 + year,
            4 => year,
            _ => return None,
        };
        Day::new(year, month, day).filter(|day| day.year >= FIRST_YEAR)
    }
}

/// What is found out of the order of a text's days. Only orders in which all of them are days count; of several, those in which time
/// goes on as the text does.
#[derive(Debug)]
pub(super) struct Orders {
    /// Days after this are yet to come, and are none that a text has.
    latest: Day,
    possible: Vec<Possible>,
}

#[derive(Debug)]
struct Possible {
    order: DateOrder,
    last: Option<Day>,
    /// How often a day was before the one before it.
    backwards: u64,
    /// Whether a day was another in this order than in the first that is left.
    differs: bool,
}

impl Orders {
    /// All of them, or the one that is said.
    pub(super) fn new(latest: Day, said: Option<DateOrder>) -> Self {
        let possible = DateOrder::ALL
            .into_iter()
            .filter(|order| said.is_none_or(|said| said == *order))
            .map(|order| Possible { order, last: None, backwards: 0, differs: false })
            .collect();
        Self { latest, possible }
    }

    /// Takes another day into account; `false` if it is one in no order that is left.
    pub(super) fn see(&mut self, written: WrittenDay) -> bool {
        let latest = self.latest;
        let read = |order| written.read(order).filter(|day| *day <= latest);
        if !self.possible.iter().any(|possible| read(possible.order).is_some()) {
            return false;
        }
        self.possible.retain(|possible| read(possible.order).is_some());
        let first = self.possible.first().and_then(|possible| read(possible.order));
        for possible in &mut self.possible {
            let day = read(possible.order);
            possible.backwards += u64::from(possible.last > day);
            possible.last = day;
            possible.differs |= day != first;
        }
        true
    }

    /// The one that it is, or those that it may be.
    pub(super) fn found(&self) -> Result<DateOrder, Vec<DateOrder>> {
        let backwards = |of: &mut dyn Iterator<Item = &Possible>| of.map(|possible| possible.backwards).min();
        let begins_with_year = |possible: &&Possible| possible.order == DateOrder::YearMonthDay;
        let fewest = backwards(&mut self.possible.iter()).unwrap_or_default();
        // Where the year comes first, phones write all of it, and another order is not possible: of two digits it is not what is
        // likely, unless all else goes back again and again.
        let of_others = backwards(&mut self.possible.iter().filter(|possible| !begins_with_year(possible)));
        let fewest = of_others.filter(|others| *others <= fewest.saturating_mul(10).max(10)).unwrap_or(fewest);
        let is_left =
            |possible: &&Possible| of_others.is_none_or(|others| others > fewest) || !begins_with_year(possible);
        // A phone's clock may be set back once or twice; days in the wrong order go back every month.
        let is_likely = |possible: &&Possible| possible.backwards <= fewest.saturating_mul(10);
        let likely: Vec<&Possible> = self.possible.iter().filter(is_left).filter(is_likely).collect();
        match likely.as_slice() {
            [only] => Ok(only.order),
            [first, rest @ ..] if !first.differs && rest.iter().all(|possible| !possible.differs) => Ok(first.order),
            several => Err(several.iter().map(|possible| possible.order).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};

    fn written(text: &str) -> WrittenDay {
        let parts: Vec<&str> = text.split('/').collect();
        WrittenDay {
            numbers: [0, 1, 2].map(|nth| parts[nth].parse().unwrap()),
            digits: [0, 1, 2].map(|nth| parts[nth].len()),
        }
    }

    fn found(days: &[&str]) -> Result<DateOrder, Vec<DateOrder>> {
        let mut orders = Orders::new(Day::new(2026, 11, 29).unwrap(), None);
        for day in days {
            assert!(orders.see(written(day)), "{day}");
        }
        orders.found()
    }

    #[test]
    fn a_number_above_twelve_tells() {
        assert_eq!(found(&["31/12/2023"]), Ok(DayMonthYear));
        assert_eq!(found(&["12/31/2023"]), Ok(MonthDayYear));
        assert_eq!(found(&["1/2/2023", "1/3/2023", "13/3/2023"]), Ok(DayMonthYear));
        assert_eq!(found(&["2023/12/31"]), Ok(YearMonthDay));
        assert_eq!(found(&["23/12/31"]), Ok(YearMonthDay), "no message is of 2031");
        assert_eq!(found(&["13/11/23"]), Ok(DayMonthYear), "who writes the year first writes all of it");
        assert_eq!(found(&["13/11/23", "14/11/22"]), Ok(DayMonthYear));
    }

    #[test]
    fn the_way_of_time_tells() {
        // 5 January to 2 February, or 1 May to 2 February.
        assert_eq!(found(&["5/1/2023", "2/2/2023"]), Ok(DayMonthYear));
        assert_eq!(found(&["1/5/2023", "2/2/2023"]), Ok(MonthDayYear));
    }

    #[test]
    fn what_is_yet_to_come_tells() {
        assert_eq!(found(&["11/12/2026"]), Ok(MonthDayYear), "12 November was, 11 December is yet to come");
        assert_eq!(found(&["12/11/2026"]), Ok(DayMonthYear));
    }

    #[test]
    fn where_nothing_tells_it_is_said_what_it_may_be() {
        assert_eq!(found(&["1/2/2023", "2/3/2023"]), Err(vec![DayMonthYear, MonthDayYear]));
        assert_eq!(found(&["5/5/2023", "6/6/2023"]), Ok(DayMonthYear), "it makes no difference");
    }

    #[test]
    fn a_clock_that_was_set_back_once_is_no_order() {
        let mut days = vec!["1/5/2023".to_owned(), "2/1/2023".to_owned()];
        days.extend((1..=12).flat_map(|month| [format!("1/{month}/2024"), format!("12/{month}/2024")]));
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        assert_eq!(found(&days), Ok(DayMonthYear));
    }

    #[test]
    fn days_that_are_none_say_nothing() {
        let mut orders = Orders::new(Day::new(2026, 11, 29).unwrap(), None);
        for none in ["32/13/2023", "0/0/2023", "30/2/23", "1/1/2008", "1/1/123", "1/1/2027"] {
            assert!(!orders.see(written(none)), "{none}");
        }
        assert!(orders.see(written("29/2/2024")));
        assert!(!orders.see(written("2/29/2024")), "its order is known by now");
        assert_eq!(orders.found(), Ok(DayMonthYear));
    }

    #[test]
    fn a_year_is_written_whole_or_by_its_last_two_digits() {
        assert_eq!(written("1/2/23").read(DayMonthYear), Day::new(2023, 2, 1));
        assert_eq!(written("1/2/2023").read(MonthDayYear), Day::new(2023, 1, 2));
        assert_eq!(written("2023/2/1").read(DayMonthYear), None);
        assert_eq!(Day::new(2100, 2, 29), None);
        assert_eq!("DMY".parse(), Ok(DayMonthYear));
        assert_eq!("d/m/y".parse::<DateOrder>(), Err(UnknownOrder));
    }
}
