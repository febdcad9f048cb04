//! A pool: members among whom what comes from some sources is shared out by weight.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rotation::Rotation;
use crate::tenant::Schedule;
use crate::{ChannelId, MemberId, ShortText, SourceId, TeamId};

/// What a pool is called: 1 to 50 characters.
pub type PoolName = ShortText<1, 50>;

/// What a provider knows a campaign by: 1 to 100 characters.
pub type CampaignKey = ShortText<1, 100>;

/// Whom a pool consists of, each with her weight.
pub type PoolMembers = BTreeMap<MemberId, Weight>;

/// Where what a pool gets comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// What a team is asked for. No other pool gets that.
    Team(TeamId),
    /// A campaign of a provider's.
    Campaign(CampaignKey),
    /// A page, a form or any other place that leads come from.
    LeadSource(SourceId),
    /// A number.
    Channel(ChannelId),
    /// Whatever no other pool gets.
    Everything,
}

/// What a pool is, beside its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolTerms {
    /// What it is called; pools of a business that differ in a letter's case are one.
    pub name: PoolName,
    /// Where what it gets comes from; no two pools have one in common.
    pub serves: BTreeSet<Source>,
    /// Whether a customer comes back to who saw to her last, while that one is available.
    pub keeps_last_agent: bool,
    /// When it gives out what it gets; outside of these hours that waits. Always, without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Schedule>,
}

/// How much of what a pool gets falls to a member: with weights of 5, 2 and 1 that is 5 of 8, 2 of 8 and 1 of 8. Members of
/// one weight take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Weight(u8);

/// The number is no weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be 1 to {}", Weight::MOST)]
pub struct NotAWeight;

impl Weight {
    /// As much as anybody else's.
    pub const ONE: Self = Self(1);

    /// The greatest.
    pub const MOST: u8 = 100;

    /// The number behind it.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Weight {
    type Error = NotAWeight;

    fn try_from(number: u8) -> Result<Self, NotAWeight> {
        if (1..=Self::MOST).contains(&number) { Ok(Self(number)) } else { Err(NotAWeight) }
    }
}

impl From<Weight> for u8 {
    fn from(weight: Weight) -> Self {
        weight.0
    }
}

/// A pool as its decisions know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pool {
    pub(super) terms: PoolTerms,
    pub(super) rotation: Rotation,
}

impl Pool {
    /// Who is in it, each with her weight.
    pub(super) fn members(&self) -> PoolMembers {
        self.rotation.members().map(|(member, weight, _)| (member, weight)).collect()
    }

    /// Whether this is its name, in whatever case.
    pub(super) fn is_called(&self, name: &PoolName) -> bool {
        self.terms.name.as_str().to_lowercase() == name.as_str().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_at_least_one_and_bounded() {
        for number in [1, 5, Weight::MOST] {
            assert_eq!(Weight::try_from(number).unwrap().number(), number);
            assert_eq!(serde_json::from_value::<Weight>(number.into()).unwrap().number(), number);
        }
        for number in [0, Weight::MOST + 1, u8::MAX] {
            assert_eq!(Weight::try_from(number), Err(NotAWeight), "{number}");
            assert!(serde_json::from_value::<Weight>(number.into()).is_err(), "{number}");
        }
        assert!(serde_json::from_str::<Weight>("-1").is_err());
    }
}
