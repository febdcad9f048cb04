use jiff::Timestamp;

use super::{
    EchoedMessage, Evidence, FailureCause, OutgoingMessage, ProviderMessage, ReportedStatus, SendRefusal, StatusReport,
    UnknownCause,
};
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
            /// Of a message that was sent from here: which attempt it tells of.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            attempt: Option<u32>,
            /// Whether it tells of an attempt that counts no more, as the message was sent again since.
            #[serde(default, skip_serializing_if = "std::ops::Not::not")]
            superseded: bool,
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
        /// Somebody of the business wrote from here. It waits to be sent.
        "outbound_message.queued", "1" => Queued {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// What.
            message: OutgoingMessage,
        },
        /// Sending it is begun: the provider is asked after this is in the log.
        "outbound_message.attempted", "1" => Attempted {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// For the how manieth time, from 1.
            attempt: u32,
            /// When.
            at: Timestamp,
        },
        /// The provider took it.
        "outbound_message.accepted", "1" => Accepted {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// By which attempt.
            attempt: u32,
            /// Under what.
            message: ProviderMessage,
            /// How that is known.
            evidence: Evidence,
            /// When that was known.
            at: Timestamp,
        },
        /// The provider did not take it, and said why.
        "outbound_message.sending_refused", "1" => SendingRefused {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// Which attempt.
            attempt: u32,
            /// Why.
            refusal: SendRefusal,
            /// From when on it is tried again; absent when it is not.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            again_at: Option<Timestamp>,
            /// When it said so.
            at: Timestamp,
        },
        /// An attempt did not reach the provider.
        "outbound_message.not_sent", "1" => NotSent {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// Which attempt.
            attempt: u32,
            /// Why, for people.
            reason: String,
            /// From when on it is tried again.
            again_at: Timestamp,
        },
        /// Nobody knows whether the provider took it. It is not sent again of its own accord.
        "outbound_message.outcome_unknown", "1" => OutcomeUnknown {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// By which attempt.
            attempt: u32,
            /// Why.
            cause: UnknownCause,
        },
        /// It is not sent, for another reason than a refusal of the provider.
        "outbound_message.sending_failed", "1" => SendingFailed {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
            /// Why.
            cause: FailureCause,
        },
        /// Somebody has it sent again. What is told of earlier attempts counts only if they arrived.
        "outbound_message.requeued", "1" => Requeued {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
        },
        /// Somebody took it back before it left.
        "outbound_message.cancelled", "1" => Cancelled {
            /// To whom.
            contact: ContactId,
            /// From where.
            channel: ChannelId,
            /// The thread it belongs to.
            conversation: ConversationId,
        },
    }
}
