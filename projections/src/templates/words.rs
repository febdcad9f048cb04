//! The words in the templates' columns.

use leadflow_domain::template::{TemplateCategory, TemplateQuality, TemplateStatus};

use crate::word::Word;

/// How a template stands. What there is to say beside the word is in a column of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusWord {
    /// It was written here, and WhatsApp knows nothing of it yet.
    Draft,
    /// It may be sent.
    Approved,
    /// It is being looked over.
    Pending,
    /// It may not be sent.
    Rejected,
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
    /// In a word that nothing here knows.
    Other,
}

impl StatusWord {
    /// The word of `status`.
    #[must_use]
    pub fn of(status: &TemplateStatus) -> Self {
        match status {
            TemplateStatus::Draft => Self::Draft,
            TemplateStatus::Approved => Self::Approved,
            TemplateStatus::Pending => Self::Pending,
            TemplateStatus::Rejected { .. } => Self::Rejected,
            TemplateStatus::Paused => Self::Paused,
            TemplateStatus::Disabled => Self::Disabled,
            TemplateStatus::Flagged => Self::Flagged,
            TemplateStatus::InAppeal => Self::InAppeal,
            TemplateStatus::PendingDeletion => Self::PendingDeletion,
            TemplateStatus::Deleted => Self::Deleted,
            TemplateStatus::LimitExceeded => Self::LimitExceeded,
            TemplateStatus::Archived => Self::Archived,
            TemplateStatus::Other(_) => Self::Other,
        }
    }

    /// Whether WhatsApp takes messages of such a template.
    #[must_use]
    pub const fn is_sendable(self) -> bool {
        match self {
            Self::Approved | Self::Flagged => true,
            Self::Draft
            | Self::Pending
            | Self::Rejected
            | Self::Paused
            | Self::Disabled
            | Self::InAppeal
            | Self::PendingDeletion
            | Self::Deleted
            | Self::LimitExceeded
            | Self::Archived
            | Self::Other => false,
        }
    }
}

impl Word for StatusWord {
    const ALL: &'static [Self] = &[
        Self::Draft,
        Self::Approved,
        Self::Pending,
        Self::Rejected,
        Self::Paused,
        Self::Disabled,
        Self::Flagged,
        Self::InAppeal,
        Self::PendingDeletion,
        Self::Deleted,
        Self::LimitExceeded,
        Self::Archived,
        Self::Other,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Approved => "APPROVED",
            Self::Pending => "PENDING",
            Self::Rejected => "REJECTED",
            Self::Paused => "PAUSED",
            Self::Disabled => "DISABLED",
            Self::Flagged => "FLAGGED",
            Self::InAppeal => "IN_APPEAL",
            Self::PendingDeletion => "PENDING_DELETION",
            Self::Deleted => "DELETED",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Archived => "ARCHIVED",
            Self::Other => "OTHER",
        }
    }
}

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CategoryWord {
    /// It sells something.
    Marketing,
    /// It tells of something that the customer asked for.
    Utility,
    /// It brings a code to prove oneself with.
    Authentication,
    /// In a word that nothing here knows.
    Other,
}

impl CategoryWord {
    /// The word of `category`.
    #[must_use]
    pub fn of(category: &TemplateCategory) -> Self {
        match category {
            TemplateCategory::Marketing => Self::Marketing,
            TemplateCategory::Utility => Self::Utility,
            TemplateCategory::Authentication => Self::Authentication,
            TemplateCategory::Other(_) => Self::Other,
        }
    }
}

impl Word for CategoryWord {
    const ALL: &'static [Self] = &[Self::Marketing, Self::Utility, Self::Authentication, Self::Other];

    fn word(self) -> &'static str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
            Self::Authentication => "AUTHENTICATION",
            Self::Other => "OTHER",
        }
    }
}

/// What people who got a template think of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QualityWord {
    /// Few disliked it.
    Green,
    /// Some did.
    Yellow,
    /// Many did.
    Red,
    /// Too few got it to say.
    Unknown,
    /// In a word that nothing here knows.
    Other,
}

impl QualityWord {
    /// The word of `quality`.
    #[must_use]
    pub fn of(quality: &TemplateQuality) -> Self {
        match quality {
            TemplateQuality::Green => Self::Green,
            TemplateQuality::Yellow => Self::Yellow,
            TemplateQuality::Red => Self::Red,
            TemplateQuality::Unknown => Self::Unknown,
            TemplateQuality::Other(_) => Self::Other,
        }
    }
}

impl Word for QualityWord {
    const ALL: &'static [Self] = &[Self::Green, Self::Yellow, Self::Red, Self::Unknown, Self::Other];

    fn word(self) -> &'static str {
        match self {
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Red => "RED",
            Self::Unknown => "UNKNOWN",
            Self::Other => "OTHER",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_s_word_says_what_the_status_does() {
        for status in [
            TemplateStatus::Draft,
            TemplateStatus::Approved,
            TemplateStatus::Pending,
            TemplateStatus::Rejected { reason: None },
            TemplateStatus::Paused,
            TemplateStatus::Disabled,
            TemplateStatus::Flagged,
            TemplateStatus::InAppeal,
            TemplateStatus::PendingDeletion,
            TemplateStatus::Deleted,
            TemplateStatus::LimitExceeded,
            TemplateStatus::Archived,
            TemplateStatus::Other("LOCKED".to_owned()),
        ] {
            let word = StatusWord::of(&status);
            assert_eq!((word.word(), word.is_sendable()), (status.word(), status.is_sendable()));
        }
    }
}
