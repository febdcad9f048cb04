//! How fast a number may write: so many messages within any second, and to one recipient one every six seconds, of which
//! 45 may come at once.

use std::collections::{HashMap, VecDeque};

const SECOND: i64 = 1_000_000;
/// One message to a recipient is regained in this time.
const REGAINED: i64 = 6 * SECOND;
/// Most that a recipient may be written to at once.
const AT_ONCE: i64 = 45;

/// What numbers sent lately. Times are microseconds on the simulator's clock.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When each number's messages of the last second came and went.
    numbers: HashMap<String, VecDeque<i64>>,
    /// When all would be regained, by number and recipient.
    pairs: HashMap<String, HashMap<String, i64>>,
}

impl Pace {
    /// Whether a number has sent less than `most` within the last second.
    pub(super) fn number_may(&mut self, number: &str, now: i64, most: usize) -> bool {
        let Some(times) = self.numbers.get_mut(number) else { return most > 0 };
        while times.front().is_some_and(|first| now - first >= SECOND) {
            times.pop_front();
        }
        times.len() < most
    }

    /// A message of the number's came or went.
    pub(super) fn count(&mut self, number: &str, now: i64) {
        let times = self.numbers.entry(number.to_owned()).or_default();
        // Whoever doesn't ask doesn't forget either.
        while times.front().is_some_and(|first| now - first >= SECOND) {
            times.pop_front();
        }
        times.push_back(now);
    }

    /// Takes one message to a recipient out of what the number may send there; false when there is none.
    pub(super) fn take_of_pair(&mut self, number: &str, to: &str, now: i64) -> bool {
        let pairs = match self.pairs.get_mut(number) {
            Some(pairs) => pairs,
            None => self.pairs.entry(number.to_owned()).or_default(),
        };
        let full_at = pairs.get(to).copied().unwrap_or(now).max(now);
        if full_at - now > (AT_ONCE - 1) * REGAINED {
            return false;
        }
        pairs.insert(to.to_owned(), full_at + REGAINED);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_so_many_wherever_it_begins() {
        let mut pace = Pace::default();
        let mut sends = |now| {
            let may = pace.number_may("1", now, 2);
            if may {
                pace.count("1", now);
            }
            may
        };
        let sent: Vec<bool> =
            [0, 500_000, 999_999, 1_000_000, 1_499_999, 1_500_000].into_iter().map(&mut sends).collect();
        assert_eq!(sent, [true, true, false, true, false, true]);
        assert!(pace.number_may("2", 0, 1));
    }

    #[test]
    fn a_recipient_is_written_to_45_times_at_once_and_then_every_six_seconds() {
        let mut pace = Pace::default();
        let burst = (0..100).filter(|_| pace.take_of_pair("1", "2", 0)).count();
        assert_eq!(burst, 45);
        assert!(pace.take_of_pair("1", "3", 0) && pace.take_of_pair("2", "2", 0), "of this pair alone");
        assert!(!pace.take_of_pair("1", "2", REGAINED - 1));
        assert!(pace.take_of_pair("1", "2", REGAINED));
        assert!(!pace.take_of_pair("1", "2", REGAINED));
        assert!(
            (0..100).filter(|_| pace.take_of_pair("1", "2", 1_000 * REGAINED)).count() == 45,
            "no more is regained"
        );
    }
}
