use super::InboundMessage;
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
}
