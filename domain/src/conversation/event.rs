use jiff::Timestamp;

use super::{Call, Correction, Counterpart, Edit, InboundMessage, Label, Note, Priority, Reaction, Revocation};
use crate::{ChannelId, ContactId, GroupId, MemberId, OutboundMessageId, Personal, SubmissionId, TeamId};

crate::event_type::events! {
    /// What happened in a conversation.
    pub enum ConversationEvent {
        /// The thread began.
        "conversation.opened", "1" => Opened {
            /// The customer.
            contact: ContactId,
            /// Where she wrote to.
            channel: ChannelId,
        },
        /// The customer wrote.
        "conversation.message_received", "1" => MessageReceived {
            /// Who wrote.
            contact: ContactId,
            /// Where to.
            channel: ChannelId,
            /// In which group, if not to the business alone.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            group: Option<GroupId>,
            /// What.
            message: InboundMessage,
        },
        /// The customer reacted to a message, or took her reaction back.
        "conversation.reacted", "1" => Reacted {
            /// Who.
            contact: ContactId,
            /// Where.
            channel: ChannelId,
            /// In which group, if not to the business alone.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            group: Option<GroupId>,
            /// How.
            reaction: Reaction,
        },
        /// The customer changed a message of hers.
        "conversation.message_edited", "1" => MessageEdited {
            /// Who.
            contact: ContactId,
            /// Where.
            channel: ChannelId,
            /// In which group, if not to the business alone.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            group: Option<GroupId>,
            /// How.
            edit: Edit,
        },
        /// The customer took a message of hers back.
        "conversation.message_revoked", "1" => MessageRevoked {
            /// Who.
            contact: ContactId,
            /// Where.
            channel: ChannelId,
            /// In which group, if not to the business alone.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            group: Option<GroupId>,
            /// Which.
            revocation: Revocation,
        },
        /// Somebody of the business has read all that came before this event.
        "conversation.read", "1" => Read {},
        /// The matter was settled.
        "conversation.resolved", "1" => Resolved {},
        /// A matter that was resolved, or set aside for a while, came up again: the customer wrote, called or told of her interest
        /// elsewhere, or somebody of the business said so.
        "conversation.reopened", "1" => Reopened {},
        /// Somebody of the business said how much it matters.
        "conversation.priority_set", "1" => PrioritySet {
            /// How much.
            priority: Priority,
        },
        /// A message that is there was understood wrongly: what it says, as it is understood now.
        "conversation.message_corrected", "1" => MessageCorrected {
            /// Who wrote it.
            contact: ContactId,
            /// Where to.
            channel: ChannelId,
            /// How it is understood now.
            correction: Correction,
        },
        /// A message of the customer's from before the number was connected here, as its history tells of it.
        "conversation.message_imported", "1" => MessageImported {
            /// Who wrote.
            contact: ContactId,
            /// Where to.
            channel: ChannelId,
            /// What.
            message: InboundMessage,
        },
        /// Something was told of a call with the customer.
        ///
        /// One event for each thing that is told; they come in any order.
        "conversation.called", "1" => Called {
            /// With whom.
            contact: ContactId,
            /// By which number of the business.
            channel: ChannelId,
            /// What.
            call: Call,
        },
        /// The thread with a group began.
        "conversation.opened_with_group", "1" => OpenedWithGroup {
            /// The group.
            group: GroupId,
            /// Where people write to it.
            channel: ChannelId,
        },
        /// The customer told of her interest elsewhere, by a form, or somebody of the business entered it: she is answered here. What
        /// she told is in her lead's stream.
        "conversation.submission_received", "1" => SubmissionReceived {
            /// Who is interested.
            contact: ContactId,
            /// From where she is answered.
            channel: ChannelId,
            /// Which submission of her lead's it is.
            submission: SubmissionId,
            /// When she told it, by the provider's clock.
            submitted_at: Timestamp,
        },
        /// Somebody of the business is to see to it, instead of whoever was before.
        "conversation.assigned", "1" => Assigned {
            /// Who.
            member: MemberId,
        },
        /// Nobody in particular is to see to it any more, nor any team.
        "conversation.unassigned", "1" => Unassigned {},
        /// A team is asked to see to it, instead of whoever was before: it is nobody's in particular until one has it.
        "conversation.assigned_to_team", "1" => AssignedToTeam {
            /// Which.
            team: TeamId,
        },
        /// Somebody of the business put down something that the customer does not see.
        "conversation.note_added", "1" => NoteAdded {
            /// About whom it is: with whom the conversation is.
            #[serde(flatten)]
            about: Counterpart,
            /// What.
            text: Personal<Note>,
        },
        /// It was marked as being of some kind.
        "conversation.labelled", "1" => Labelled {
            /// Of which.
            label: Label,
        },
        /// A mark was taken away.
        "conversation.unlabelled", "1" => Unlabelled {
            /// Which.
            label: Label,
        },
        /// It was set aside for a while, instead of until any other time.
        "conversation.snoozed", "1" => Snoozed {
            /// Until when, in whole seconds.
            until: Timestamp,
        },
        /// The time until which it was set aside came.
        "conversation.woken", "1" => Woken {},
        /// Somebody or something of the business answers, from here or elsewhere. It is told before the message is, and also of one
        /// that was then not taken.
        "conversation.answered", "1" => Answered {
            /// By which message; of several at once, the first.
            message: OutboundMessageId,
        },
    }
}
