//! Days off and the like.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A time in which a member is not there: from a moment until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Leave {
    from: Timestamp,
    until: Timestamp,
}

/// Its stored form.
#[derive(Serialize, Deserialize)]
struct Written {
    from: Timestamp,
    until: Timestamp,
}

/// It would end before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a leave ends after it begins")]
pub struct BadLeave;

impl Leave {
    /// From a moment until before another.
    ///
    /// # Errors
    /// [`BadLeave`].
    pub fn new(from: Timestamp, until: Timestamp) -> Result<Self, BadLeave> {
        if from < until { Ok(Self { from, until }) } else { Err(BadLeave) }
    }

    /// When it begins.
    #[must_use]
    pub fn from(self) -> Timestamp {
        self.from
    }

    /// When it is over.
    #[must_use]
    pub fn until(self) -> Timestamp {
        self.until
    }

    /// Whether `at` is in it.
    pub(super) fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

impl TryFrom<Written> for Leave {
    type Error = BadLeave;

    fn try_from(Written { from, until }: Written) -> Result<Self, BadLeave> {
        Self::new(from, until)
    }
}

impl From<Leave> for Written {
    fn from(Leave { from, until }: Leave) -> Self {
        Self { from, until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_at_its_first_moment_and_is_over_at_its_last() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let leave = Leave::new(at(10), at(20)).unwrap();
        assert_eq!([9, 10, 19, 20].map(|second| leave.contains(at(second))), [false, true, true, false]);
        for until in [9, 10] {
            assert_eq!(Leave::new(at(10), at(until)), Err(BadLeave));
        }
        let odd = r#"{"from":"2026-08-20T00:00:00Z","until":"2026-08-10T00:00:00Z"}"#;
        assert!(serde_json::from_str::<Leave>(odd).is_err());
    }
}
