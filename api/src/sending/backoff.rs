//! How long is waited before a message is sent again.

use std::time::Duration;

use leadflow_event_store::entropy;

/// Before what was refused for now, or did not reach the provider, is sent again for the first time; it doubles with each attempt.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(300);

/// Between two messages to one customer once she got too many (Meta: 4^n s, and 6 s at least).
const PAIR: Duration = Duration::from_secs(6);

/// After `attempts` that were refused for now, with a quarter more or less, so that those that failed together are not sent
/// together again.
pub(super) fn after(attempts: u32) -> Duration {
    varied(FIRST.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1))).min(LONGEST))
}

/// After `attempts` that were too many for their customer.
pub(super) fn of_pair(attempts: u32) -> Duration {
    Duration::from_secs(4_u64.saturating_pow(attempts)).clamp(PAIR, LONGEST)
}

fn varied(pause: Duration) -> Duration {
    pause.mul_f64(0.75) + entropy::jitter(pause.mul_f64(0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        for (attempts, seconds) in [(1, 1.0), (2, 2.0), (3, 4.0), (9, 256.0), (10, 300.0), (50, 300.0)] {
            let pause = after(attempts).as_secs_f64();
            assert!((seconds * 0.75..=seconds * 1.25).contains(&pause), "{pause} after {attempts}");
        }
        assert_eq!([1, 2, 3, 4, 5, 50].map(|attempts| of_pair(attempts).as_secs()), [6, 16, 64, 256, 300, 300]);
    }
}
