//! How fast messages are sent.

use crate::config::Config;
use crate::jobs::Pace;

/// How much of the provider's pace is used: what is begun in time may arrive closer together.
const WITH_A_LITTLE_TO_SPARE: f64 = 0.97;

/// To one customer from one number one message every 6 seconds (Meta's pair rate), and 45 at once that are waited for after.
const OF_PAIR: f64 = 1.0 / 6.0;

/// How many may come at once to one customer.
const OF_PAIR_AT_ONCE: i32 = 45;

/// How fast messages are sent, by `config`.
#[must_use]
pub fn pace(config: &Config) -> Pace {
    Pace {
        of_lane: f64::from(config.sending_per_number) * WITH_A_LITTLE_TO_SPARE,
        of_business: f64::from(config.sending_per_business) * WITH_A_LITTLE_TO_SPARE,
        of_queue: OF_PAIR * WITH_A_LITTLE_TO_SPARE,
        at_once: OF_PAIR_AT_ONCE,
    }
}
