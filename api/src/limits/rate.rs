//! How often, as the configuration has it: `5/1m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// So many in so long; both at once and evenly after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Rate {
    count: u32,
    period: Duration,
}

/// It is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no rate of limits: write 5/1m or 10000/15m, at most {MOST} and 1s to 24h")]
pub struct NoRate(String);

/// With more, tokens come back faster than the database's clock ticks.
const MOST: u32 = 1_000_000;

const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

impl Rate {
    /// Tokens that a bucket holds.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// How long one takes to come back, in microseconds; at least 1.
    pub(super) fn every(self) -> u64 {
        u64::try_from(self.period.as_micros()).unwrap_or(u64::MAX) / u64::from(self.count)
    }

    /// What a process takes at a time.
    pub(super) fn share(self) -> u32 {
        (self.count / 100).max(1)
    }
}

impl FromStr for Rate {
    type Err = NoRate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').and_then(|(count, period)| {
            let period: SignedDuration = period.trim().parse().ok()?;
            Some((count.trim().parse().ok()?, Duration::try_from(period).ok()?))
        });
        match parts {
            Some((count @ 1..=MOST, period)) if (Duration::from_secs(1)..=LONGEST).contains(&period) => {
                Ok(Self { count, period })
            }
            Some(_) | None => Err(NoRate(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Rate {
    type Error = NoRate;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.period.as_secs();
        match self.period.subsec_nanos() {
            0 if seconds.is_multiple_of(3600) => write!(f, "{}/{}h", self.count, seconds / 3600),
            0 if seconds.is_multiple_of(60) => write!(f, "{}/{}m", self.count, seconds / 60),
            _ => write!(f, "{}/{}s", self.count, self.period.as_secs_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_written_as_it_is_read() {
        for (text, written) in [
            ("5/1m", "5/1m"),
            ("10000 / 15m", "10000/15m"),
            ("1/90s", "1/90s"),
            ("3/1.5s", "3/1.5s"),
            ("7/60m", "7/1h"),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate.to_string(), written);
            assert_eq!(written.parse(), Ok(rate));
        }
    }

    #[test]
    fn what_is_none_is_said_to_be_none() {
        for wrong in
            ["", "5", "5/", "/1m", "0/1m", "-5/1m", "5/0s", "5/999ms", "5/25h", "1000001/1m", "5/-1m", "5/1m/1m"]
        {
            assert_eq!(wrong.parse::<Rate>(), Err(NoRate(wrong.to_owned())));
        }
    }

    #[test]
    fn a_share_is_a_hundredth_and_at_least_one() {
        let share = |text: &str| text.parse::<Rate>().unwrap().share();
        assert_eq!((share("5/1m"), share("199/1m"), share("10000/15m")), (1, 1, 100));
        assert_eq!("10000/15m".parse::<Rate>().unwrap().every(), 90_000);
        assert_eq!("1000000/1s".parse::<Rate>().unwrap().every(), 1);
    }
}
