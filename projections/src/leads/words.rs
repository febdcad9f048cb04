//! The words in the leads' columns.

use leadflow_domain::contact::IdentifierKind;
use leadflow_domain::lead::{LeadSource, LeadStatus};
use leadflow_domain::pipeline::{AttributeKind, StageKind};
use leadflow_domain::source::SourceKind;

use crate::word::Word;

/// What kind of thing happened with a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineKind {
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
    /// She was found to be the same person as another contact, who stands for her.
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

impl Word for TimelineKind {
    const ALL: &'static [Self] = &[
        Self::Introduced,
        Self::IdentifierAdded,
        Self::IdentifierChanged,
        Self::IdentifierConflicted,
        Self::MarketingWanted,
        Self::MarketingStopped,
        Self::Listed,
        Self::Unlisted,
        Self::Merged,
        Self::Unmerged,
        Self::ToldApart,
        Self::Erased,
        Self::ConversationOpened,
        Self::ConversationReopened,
        Self::ConversationResolved,
        Self::PrioritySet,
        Self::ConversationAssigned,
        Self::ConversationAssignedToTeam,
        Self::ConversationUnassigned,
        Self::ConversationSnoozed,
        Self::ConversationWoken,
        Self::ConversationLabelled,
        Self::ConversationUnlabelled,
        Self::NoteAdded,
        Self::MessageReceived,
        Self::ReceivedMessageImported,
        Self::ReactionReceived,
        Self::EditReceived,
        Self::RevocationReceived,
        Self::CallReceived,
        Self::CallMade,
        Self::CallEnded,
        Self::MessageSent,
        Self::SentMessageImported,
        Self::ReactionSent,
        Self::EditSent,
        Self::RevocationSent,
        Self::MessageFailed,
        Self::MessageDelivered,
        Self::MessageRead,
        Self::MessagePlayed,
        Self::LeadCaptured,
        Self::LeadCaptureCorrected,
        Self::LeadSubmitted,
        Self::LeadQualified,
        Self::LeadDisqualified,
        Self::LeadMoved,
        Self::LeadConverted,
        Self::LeadLost,
        Self::LeadSpamMarked,
        Self::LeadSpamUnmarked,
        Self::LeadTagged,
        Self::LeadUntagged,
        Self::LeadNoteAdded,
        Self::LeadCompanySet,
        Self::LeadAttributeSet,
        Self::LeadTransferred,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::IdentifierAdded => "identifier_added",
            Self::IdentifierChanged => "identifier_changed",
            Self::IdentifierConflicted => "identifier_conflicted",
            Self::MarketingWanted => "marketing_wanted",
            Self::MarketingStopped => "marketing_stopped",
            Self::Listed => "listed",
            Self::Unlisted => "unlisted",
            Self::Merged => "merged",
            Self::Unmerged => "unmerged",
            Self::ToldApart => "told_apart",
            Self::Erased => "erased",
            Self::ConversationOpened => "conversation_opened",
            Self::ConversationReopened => "conversation_reopened",
            Self::ConversationResolved => "conversation_resolved",
            Self::PrioritySet => "priority_set",
            Self::ConversationAssigned => "conversation_assigned",
            Self::ConversationAssignedToTeam => "conversation_assigned_to_team",
            Self::ConversationUnassigned => "conversation_unassigned",
            Self::ConversationSnoozed => "conversation_snoozed",
            Self::ConversationWoken => "conversation_woken",
            Self::ConversationLabelled => "conversation_labelled",
            Self::ConversationUnlabelled => "conversation_unlabelled",
            Self::NoteAdded => "note_added",
            Self::MessageReceived => "message_received",
            Self::ReceivedMessageImported => "received_message_imported",
            Self::ReactionReceived => "reaction_received",
            Self::EditReceived => "edit_received",
            Self::RevocationReceived => "revocation_received",
            Self::CallReceived => "call_received",
            Self::CallMade => "call_made",
            Self::CallEnded => "call_ended",
            Self::MessageSent => "message_sent",
            Self::SentMessageImported => "sent_message_imported",
            Self::ReactionSent => "reaction_sent",
            Self::EditSent => "edit_sent",
            Self::RevocationSent => "revocation_sent",
            Self::MessageFailed => "message_failed",
            Self::MessageDelivered => "message_delivered",
            Self::MessageRead => "message_read",
            Self::MessagePlayed => "message_played",
            Self::LeadCaptured => "lead_captured",
            Self::LeadCaptureCorrected => "lead_capture_corrected",
            Self::LeadSubmitted => "lead_submitted",
            Self::LeadQualified => "lead_qualified",
            Self::LeadDisqualified => "lead_disqualified",
            Self::LeadMoved => "lead_moved",
            Self::LeadConverted => "lead_converted",
            Self::LeadLost => "lead_lost",
            Self::LeadSpamMarked => "lead_spam_marked",
            Self::LeadSpamUnmarked => "lead_spam_unmarked",
            Self::LeadTagged => "lead_tagged",
            Self::LeadUntagged => "lead_untagged",
            Self::LeadNoteAdded => "lead_note_added",
            Self::LeadCompanySet => "lead_company_set",
            Self::LeadAttributeSet => "lead_attribute_set",
            Self::LeadTransferred => "lead_transferred",
        }
    }
}

impl Word for LeadStatus {
    const ALL: &'static [Self] = &[Self::New, Self::Qualified, Self::Disqualified];

    fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Qualified => "qualified",
            Self::Disqualified => "disqualified",
        }
    }
}

impl Word for LeadSource {
    const ALL: &'static [Self] = &[
        Self::WhatsApp,
        Self::GoogleForm,
        Self::MetaForm,
        Self::WalkIn,
        Self::External,
        Self::Manual,
        Self::Import,
        Self::Messenger,
        Self::Instagram,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::GoogleForm => "google_form",
            Self::MetaForm => "meta_form",
            Self::WalkIn => "walk_in",
            Self::External => "external",
            Self::Manual => "manual",
            Self::Import => "import",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
        }
    }
}

impl Word for SourceKind {
    const ALL: &'static [Self] = &[Self::GoogleForm, Self::FacebookPage, Self::WalkIn, Self::External];

    fn word(self) -> &'static str {
        match self {
            Self::GoogleForm => "google_form",
            Self::FacebookPage => "facebook_page",
            Self::WalkIn => "walk_in",
            Self::External => "external",
        }
    }
}

impl Word for IdentifierKind {
    const ALL: &'static [Self] =
        &[Self::Phone, Self::WhatsAppUserId, Self::Email, Self::ProviderLead, Self::ScopedUserId];

    fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::WhatsAppUserId => "whatsapp_user_id",
            Self::Email => "email",
            Self::ProviderLead => "provider_lead",
            Self::ScopedUserId => "scoped_user_id",
        }
    }
}

impl Word for StageKind {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

impl Word for AttributeKind {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::Choice => "choice",
        }
    }
}
