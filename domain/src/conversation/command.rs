use super::{InboundMessage, Priority};
use crate::{ChannelId, ContactId};

/// What can be asked of a conversation.
#[derive(Debug, Clone)]
pub enum ConversationCommand {
    /// The customer wrote.
    ReceiveMessage {
        /// Who wrote.
        contact: ContactId,
        /// Where to.
        channel: ChannelId,
        /// What.
        message: InboundMessage,
    },
    /// Somebody of the business has read what there is.
    MarkRead,
    /// The matter is settled.
    Resolve,
    /// Somebody of the business says how much it matters.
    SetPriority {
        /// How much.
        priority: Priority,
    },
}
