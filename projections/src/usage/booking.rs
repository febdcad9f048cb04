//! Days of use, and when they are closed.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How long after its end a day takes what is told late. What comes later is a correction
/// (`docs/adr/0011-analytics-and-usage.md`).
const OPEN_AFTER_ITS_END: SignedDuration = SignedDuration::from_hours(48);

/// The day of use of what happened `at`.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The day on which something of `day` is booked that the log `told` of: that day itself until it is closed.
pub(super) fn booked_on(day: Date, told: Timestamp) -> Date {
    let open_until = day
        .tomorrow()
        .and_then(|next| next.to_zoned(TimeZone::UTC))
        .and_then(|end| end.timestamp().checked_add(OPEN_AFTER_ITS_END));
    match open_until {
        Ok(until) if told >= until => self::day(told),
        // The last days of the calendar never close.
        Ok(_) | Err(_) => day,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_one_of_utc() {
        assert_eq!(day(at("2026-03-28T23:59:59.999999Z")), date(2026, 3, 28));
        assert_eq!(day(at("2026-03-29T00:00:00Z")), date(2026, 3, 29));
    }

    #[test]
    fn a_day_closes_48_hours_after_its_end() {
        let day = date(2026, 3, 28);
        for (told, booked) in [
            ("2026-03-28T12:00:00Z", day),
            // Clocks may differ: told before it happened.
            ("2026-03-27T12:00:00Z", day),
            ("2026-03-30T23:59:59.999999Z", day),
            ("2026-03-31T00:00:00Z", date(2026, 3, 31)),
            ("2026-05-01T05:00:00Z", date(2026, 5, 1)),
        ] {
            assert_eq!(booked_on(day, at(told)), booked, "{told}");
        }
    }

    #[test]
    fn the_last_day_of_the_calendar_stays_open() {
        assert_eq!(booked_on(Date::MAX, at("2026-03-28T12:00:00Z")), Date::MAX);
    }
}
