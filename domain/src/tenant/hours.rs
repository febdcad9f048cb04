//! Hours of a day.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// From one time of a day to a later one, in minutes: `09:00-13:00`. The end of the day is `24:00`; what goes on after
/// it belongs to the next day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    opens: u16,
    closes: u16,
}

/// A text that is no hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("hours go from one time to a later one of the same day, such as `09:00-13:00` or `22:00-24:00`")]
pub struct BadHours;

impl Hours {
    /// Whether some of it is in `other` too.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.opens < other.closes && other.opens < self.closes
    }

    /// What clocks show on `day` when it begins, and when it ends.
    pub(super) fn on(self, day: Date) -> (DateTime, DateTime) {
        (shown(day, self.opens), shown(day, self.closes))
    }
}

fn shown(day: Date, minutes: u16) -> DateTime {
    if minutes == DAY {
        // The calendar's last day has none after it.
        return day.tomorrow().map_or(DateTime::MAX, |next| next.at(0, 0, 0, 0));
    }
    // Below 24 and 60: minutes of a day.
    let [hour, minute] = [minutes / 60, minutes % 60].map(|part| i8::try_from(part).unwrap_or_default());
    day.at(hour, minute, 0, 0)
}

/// `HH:MM`, up to 24:00.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse());
    let (hour, minute): (u16, u16) = (number(hour)?.ok()?, number(minute)?.ok()?);
    Some(hour * 60 + minute).filter(|minutes| minute < 60 && *minutes <= DAY)
}

impl FromStr for Hours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Self, BadHours> {
        let (opens, closes) = text.split_once('-').ok_or(BadHours)?;
        let (opens, closes) = (minutes(opens).ok_or(BadHours)?, minutes(closes).ok_or(BadHours)?);
        if opens < closes { Ok(Self { opens, closes }) } else { Err(BadHours) }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opens, closes } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", opens / 60, opens % 60, closes / 60, closes % 60)
    }
}

impl fmt::Debug for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hours({self})")
    }
}

impl TryFrom<String> for Hours {
    type Error = BadHours;

    fn try_from(text: String) -> Result<Self, BadHours> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_as_they_are_read() {
        for text in ["09:00-13:00", "00:00-24:00", "22:30-24:00", "00:00-00:01"] {
            assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_empty_or_goes_past_the_day_is_none() {
        for text in [
            "",
            "-",
            "09:00",
            "13:00-09:00",
            "09:00-09:00",
            "22:00-02:00",
            "09:00-24:01",
            "09:60-10:00",
            "9:00-10:00",
            "09:00-10:00-11:00",
            "+9:00-10:00",
            "24:00-24:00",
            " 09:00-10:00",
        ] {
            assert_eq!(text.parse::<Hours>(), Err(BadHours), "{text}");
        }
    }
}
