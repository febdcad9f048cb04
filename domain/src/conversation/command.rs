use jiff::Timestamp;

use super::{Call, Correction, Edit, InboundMessage, Label, Note, Priority, Reaction, Revocation};
use crate::{ChannelId, ContactId, GroupId, MemberId, OutboundMessageId, SubmissionId, TeamId};

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
    /// The customer told of her interest elsewhere, or somebody of the business entered it.
    ReceiveSubmission {
        /// Who is interested.
        contact: ContactId,
        /// From where she is answered.
        channel: ChannelId,
        /// Which submission of her lead's it is.
        submission: SubmissionId,
        /// When she told it, by the provider's clock.
        submitted_at: Timestamp,
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
    /// Somebody of the business is to see to it, instead of whoever was before.
    Assign {
        /// Who.
        member: MemberId,
    },
    /// Somebody of the business sees to it herself, if nobody else does.
    Take {
        /// She.
        member: MemberId,
    },
    /// A team is to see to it, whoever of it, instead of whoever was before.
    AssignToTeam {
        /// Which.
        team: TeamId,
    },
    /// Nobody in particular is to see to it any more, nor any team.
    Unassign,
    /// Somebody of the business puts down something that the customer does not see.
    AddNote {
        /// What.
        text: Note,
    },
    /// It is marked as being of some kind.
    Label {
        /// Of which.
        label: Label,
    },
    /// A mark is taken away.
    Unlabel {
        /// Which.
        label: Label,
    },
    /// It is set aside for a while.
    Snooze {
        /// Until when; what is less than a second of it is dropped.
        until: Timestamp,
        /// The time at which that is asked.
        now: Timestamp,
    },
    /// The time until which it was set aside has come.
    Wake {
        /// Which time that was: by now it may have been set aside until another.
        until: Timestamp,
    },
    /// It is not settled, or not to be set aside, after all.
    Reopen,
    /// Somebody or something of the business answers.
    Answer {
        /// To whom.
        contact: ContactId,
        /// From where.
        channel: ChannelId,
        /// By which message; of several at once, the first.
        message: OutboundMessageId,
        /// The version of the conversation that the answer rests on; of any, when not set.
        decided_on: Option<i64>,
    },
}
