use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ContactId, IdentifierHash, Personal, ShortText};

/// Where a lead stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStatus {
    /// Captured; nobody has judged it yet.
    #[default]
    New,
    /// Worth pursuing.
    Qualified,
    /// Not worth pursuing.
    Disqualified,
}

/// What somebody of the business found about a lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Whose lead it is.
    pub contact: ContactId,
    /// Why, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// How good it is, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
}

/// Why a lead is or is not worth pursuing, in the words of whoever says so. They are about the contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The words.
    pub text: Personal<ReasonText>,
    /// Their keyed hash: the same reason said again is known by it.
    pub hash: IdentifierHash,
}

/// A reason's words: 1 to 500 characters.
pub type ReasonText = ShortText<1, 500>;

/// How good a lead is: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

/// The number is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be 0 to {}", Score::MOST)]
pub struct NotAScore;

impl Score {
    /// The best.
    pub const MOST: u8 = 100;

    /// The number behind the score.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Score {
    type Error = NotAScore;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        if number <= Self::MOST { Ok(Self(number)) } else { Err(NotAScore) }
    }
}

impl From<Score> for u8 {
    fn from(score: Score) -> Self {
        score.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_0_to_100() {
        for number in [0, 55, 100] {
            assert_eq!(Score::try_from(number).map(Score::number), Ok(number));
        }
        for number in [101, 255] {
            assert_eq!(Score::try_from(number), Err(NotAScore));
            serde_json::from_str::<Score>(&number.to_string()).unwrap_err();
        }
        assert_eq!(NotAScore.to_string(), "must be 0 to 100");
    }
}
