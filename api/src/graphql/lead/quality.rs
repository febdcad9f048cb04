//! How promising a lead is, and why.

use async_graphql::{Enum, SimpleObject};
use leadflow_domain::lead::{Ground, Quality};

/// Grounds that a lead can have at once.
pub(super) const MOST_GROUNDS: usize = 12;

/// How promising a lead is by what is known of it.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadQuality {
    /// 0 to 100: the sum of the points, within these.
    points: i32,
    /// What they come from.
    #[graphql(complexity = "1 + MOST_GROUNDS * child_complexity")]
    grounds: Vec<LeadQualityGround>,
}

/// Why a lead has points.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct LeadQualityGround {
    /// Why.
    ground: LeadGround,
    /// How many; below 0 where it speaks against the lead.
    points: i32,
}

/// What speaks for a lead, or against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Ground")]
pub(in crate::graphql) enum LeadGround {
    /// She wrote by herself.
    Wrote,
    /// She filled in a form, or what she told came from elsewhere.
    Told,
    /// Somebody of the business entered her.
    Entered,
    /// She came again.
    CameAgain,
    /// She answered a question, or two.
    Answered,
    /// She answered three or more.
    AnsweredMuch,
    /// She said what she is called.
    Named,
    /// A campaign led to her.
    Campaign,
    /// It is known whom she works for.
    Company,
    /// Somebody of the business found her worth pursuing.
    Qualified,
    /// Somebody of the business found her not worth pursuing.
    Disqualified,
    /// She has bought.
    Won,
    /// She does not buy.
    Lost,
    /// It is marked as spam, which leaves nothing.
    Spam,
}

impl From<Quality> for LeadQuality {
    fn from(Quality { points, grounds }: Quality) -> Self {
        let ground = |(ground, points): (Ground, i32)| LeadQualityGround { ground: ground.into(), points };
        Self { points, grounds: grounds.into_iter().map(ground).collect() }
    }
}
