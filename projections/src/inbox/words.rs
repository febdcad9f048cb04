//! The words in the inbox's columns.

use leadflow_domain::conversation::{ConversationStatus, Priority};

use crate::word::Word;

/// Who wrote to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageDirection {
    /// The customer wrote to the business.
    Inbound,
}

/// What a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// Plain text.
    Text,
}

impl Word for MessageDirection {
    const ALL: &'static [Self] = &[Self::Inbound];

    fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
        }
    }
}

impl Word for MessageKind {
    const ALL: &'static [Self] = &[Self::Text];

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
        }
    }
}

impl Word for ConversationStatus {
    const ALL: &'static [Self] = &[Self::Open, Self::Resolved];

    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
        }
    }
}

impl Word for Priority {
    const ALL: &'static [Self] = &[Self::None, Self::Low, Self::Medium, Self::High, Self::Urgent];

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}
