//! Whether a person wants marketing. The one place that says which word of hers means what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Telling;
use crate::Personal;

/// What a person said of what she wants to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketingPreference {
    /// Whether she wants it.
    pub wants: Wants,
    /// What, in the provider's word.
    pub category: String,
    /// When.
    #[serde(flatten)]
    pub telling: Telling,
    /// How she said it, in the provider's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Personal<String>>,
}

/// Whether she wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wants {
    /// No more of it.
    Stop,
    /// To have it again.
    Resume,
    /// Something else, in the provider's word.
    Other(String),
}

/// Whether a person may be sent marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marketing {
    /// She said that she wants it.
    Wanted,
    /// She wants no more of it. Counts more than the other, where both were said at the same moment.
    Stopped,
}

/// What she said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SaidLast {
    // In this order: the later counts, and at the same moment the word that counts more.
    pub(super) at: Timestamp,
    pub(super) marketing: Marketing,
}

impl SaidLast {
    /// What she said.
    #[must_use]
    pub fn marketing(self) -> Marketing {
        self.marketing
    }
}

/// The category that is marketing, in Meta's words.
const MARKETING: &str = "marketing_messages";

impl Wants {
    /// From the provider's word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "stop" => Self::Stop,
            "resume" => Self::Resume,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The provider's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::Resume => "resume",
            Self::Other(word) => word,
        }
    }
}

impl MarketingPreference {
    /// She wants no more marketing, as the provider told at that time, and not how she said so.
    #[must_use]
    pub fn stopped(told_at: Timestamp) -> Self {
        Self {
            wants: Wants::Stop,
            category: MARKETING.to_owned(),
            telling: Telling { told_at, received_at: None, odd_timestamp: None },
            detail: None,
        }
    }

    /// What it says of marketing; `None` when it is about something else, or in a word that says neither.
    #[must_use]
    pub fn marketing(&self) -> Option<Marketing> {
        match &self.wants {
            _ if self.category != MARKETING => None,
            Wants::Stop => Some(Marketing::Stopped),
            Wants::Resume => Some(Marketing::Wanted),
            Wants::Other(_) => None,
        }
    }

    pub(super) fn said(&self) -> Option<SaidLast> {
        Some(SaidLast { at: self.telling.told_at, marketing: self.marketing()? })
    }
}
