use super::{Call, Correction, Edit, InboundMessage, Priority, Reaction, Revocation};
use crate::{ChannelId, ContactId, GroupId};

/// What can be asked of a conversation.
#[derive(Debug, Clone)]
pub enum ConversationCommand {
    /// The business wrote, here or elsewhere.
    Open {
        /// To whom.
        contact: ContactId,
        /// From where.
        channel: ChannelId,
    },
    /// The customer wrote.
    ReceiveMessage {
        /// Who wrote.
        contact: ContactId,
        /// Where to.
        channel: ChannelId,
        /// In which group, if not to the business alone.
        group: Option<GroupId>,
        /// What.
        message: InboundMessage,
    },
    /// The customer reacted to a message, or took her reaction back.
    React {
        /// Who.
        contact: ContactId,
        /// Where.
        channel: ChannelId,
        /// In which group, if not to the business alone.
        group: Option<GroupId>,
        /// How.
        reaction: Reaction,
    },
    /// The customer changed a message of hers.
    EditMessage {
        /// Who.
        contact: ContactId,
        /// Where.
        channel: ChannelId,
        /// In which group, if not to the business alone.
        group: Option<GroupId>,
        /// How.
        edit: Edit,
    },
    /// The customer took a message of hers back.
    RevokeMessage {
        /// Who.
        contact: ContactId,
        /// Where.
        channel: ChannelId,
        /// In which group, if not to the business alone.
        group: Option<GroupId>,
        /// Which.
        revocation: Revocation,
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
    /// A message that is there was understood wrongly.
    CorrectMessage {
        /// Who wrote it.
        contact: ContactId,
        /// How it is understood now.
        correction: Correction,
    },
    /// The customer wrote before the number was connected here.
    ImportMessage {
        /// Who wrote.
        contact: ContactId,
        /// Where to.
        channel: ChannelId,
        /// What.
        message: InboundMessage,
    },
    /// Something is told of a call with the customer.
    RecordCall {
        /// With whom.
        contact: ContactId,
        /// By which number of the business.
        channel: ChannelId,
        /// What.
        call: Call,
    },
}
