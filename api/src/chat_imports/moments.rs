//! When something was written: from what a clock showed to the moment that it was.
//!
//! Where clocks are put forward, times that no clock showed are read as if it had not been put forward yet. Where they are put back, a time
//! comes twice: it is the first, unless what stands before it in the file is later than that. What was written within one minute, or second,
//! of the file stands a millionth of a second apart, so that it stays in its order.

use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::Zone;
use leadflow_gateways::whatsapp::export::{Day, Time};

/// Reads times one after another, as they stand in a file.
#[derive(Debug)]
pub(super) struct Moments<'a> {
    zone: &'a Zone,
    last: Option<Timestamp>,
    written: Option<(Day, Time)>,
    /// How many before it were written at the same time.
    before: i64,
}

impl<'a> Moments<'a> {
    pub(super) fn in_zone(zone: &'a Zone) -> Self {
        Self { zone, last: None, written: None, before: 0 }
    }

    /// The next; none where no calendar has it.
    pub(super) fn next(&mut self, day: Day, time: Time) -> Option<Timestamp> {
        let (year, month) = (i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?);
        let clock = [time.hour, time.minute, time.second.unwrap_or_default()];
        let [hour, minute, second] = clock.map(i8::try_from);
        let shown = DateTime::new(year, month, i8::try_from(day.day).ok()?, hour.ok()?, minute.ok()?, second.ok()?, 0);
        let moment = self.moment(shown.ok()?)?;
        self.last = Some(moment);
        self.before = if self.written == Some((day, time)) { (self.before + 1).min(999_999) } else { 0 };
        self.written = Some((day, time));
        moment.checked_add(SignedDuration::from_micros(self.before)).ok()
    }

    fn moment(&self, shown: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.rules().to_ambiguous_timestamp(shown);
        let is_fold = matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. });
        let first = ambiguous.compatible().ok()?;
        if is_fold && self.last.is_some_and(|last| first < last) { ambiguous.later().ok() } else { Some(first) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments at which clocks in Rome showed these.
    fn rome(shown: &[(u8, u8, &str)]) -> Vec<String> {
        let zone = Zone::parse("Europe/Rome").unwrap();
        let mut moments = Moments::in_zone(&zone);
        shown
            .iter()
            .map(|(month, day, time)| {
                let parts: Vec<u8> = time.split(':').map(|part| part.parse().unwrap()).collect();
                let time = Time { hour: parts[0], minute: parts[1], second: parts.get(2).copied() };
                moments.next(Day { year: 2026, month: *month, day: *day }, time).unwrap().to_string()
            })
            .collect()
    }

    #[test]
    fn winter_and_summer_have_their_own_time() {
        assert_eq!(rome(&[(1, 1, "14:05"), (7, 1, "14:05:07")]), ["2026-01-01T13:05:00Z", "2026-07-01T12:05:07Z"]);
    }

    #[test]
    fn a_time_that_no_clock_showed_is_read_as_the_clock_that_was_not_put_forward() {
        assert_eq!(rome(&[(3, 29, "02:30")]), ["2026-03-29T01:30:00Z"]);
    }

    #[test]
    fn a_time_that_came_twice_is_the_first_until_what_is_before_it_says_otherwise() {
        assert_eq!(
            rome(&[(10, 25, "02:10"), (10, 25, "02:50"), (10, 25, "02:20"), (10, 25, "02:30"), (10, 25, "03:00")]),
            [
                "2026-10-25T00:10:00Z",
                "2026-10-25T00:50:00Z",
                "2026-10-25T01:20:00Z",
                "2026-10-25T01:30:00Z",
                "2026-10-25T02:00:00Z",
            ]
        );
    }

    #[test]
    fn what_was_written_at_once_stays_in_its_order() {
        assert_eq!(
            rome(&[(1, 1, "14:05"), (1, 1, "14:05"), (1, 1, "14:05"), (1, 1, "14:06")]),
            [
                "2026-01-01T13:05:00Z",
                "2026-01-01T13:05:00.000001Z",
                "2026-01-01T13:05:00.000002Z",
                "2026-01-01T13:06:00Z"
            ]
        );
    }
}
