//! How much a member sees to at a time.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most work items that are assigned to a member at a time, over all pools. What people give her counts, and may exceed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Capacity(u16);

/// The number is no capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be 1 to {}", Capacity::MOST)]
pub struct NotACapacity;

impl Capacity {
    /// The greatest; who has more is without one.
    pub const MOST: u16 = 1000;

    /// The number behind it.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Capacity {
    type Error = NotACapacity;

    fn try_from(number: u16) -> Result<Self, NotACapacity> {
        if (1..=Self::MOST).contains(&number) { Ok(Self(number)) } else { Err(NotACapacity) }
    }
}

impl From<Capacity> for u16 {
    fn from(capacity: Capacity) -> Self {
        capacity.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capacity_is_at_least_one_and_bounded() {
        for number in [1, Capacity::MOST] {
            assert_eq!(Capacity::try_from(number).unwrap().number(), number);
        }
        for number in [0, Capacity::MOST + 1] {
            assert_eq!(Capacity::try_from(number), Err(NotACapacity), "{number}");
            assert!(serde_json::from_value::<Capacity>(number.into()).is_err(), "{number}");
        }
    }
}
