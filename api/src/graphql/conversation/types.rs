//! A conversation, its messages and its notes.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::{MemberId, TeamId};
use leadflow_projections::inbox::{ConversationCounts as Counts, ConversationRow, NoteRow};
use uuid::Uuid;

use super::message::Message;
use super::pages::Loaded;
use crate::graphql::channel::Channel;
use crate::graphql::connection::{Connection, List, Window, cost};
use crate::graphql::contact::Contact;
use crate::graphql::edge::Word;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::group::Group;
use crate::graphql::member::Member;
use crate::graphql::plain::{Asked, AtOnce, Plain, PlainFields, Writer, by};
use crate::graphql::team::Team;

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
    /// Until when it is set aside; null unless it is.
    snoozed_until: Option<Timestamp>,
    /// What it is marked as, in the order of bytes.
    labels: Vec<String>,
    /// The customer; null where it is with a group.
    contact: Option<Contact>,
    /// The group it is with; null where it is with one customer.
    group: Option<Box<Group>>,
    /// Where they write to; null while what is told of the channel could not be read yet.
    channel: Option<Box<Channel>>,
    /// Messages and calls of the customer, and what she told elsewhere, since somebody of the business last read it.
    unread_count: i32,
    /// Until when the business may answer freely: 24 hours after the customer last wrote or reacted, or anybody in the
    /// group. Null while nobody has.
    window_open_until: Option<Timestamp>,
    /// Since when a customer waits for somebody of the business to write, by the provider's clock: since the first of her
    /// messages after it was last resolved that nobody answered. What a bot wrote answers nothing. Null while nobody waits.
    waiting_since: Option<Timestamp>,
    /// When the latest message was written, or when the customer last told of her interest elsewhere, by a form, whichever is later;
    /// by the provider's clock.
    last_activity_at: Timestamp,
    /// The latest message by the provider's clock; null while nobody has written: the customer told of her interest by a form.
    last_message: Option<Message>,
    /// The number of the latest event that is shown here; pass it as `expectedVersion`.
    version: i64,
    #[graphql(skip)]
    to: Option<MemberId>,
    #[graphql(skip)]
    asked: Option<TeamId>,
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
    /// Of the open ones those in which a customer waits, or to which nobody of the business ever wrote, also before the number
    /// was connected. What a bot wrote does not count.
    unattended: i64,
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

#[ComplexObject]
impl Conversation {
    /// The member who is to see to it. Null while nobody in particular is, and where nothing is known of her.
    async fn assignee(&self) -> Option<Result<Member, Error>> {
        self.loaded.assignee(self.to?).transpose()
    }

    /// Which team is asked to see to it, while nobody of it does. Null where none is, and where the team is no more.
    async fn team(&self) -> Option<Result<Team, Error>> {
        self.loaded.team(self.asked?).transpose()
    }

    /// Its messages, newest first by the provider's clock.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn messages(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
    ) -> Option<Result<AtOnce<Connection<Message>>, Error>> {
        let window = Window { first, after, last, before };
        Some(self.loaded.messages(context, self.uuid, &window).await.map(AtOnce))
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
    ) -> Option<Result<AtOnce<Connection<Note>>, Error>> {
        let window = Window { first, after, last, before };
        Some(self.loaded.notes(context, self.uuid, &window).await.map(AtOnce))
    }
}

/// All that its list has loaded.
impl Plain for Conversation {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|it: &Self, to| to.put(&it.id)),
            "status" => by(|it: &Self, to| to.put(&Word(it.status))),
            "priority" => by(|it: &Self, to| to.put(&Word(it.priority))),
            "snoozedUntil" => by(|it: &Self, to| to.put(&it.snoozed_until)),
            "labels" => by(|it: &Self, to| to.put(&it.labels)),
            "contact" => asked.object(|it: &Self| it.contact.as_ref()),
            "group" => asked.object(|it: &Self| it.group.as_deref()),
            "channel" => asked.object(|it: &Self| it.channel.as_deref()),
            "unreadCount" => by(|it: &Self, to| to.put(&it.unread_count)),
            "windowOpenUntil" => by(|it: &Self, to| to.put(&it.window_open_until)),
            "waitingSince" => by(|it: &Self, to| to.put(&it.waiting_since)),
            "lastActivityAt" => by(|it: &Self, to| to.put(&it.last_activity_at)),
            "lastMessage" => asked.object(|it: &Self| it.last_message.as_ref()),
            "version" => by(|it: &Self, to| to.put(&it.version)),
            "assignee" => {
                let fields: PlainFields<Member> = asked.fields()?;
                by(move |it: &Self, to| {
                    let assignee = it.to.map_or(Ok(None), |member| it.loaded.assignee(member)).ok()?;
                    match &assignee {
                        Some(member) => fields.write(member, to),
                        None => to.put(&None::<ID>),
                    }
                })
            }
            "team" => {
                let fields: PlainFields<Team> = asked.fields()?;
                by(move |it: &Self, to| {
                    let team = it.asked.map_or(Ok(None), |team| it.loaded.team(team)).ok()?;
                    match &team {
                        Some(team) => fields.write(team, to),
                        None => to.put(&None::<ID>),
                    }
                })
            }
            "messages" => {
                let (page, fields) = (asked.window()?.page(List::Messages.whole()).ok()?, asked.fields()?);
                by(move |it: &Self, to| fields.write(&it.loaded.loaded_messages(it.uuid, page)?, to))
            }
            "notes" => {
                let (page, fields) = (asked.window()?.page(List::Notes.whole()).ok()?, asked.fields()?);
                by(move |it: &Self, to| fields.write(&it.loaded.loaded_notes(it.uuid, page)?, to))
            }
            _ => None,
        }
    }
}

impl Plain for Note {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "id" => by(|note: &Self, to| to.put(&note.id)),
            "text" => by(|note: &Self, to| to.put(&note.text)),
            "notedAt" => by(|note: &Self, to| to.put(&note.noted_at)),
            _ => None,
        }
    }
}

impl Conversation {
    /// `loaded` is what the list has loaded for all its rows at once.
    pub(super) fn new(row: ConversationRow, loaded: Arc<Loaded>) -> Self {
        Self {
            id: encode(Kind::Conversation, row.id),
            status: row.status.into(),
            priority: row.priority.into(),
            snoozed_until: row.snoozed_until,
            labels: row.labels,
            contact: row.contact.map(Contact::from),
            group: row.group.map(|group| Box::new((*group).into())),
            channel: row.channel.map(|channel| Box::new((*channel).into())),
            unread_count: row.unread_count,
            window_open_until: row.window_until,
            waiting_since: row.waiting_since,
            last_activity_at: row.last_activity_at,
            last_message: row.last_message.map(|message| (*message).into()),
            version: row.version,
            to: row.assignee,
            asked: row.team,
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
        let Counts { open, snoozed, resolved, unassigned, unread, waiting, unattended } = counts;
        Self { open, snoozed, resolved, unassigned, unread, waiting, unattended }
    }
}

impl From<NoteRow> for Note {
    fn from(row: NoteRow) -> Self {
        Self { id: encode(Kind::Note, row.id), text: row.body, noted_at: row.noted_at }
    }
}
