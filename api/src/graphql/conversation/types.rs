//! A conversation, its messages and its notes.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Error, ID, Json, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::inbox::{ConversationCounts as Counts, ConversationRow, MessageRow, NoteRow};
use serde_json::Value;
use uuid::Uuid;

use super::pages::Loaded;
use crate::graphql::channel::Channel;
use crate::graphql::connection::{Connection, Window, cost};
use crate::graphql::contact::Contact;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::group::Group;

/// The one thread between a contact, or a group, and a channel.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct Conversation {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// Where it stands.
    status: ConversationStatus,
    /// How much it matters, as somebody of the business said.
    priority: ConversationPriority,
    /// The member who is to see to it: the id with which it was assigned. Null while nobody in particular is.
    assignee_id: Option<ID>,
    /// Until when it is set aside; null unless it is.
    snoozed_until: Option<Timestamp>,
    /// What it is marked as, in the order of bytes.
    labels: Vec<String>,
    /// The customer; null where it is with a group.
    contact: Option<Contact>,
    /// The group it is with; null where it is with one customer.
    group: Option<Group>,
    /// Where they write to.
    channel: Channel,
    /// Messages and calls of the customer since somebody of the business last read it.
    unread_count: i32,
    /// Until when the business may answer freely: 24 hours after the customer last wrote or reacted, or anybody in the
    /// group. Null while nobody has.
    window_open_until: Option<Timestamp>,
    /// Since when a customer waits for somebody of the business to write, by the provider's clock: since the first of her
    /// messages after it was last resolved that nobody answered. What a bot wrote answers nothing. Null while nobody waits.
    waiting_since: Option<Timestamp>,
    /// When the latest message was written, by the provider's clock.
    last_activity_at: Timestamp,
    /// The latest message by the provider's clock.
    last_message: Message,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
    #[graphql(skip)]
    uuid: Uuid,
    #[graphql(skip)]
    loaded: Arc<Loaded>,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::ConversationStatus")]
pub(in crate::graphql) enum ConversationStatus {
    /// Somebody waits for somebody.
    Open,
    /// It is set aside until a time, or until the customer writes again.
    Snoozed,
    /// The matter is settled, until the customer writes again.
    Resolved,
}

/// How many conversations stand where.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ConversationCounts {
    /// Somebody waits for somebody.
    open: i64,
    /// They are set aside for a while.
    snoozed: i64,
    /// The matter is settled.
    resolved: i64,
    /// Of the open ones those that nobody in particular is to see to.
    unassigned: i64,
    /// Those in which somebody of the business has something to read, wherever they stand.
    unread: i64,
    /// Those in which a customer waits for somebody of the business to write, wherever they stand.
    waiting: i64,
}

/// What somebody of the business put down in a conversation.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Note {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// What it says; null when the customer it is about was erased.
    text: Option<String>,
    /// When it was put down.
    noted_at: Timestamp,
}

/// How much a conversation matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::conversation::Priority")]
pub(in crate::graphql) enum ConversationPriority {
    /// Nobody said.
    None,
    /// Less than others.
    Low,
    /// As others.
    Medium,
    /// More than others.
    High,
    /// Before all others.
    Urgent,
}

/// A message of a conversation.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Message {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// The provider's id; null when the person was erased.
    provider_message_id: Option<String>,
    /// Who wrote it, also in a group; null for what the business wrote.
    author: Option<Contact>,
    /// Who wrote to whom.
    direction: MessageDirection,
    /// What it holds.
    kind: MessageKind,
    /// The text, the caption, the words on the button she tapped: what a list shows of it. Null where there are no words,
    /// and when the person was erased.
    text: Option<String>,
    /// All it holds, by kind, where that is more than the text: the file, the place, the cards, the order. The forms are
    /// those of docs/EVENTS.md. Null when the person was erased.
    content: Option<Json<Value>>,
    /// The provider's id of the message it answers.
    replies_to_provider_message_id: Option<String>,
    /// The provider's id of the message that a reaction, an edit or a revocation is about. That message may be unknown.
    about_provider_message_id: Option<String>,
    /// When it was written, by the provider's clock.
    sent_at: Timestamp,
    /// Whether it is known from a history alone: it was written before the number was connected, was never unread, and
    /// counts for no lead.
    is_imported: bool,
    /// What the customer reacted to it with, unless she took that back. Of several in a group, the latest.
    reaction: Option<String>,
    /// Its text since it was last changed.
    edited_text: Option<String>,
    /// When it was last changed, by the provider's clock; null if it never was.
    edited_at: Option<Timestamp>,
    /// When it was taken back, by the provider's clock; null if it never was. Its text is kept.
    revoked_at: Option<Timestamp>,
    /// How far a message of the business got. Null for what the customer wrote, and while the provider has told nothing.
    status: Option<DeliveryStatus>,
    /// When the provider sent it, by its clock, as it told so first.
    passed_on_at: Option<Timestamp>,
    /// When it arrived on the customer's device, by the provider's clock. May be null although she has read it.
    delivered_at: Option<Timestamp>,
    /// When the customer saw it, by the provider's clock.
    read_at: Option<Timestamp>,
    /// When the customer listened to it, by the provider's clock.
    played_at: Option<Timestamp>,
    /// When it failed, by the provider's clock; also if it turned out later that it had not.
    failed_at: Option<Timestamp>,
    /// Why it failed. Null unless its status is FAILED.
    failure: Option<MessageFailure>,
}

