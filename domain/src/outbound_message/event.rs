use super::{EchoedMessage, ReportedStatus, StatusReport};
use crate::conversation::{Correction, Edit, Reaction, Revocation};
use crate::{ChannelId, ContactId, ConversationId};

crate::event_type::events! {
    /// What happened to a message of the business.
    pub enum OutboundMessageEvent {
        /// The business wrote elsewhere than here.
        "outbound_message.echoed", "1" => Echoed {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// What.
            message: EchoedMessage,
        },
        /// The business reacted to a message elsewhere than here, or took its reaction back.
        "outbound_message.reacted", "1" => Reacted {
            /// Towards whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// How.
            reaction: Reaction,
        },
        /// The business changed the message. What it said before may be unknown, or be told later.
        "outbound_message.edited", "1" => Edited {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// How.
            edit: Edit,
        },
        /// The business took the message back. What it said may be unknown, or be told later.
        "outbound_message.revoked", "1" => Revoked {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// Which.
            revocation: Revocation,
        },
        /// The provider told how far the message got. Reports come in any order; none takes back another.
        "outbound_message.status_reported", "1" => StatusReported {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// How far.
            report: StatusReport,
        },
        /// The message was understood wrongly: what it says, as it is understood now.
        "outbound_message.corrected", "1" => Corrected {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// How it is understood now.
            correction: Correction,
        },
        /// A message of the business's from before the number was connected here, as its history tells of it.
        "outbound_message.imported", "1" => Imported {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// What.
            message: EchoedMessage,
            /// How far it had got, if the history says so. It says no time.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            status: Option<ReportedStatus>,
        },
    }
}
