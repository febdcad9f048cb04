//! How long something took, and how many a second there were.

use std::time::Duration;

/// How long something took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Latency {
    /// Half of them took no longer.
    pub(super) p50: f64,
    /// 95 of 100 did.
    pub(super) p95: f64,
    /// 99 of 100 did.
    pub(super) p99: f64,
    /// The longest.
    pub(super) most: f64,
}

impl Latency {
    /// Of all these.
    pub(super) fn of(took: impl Iterator<Item = Duration>) -> Self {
        let mut took: Vec<Duration> = took.collect();
        took.sort_unstable();
        let milliseconds = |percent: usize| {
            let rank = (took.len() * percent).div_ceil(100);
            let at = rank.checked_sub(1).and_then(|index| took.get(index));
            at.map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
        };
        Self { p50: milliseconds(50), p95: milliseconds(95), p99: milliseconds(99), most: milliseconds(100) }
    }
}

/// How many came a second once it was warm; `at` are milliseconds, in their order.
pub(super) fn per_second(at: &[u64], warm_up: Duration) -> f64 {
    let Some(warm) = at.first().map(|first| u128::from(*first) + warm_up.as_millis()) else { return 0.0 };
    let counted = &at[at.partition_point(|at| u128::from(*at) < warm)..];
    let [first, .., last] = counted else { return 0.0 };
    // So many pauses lie between them.
    (counted.len() - 1) as f64 * 1_000.0 / (last - first).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_seen() {
        let latency = Latency::of((1..=200).rev().map(Duration::from_millis));
        assert_eq!(latency, Latency { p50: 100.0, p95: 190.0, p99: 198.0, most: 200.0 });
        assert_eq!(Latency::of(std::iter::empty()), Latency::default());
    }

    #[test]
    fn a_rate_is_what_came_once_it_was_warm() {
        let at = [0, 10, 1_000, 1_500, 2_000, 2_500, 3_000];
        assert!((per_second(&at, Duration::from_secs(1)) - 2.0).abs() < 1e-9);
        assert!(per_second(&[], Duration::ZERO) < f64::EPSILON);
        assert!(per_second(&[5, 10], Duration::from_secs(1)) < f64::EPSILON);
    }
}