/// Who wrote to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::MessageDirection")]
pub(in crate::graphql) enum MessageDirection {
    /// The customer wrote to the business.
    Inbound,
    /// The business wrote to the customer, here or elsewhere.
    Outbound,
}

/// How far a message of the business got. The furthest that was told counts, in whatever order it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::outbound_message::DeliveryStatus")]
pub(in crate::graphql) enum DeliveryStatus {
    /// It is to be sent.
    Queued,
    /// It is being sent.
    Attempted,
    /// It was sent, or not: the provider did not answer.
    Unknown,
    /// The provider has sent it.
    Sent,
    /// The provider could not deliver it.
    Failed,
    /// It is on the customer's device.
    Delivered,
    /// The customer has seen it.
    Read,
    /// The customer has listened to it.
    Played,
}

/// Why a message did not arrive.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct MessageFailure {
    /// The provider's number of the reason, if it gave one.
    code: Option<String>,
    /// The reason in the provider's words, if it gave one.
    title: Option<String>,
}

/// What a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::MessageKind")]
pub(in crate::graphql) enum MessageKind {
    /// Plain text.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording or a piece of music.
    Audio,
    /// A file with a name.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// People's cards.
    Contacts,
    /// A tap on a quick-reply button of a template.
    Button,
    /// A tap on a reply button.
    ButtonReply,
    /// A choice from a list.
    ListReply,
    /// A form that was filled in.
    FlowReply,
    /// Whether the business may call.
    CallPermissionReply,
    /// An order from the catalogue.
    Order,
    /// The chat was opened, and nothing written yet.
    Welcome,
    /// WhatsApp tells of a change of the customer's.
    System,
    /// A file of an old conversation, which comes later or not at all.
    MediaPlaceholder,
    /// Something that WhatsApp does not hand to businesses.
    Unsupported,
    /// Something of a kind that LeadFlow does not know yet.
    Unknown,
    /// A reaction to another message.
    Reaction,
    /// A reaction was taken back.
    ReactionRemoved,
    /// Another message was changed.
    Edit,
    /// Another message was taken back.
    Revocation,
    /// A call begins, or something is told of one: the text is the provider's word for it, where it has one.
    Call,
    /// A call is over: the text is how it came out, and the content for how long it was.
    CallEnded,
}

#[ComplexObject]
impl Conversation {
    /// Its messages, newest first by the provider's clock.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn messages(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Message>, Error>> {
        Some(self.loaded.messages(context, self.uuid, &Window { first, after, last, before }).await)
    }

    /// What people of the business put down, newest first. The customer does not see it.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn notes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<Connection<Note>, Error>> {
        Some(self.loaded.notes(context, self.uuid, &Window { first, after, last, before }).await)
    }
}

impl Conversation {
    /// `loaded` is what the list has loaded for all its rows at once.
    pub(super) fn new(row: ConversationRow, loaded: Arc<Loaded>) -> Self {
        Self {
            id: encode(Kind::Conversation, row.id),
            status: row.status.into(),
            priority: row.priority.into(),
            assignee_id: row.assignee.map(|member| ID(member.to_string())),
            snoozed_until: row.snoozed_until,
            labels: row.labels,
            contact: row.contact.map(Contact::from),
            group: row.group.map(Group::from),
            channel: row.channel.into(),
            unread_count: row.unread_count,
            window_open_until: row.window_until,
            waiting_since: row.waiting_since,
            last_activity_at: row.last_activity_at,
            last_message: row.last_message.into(),
            version: row.version,
            uuid: row.id,
            loaded,
        }
    }

    /// Its id, as the read models know it.
    pub(in crate::graphql) fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl From<Counts> for ConversationCounts {
    fn from(counts: Counts) -> Self {
        let Counts { open, snoozed, resolved, unassigned, unread, waiting } = counts;
        Self { open, snoozed, resolved, unassigned, unread, waiting }
    }
}

impl From<NoteRow> for Note {
    fn from(row: NoteRow) -> Self {
        Self { id: encode(Kind::Note, row.id), text: row.body, noted_at: row.noted_at }
    }
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let (edited_text, edited_at) = row.acts.edited.unzip();
        let delivery = row.delivery.as_ref();
        let status = delivery.map(|delivery| DeliveryStatus::from(delivery.status));
        let failed = delivery.and_then(|delivery| delivery.failure.as_ref());
        Self {
            id: encode(Kind::Message, row.id),
            provider_message_id: row.provider_message_id,
            author: row.author.map(Contact::from),
            direction: row.direction.into(),
            kind: row.kind.into(),
            text: row.body,
            content: row.content.map(Json),
            replies_to_provider_message_id: row.replies_to,
            about_provider_message_id: row.about,
            sent_at: row.sent_at,
            is_imported: row.is_imported,
            reaction: row.acts.reaction,
            edited_text: edited_text.flatten(),
            edited_at,
            revoked_at: row.acts.revoked_at,
            status,
            passed_on_at: delivery.and_then(|delivery| delivery.sent_at),
            delivered_at: delivery.and_then(|delivery| delivery.delivered_at),
            read_at: delivery.and_then(|delivery| delivery.read_at),
            played_at: delivery.and_then(|delivery| delivery.played_at),
            failed_at: failed.map(|failed| failed.at),
            failure: failed
                .filter(|_| status == Some(DeliveryStatus::Failed))
                .map(|failed| MessageFailure { code: failed.code.clone(), title: failed.title.clone() }),
        }
    }
}
