//! Which conversations are listed, and in which order.

use async_graphql::{Enum, Error, InputObject};
use leadflow_projections::inbox::ConversationField;

use super::types::{ConversationPriority, ConversationStatus};
use crate::graphql::filter::{DateTimeFilter, Fields, Filter, IdFilter, IntFilter, Parts, StringFilter, WordFilter};
use crate::graphql::global_id::Kind;

/// Which conversations. All that is given must hold, so that `{}` is true of every one; at most 3 levels, and 30
/// things asked of fields.
#[derive(Debug, Clone, InputObject)]
pub(super) struct ConversationFilter {
    /// All of these hold.
    and: Option<Vec<ConversationFilter>>,
    /// One of these holds at least; of none, nothing does.
    or: Option<Vec<ConversationFilter>>,
    /// This does not hold.
    not: Option<Box<ConversationFilter>>,
    /// Global id.
    id: Option<IdFilter>,
    /// Where it stands.
    status: Option<WordFilter<ConversationStatus>>,
    /// How much it matters.
    priority: Option<WordFilter<ConversationPriority>>,
    /// The member who is to see to it.
    assignee_id: Option<IdFilter>,
    /// The team that is asked to see to it, while nobody of it does.
    team_id: Option<IdFilter>,
    /// The global id of where they write to.
    channel_id: Option<IdFilter>,
    /// The global id of the customer; a group's is null.
    contact_id: Option<IdFilter>,
    /// What it is marked as: one of its labels. `isNull` is whether it has none.
    label: Option<StringFilter>,
    /// Whether there is something that nobody of the business has read.
    is_unread: Option<bool>,
    /// How many messages and calls nobody of the business has read.
    unread_count: Option<IntFilter>,
    /// When the latest message was written.
    last_activity_at: Option<DateTimeFilter>,
    /// Until when the business may answer freely: it may now, where this is now or later.
    window_open_until: Option<DateTimeFilter>,
    /// Since when a customer waits. `isNull` is whether none does.
    waiting_since: Option<DateTimeFilter>,
    /// Whether it is open, and a customer waits or nobody of the business ever wrote.
    is_unattended: Option<bool>,
    /// What the customer calls herself, or the business her in its own address book: either is found.
    contact_name: Option<StringFilter>,
    /// The customer's number in E.164 form. What is looked for may have spaces and dashes.
    contact_phone: Option<StringFilter>,
}

/// In which order conversations are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::ConversationOrder")]
pub(super) enum ConversationOrder {
    /// Latest activity first.
    #[default]
    LatestActivity,
    /// Latest activity last.
    OldestActivity,
    /// Those in which a customer waits first, the longest first of all.
    LongestWaiting,
    /// Those that matter most first, of these latest activity first.
    HighestPriority,
}

impl Filter for ConversationFilter {
    type Field = ConversationField;

    fn parts(self) -> Result<Parts<Self>, Error> {
        let fields = Fields::new()
            .add(self.id.map(|of| of.of(Kind::Conversation)).transpose()?, ConversationField::Id)
            .add(self.status.map(WordFilter::read).transpose()?, ConversationField::Status)
            .add(self.priority.map(WordFilter::read).transpose()?, ConversationField::Priority)
            .add(self.assignee_id.map(IdFilter::of_members).transpose()?, ConversationField::Assignee)
            .add(self.team_id.map(|of| of.of_people("team")).transpose()?, ConversationField::Team)
            .add(self.channel_id.map(|of| of.of(Kind::Channel)).transpose()?, ConversationField::Channel)
            .add(self.contact_id.map(|of| of.of(Kind::Contact)).transpose()?, ConversationField::Contact)
            .add(self.label.map(StringFilter::read).transpose()?, ConversationField::Label)
            .add(self.is_unread.map(|is| vec![is]), ConversationField::Unread)
            .add(self.unread_count.map(IntFilter::read).transpose()?, ConversationField::UnreadCount)
            .add(self.last_activity_at.map(DateTimeFilter::read).transpose()?, ConversationField::LastActivity)
            .add(self.window_open_until.map(DateTimeFilter::read).transpose()?, ConversationField::Window)
            .add(self.waiting_since.map(DateTimeFilter::read).transpose()?, ConversationField::Waiting)
            .add(self.is_unattended.map(|is| vec![is]), ConversationField::Unattended)
            .add(self.contact_name.map(StringFilter::read).transpose()?, ConversationField::ContactName)
            .add(self.contact_phone.map(StringFilter::of_phones).transpose()?, ConversationField::ContactPhone);
        Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
    }
}
