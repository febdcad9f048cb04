//! How a template stands with WhatsApp, in what category, and what people think of it.

use serde::{Deserialize, Serialize};

/// How a template stands with WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    /// It was written here, and WhatsApp knows nothing of it yet.
    Draft,
    /// It may be sent.
    Approved,
    /// It is being looked over.
    Pending,
    /// It may not be sent.
    Rejected {
        /// Why, in WhatsApp's word, such as `INVALID_FORMAT`.
        reason: Option<String>,
    },
    /// Too many people disliked it: it may not be sent for some hours.
    Paused,
    /// It may not be sent any more.
    Disabled,
    /// It may be sent, and soon not any more if people go on disliking it.
    Flagged,
    /// The business contests that it may not be sent.
    InAppeal,
    /// It is about to be gone.
    PendingDeletion,
    /// It is gone.
    Deleted,
    /// The account has as many as it may have.
    LimitExceeded,
    /// Nobody used it for long.
    Archived,
    /// In a word of WhatsApp's that nothing here knows.
    Other(String),
}

impl TemplateStatus {
    /// Whether WhatsApp takes messages of such a template.
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        match self {
            Self::Approved | Self::Flagged => true,
            Self::Draft
            | Self::Pending
            | Self::Rejected { .. }
            | Self::Paused
            | Self::Disabled
            | Self::InAppeal
            | Self::PendingDeletion
            | Self::Deleted
            | Self::LimitExceeded
            | Self::Archived
            | Self::Other(_) => false,
        }
    }

    /// Its word, such as `APPROVED`; `OTHER` for what nothing here knows.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Approved => "APPROVED",
            Self::Pending => "PENDING",
            Self::Rejected { .. } => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
            Self::Flagged => "FLAGGED",
            Self::InAppeal => "IN_APPEAL",
            Self::PendingDeletion => "PENDING_DELETION",
            Self::Deleted => "DELETED",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Archived => "ARCHIVED",
            Self::Other(_) => "OTHER",
        }
    }

    /// What there is to say beside the word: why it was rejected, or WhatsApp's own word.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Rejected { reason } => reason.as_deref(),
            Self::Other(word) => Some(word),
            Self::Draft
            | Self::Approved
            | Self::Pending
            | Self::Paused
            | Self::Disabled
            | Self::Flagged
            | Self::InAppeal
            | Self::PendingDeletion
            | Self::Deleted
            | Self::LimitExceeded
            | Self::Archived => None,
        }
    }
}

/// What a template is for, which decides what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateCategory {
    /// It sells something.
    Marketing,
    /// It tells of something that the customer asked for.
    Utility,
    /// It brings a code to prove oneself with.
    Authentication,
    /// In a word of WhatsApp's that nothing here knows.
    Other(String),
}

/// What people who got a template think of it, as WhatsApp sums it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateQuality {
    /// Few disliked it.
    Green,
    /// Some did.
    Yellow,
    /// Many did.
    Red,
    /// Too few got it to say.
    Unknown,
    /// In a word of WhatsApp's that nothing here knows.
    Other(String),
}
