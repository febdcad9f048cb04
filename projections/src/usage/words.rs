//! The words in usage's columns.

use crate::word::Word;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UsageItem {
    /// A customer's message.
    MessageReceived,
    /// A message of the business.
    MessageSent,
    /// A conversation in which somebody wrote that day, once.
    ConversationActive,
    /// A contact who wrote or was written to that day, once.
    ContactActive,
}

impl Word for UsageItem {
    const ALL: &'static [Self] =
        &[Self::MessageReceived, Self::MessageSent, Self::ConversationActive, Self::ContactActive];

    fn word(self) -> &'static str {
        match self {
            Self::MessageReceived => "message_received",
            Self::MessageSent => "message_sent",
            Self::ConversationActive => "conversation_active",
            Self::ContactActive => "contact_active",
        }
    }
}
