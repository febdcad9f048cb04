//! The words in the inbox's columns.

use leadflow_domain::conversation::{ConversationStatus, Priority};

use crate::word::Words;

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

pub(super) const DIRECTION: &Words<MessageDirection> = &[(MessageDirection::Inbound, "inbound")];

pub(super) const KIND: &Words<MessageKind> = &[(MessageKind::Text, "text")];

pub(super) const STATUS: &Words<ConversationStatus> =
    &[(ConversationStatus::Open, "open"), (ConversationStatus::Resolved, "resolved")];

pub(super) const PRIORITY: &Words<Priority> = &[
    (Priority::None, "none"),
    (Priority::Low, "low"),
    (Priority::Medium, "medium"),
    (Priority::High, "high"),
    (Priority::Urgent, "urgent"),
];
