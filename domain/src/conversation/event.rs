use serde::{Deserialize, Serialize};

use super::{InboundMessage, Priority};
use crate::{ChannelId, ContactId};

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ConversationEvent {
    /// The thread began.
    #[serde(rename = "conversation.opened")]
    Opened {
        /// The customer.
        contact: ContactId,
        /// Where she wrote to.
        channel: ChannelId,
    },
    /// The customer wrote.
    #[serde(rename = "conversation.message_received")]
    MessageReceived {
        /// Who wrote.
        contact: ContactId,
        /// Where to.
        channel: ChannelId,
        /// What.
        message: InboundMessage,
    },
    /// Somebody of the business has read all that came before this event.
    #[serde(rename = "conversation.read")]
    Read {},
    /// The matter was settled.
    #[serde(rename = "conversation.resolved")]
    Resolved {},
    /// A resolved matter came up again: the customer wrote.
    #[serde(rename = "conversation.reopened")]
    Reopened {},
    /// Somebody of the business said how much it matters.
    #[serde(rename = "conversation.priority_set")]
    PrioritySet {
        /// How much.
        priority: Priority,
    },
}

crate::aggregate::event_types!(ConversationEvent {
    Opened => "conversation.opened", "1";
    MessageReceived => "conversation.message_received", "1";
    Read => "conversation.read", "1";
    Resolved => "conversation.resolved", "1";
    Reopened => "conversation.reopened", "1";
    PrioritySet => "conversation.priority_set", "1";
});
