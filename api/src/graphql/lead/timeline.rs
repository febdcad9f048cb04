//! What happened with a lead's contact.

use async_graphql::{Enum, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::leads::TimelineRow;

use crate::graphql::global_id::{Kind, encode};
use crate::graphql::log_id::LogId;
use crate::graphql::position::Position;

/// Something that happened with a contact.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct TimelineEvent {
    /// What kind of thing.
    kind: TimelineEventKind,
    /// When, by the provider's clock; when it was recorded, where no provider says.
    at: Timestamp,
    /// The global id of the conversation in which it happened; null where it happened in none.
    conversation_id: Option<ID>,
    /// The id, in the log, of the message of the business that it is about: what was delivered and read has the id of what
    /// was sent. Null for all else.
    outbound_message: Option<LogId>,
    /// The id of the event that tells of it, in the log.
    event: LogId,
    /// Where that event stands in the log.
    position: Position,
}

/// What kind of thing happened with a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::leads::TimelineKind")]
pub(in crate::graphql) enum TimelineEventKind {
    /// She was heard of for the first time.
    Introduced,
    /// She became known by one thing more.
    IdentifierAdded,
    /// What she is known by changed.
    IdentifierChanged,
    /// Something that she was told to be known by is somebody else's.
    IdentifierConflicted,
    /// She wants marketing.
    MarketingWanted,
    /// She wants no more marketing.
    MarketingStopped,
    /// The business wrote her down in an address book, or changed her entry there.
    Listed,
    /// The business took her out of an address book.
    Unlisted,
    /// She was found to be the same person as another contact, who stands for her from then on: `history` of her says who found
    /// so, and why.
    Merged,
    /// She was found to be another person after all.
    Unmerged,
    /// She and another contact were found to be two people.
    ToldApart,
    /// She was erased.
    Erased,
    /// A thread with her began.
    ConversationOpened,
    /// What was settled came up again.
    ConversationReopened,
    /// The matter was settled.
    ConversationResolved,
    /// Somebody of the business said how much a conversation matters.
    PrioritySet,
    /// Somebody of the business is to see to a conversation.
    ConversationAssigned,
    /// A team is asked to see to a conversation.
    ConversationAssignedToTeam,
    /// Nobody in particular is to see to a conversation any more.
    ConversationUnassigned,
    /// A conversation was set aside for a while.
    ConversationSnoozed,
    /// The time until which a conversation was set aside came.
    ConversationWoken,
    /// A conversation was marked as being of some kind.
    ConversationLabelled,
    /// A mark was taken from a conversation.
    ConversationUnlabelled,
    /// Somebody of the business put down something that she does not see.
    NoteAdded,
    /// A message of hers, or what WhatsApp tells in its place.
    MessageReceived,
    /// A message of hers from before the number was connected.
    ReceivedMessageImported,
    /// She reacted to a message, or took her reaction back.
    ReactionReceived,
    /// She changed a message of hers.
    EditReceived,
    /// She took a message of hers back.
    RevocationReceived,
    /// She called.
    CallReceived,
    /// The business called her.
    CallMade,
    /// A call was over.
    CallEnded,
    /// The business wrote to her.
    MessageSent,
    /// What the business wrote to her before the number was connected.
    SentMessageImported,
    /// The business reacted to a message, or took its reaction back.
    ReactionSent,
    /// The business changed a message.
    EditSent,
    /// The business took a message back.
    RevocationSent,
    /// A message of the business could not be delivered.
    MessageFailed,
    /// A message of the business reached her device.
    MessageDelivered,
    /// She saw a message of the business.
    MessageRead,
    /// She listened to a message of the business.
    MessagePlayed,
    /// Her interest was first seen.
    LeadCaptured,
    /// Her interest turned out to have begun earlier.
    LeadCaptureCorrected,
    /// She told of her interest by a form, or somebody of the business entered it.
    LeadSubmitted,
    /// Her lead was found worth pursuing.
    LeadQualified,
    /// Her lead was found not worth pursuing.
    LeadDisqualified,
    /// Her lead is worked on at another stage.
    LeadMoved,
    /// She has bought.
    LeadConverted,
    /// She does not buy.
    LeadLost,
    /// Her lead was marked as spam.
    LeadSpamMarked,
    /// Her lead is no spam after all.
    LeadSpamUnmarked,
    /// Her lead was marked as being of some kind.
    LeadTagged,
    /// A mark was taken from her lead.
    LeadUntagged,
    /// Somebody of the business put down something about her lead.
    LeadNoteAdded,
    /// Whom she works for was put down, or taken away.
    LeadCompanySet,
    /// An attribute of her lead was put down, or taken away.
    LeadAttributeSet,
    /// Somebody else is to see to her lead.
    LeadTransferred,
}

impl From<TimelineRow> for TimelineEvent {
    fn from(row: TimelineRow) -> Self {
        Self {
            kind: row.kind.into(),
            at: row.at,
            conversation_id: row.conversation.map(|id| encode(Kind::Conversation, id)),
            outbound_message: row.outbound_message.map(LogId),
            event: row.event.into(),
            position: Position(row.position),
        }
    }
}
