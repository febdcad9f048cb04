//! What the inbox answers with, and how it is read from rows of the database.

use jiff::Timestamp;
use leadflow_domain::conversation::Priority;
use leadflow_domain::outbound_message::DeliveryStatus;
use leadflow_domain::{MemberId, OutboundMessageId, TeamId};
use serde_json::Value;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::cells::Cells;
use super::channel_queries::{ChannelRow, maybe_channel_row};
use super::conversation_columns::{ContactColumns, ConversationColumns};
use super::group_queries::{GroupRow, group_row};
use super::marketing::MarketingRow;
use super::message_columns::MessageColumns;
use super::messages::{Telling, is_pending};
use super::words::{ConversationStatus, MessageDirection, MessageKind};
use crate::Keyset;
use crate::word::read_maybe_word;

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// Her id.
    pub id: Uuid,
    /// What she calls herself.
    pub display_name: Option<String>,
    /// Her number in E.164 form.
    pub phone: Option<String>,
    /// Her address of electronic mail, as it was told last.
    pub email: Option<String>,
    /// Whether she wants marketing; `None` while she has said neither.
    pub marketing: Option<MarketingRow>,
    /// What the business calls her in its own address book.
    pub listed_name: Option<String>,
    /// The contact who stands for her, if she does not herself. Said where contacts are asked for by themselves: whatever else shows
    /// somebody shows whoever stands for her.
    pub merged_into: Option<Uuid>,
    /// The number of her stream's latest event here.
    pub version: i64,
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// Its id.
    pub id: Uuid,
    /// Where it stands.
    pub status: ConversationStatus,
    /// How much it matters.
    pub priority: Priority,
    /// The member who is to see to it.
    pub assignee: Option<MemberId>,
    /// Which team is asked to, while nobody of it does.
    pub team: Option<TeamId>,
    /// Until when it is set aside, if it is.
    pub snoozed_until: Option<Timestamp>,
    /// What it is marked as, in the order of bytes.
    pub labels: Vec<String>,
    /// The customer; `None` in a group.
    pub contact: Option<ContactRow>,
    /// The group, where it is one.
    pub group: Option<Box<GroupRow>>,
    /// Where they wrote to; `None` while nothing has told of it.
    pub channel: Option<Box<ChannelRow>>,
    /// Messages, calls and what she told elsewhere, since somebody last read it.
    pub unread_count: i32,
    /// The provider's time of the latest message, or at which she last told of her interest elsewhere, whichever is later.
    pub last_activity_at: Timestamp,
    /// Until when the business may answer freely; `None` while the customer has written nothing.
    pub window_until: Option<Timestamp>,
    /// The provider's time of the first message that nobody of the business wrote after; `None` while no customer waits.
    pub waiting_since: Option<Timestamp>,
    /// The latest message by the provider's time; `None` while nobody has written.
    pub last_message: Option<Box<MessageRow>>,
    /// The number of its stream's latest event here.
    pub version: i64,
    pub(super) waits_from: Timestamp,
    pub(super) priority_rank: i16,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its id.
    pub id: Uuid,
    /// The thread that it belongs to.
    pub conversation: Uuid,
    /// Who wrote it; `None` for what the business wrote.
    pub author: Option<Box<ContactRow>>,
    /// Who wrote to whom.
    pub direction: MessageDirection,
    /// What it holds.
    pub kind: MessageKind,
    /// The text, the caption, or what else a list shows of it.
    pub body: Option<String>,
    /// The provider's time.
    pub sent_at: Timestamp,
    /// What a list seldom shows; `None` where it was not asked for.
    pub details: Option<Box<MessageDetailsRow>>,
    /// The messages that it names; `None` where it names none that is known, or that was not asked for.
    pub named: Option<Box<NamedRow>>,
    /// What was done to it; `None` where nothing was, or that was not asked for.
    pub acts: Option<Box<ActsRow>>,
    /// How far a message of the business got; `None` for others, and while nothing was told.
    pub delivery: Option<Box<DeliveryRow>>,
    pub(super) mark: Uuid,
}

/// What a list seldom shows of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageDetailsRow {
    /// The provider's id.
    pub provider_message_id: Option<String>,
    /// All it holds, where that is more than the text.
    pub content: Option<Value>,
    /// Whether only a history told of it.
    pub is_imported: bool,
}

/// By which ids the provider knows the messages that a message names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedRow {
    /// The one it answers, where that is there and was not erased.
    pub replies_to: Option<String>,
    /// The one that a reaction, an edit or a revocation is about, likewise.
    pub about: Option<String>,
}

/// What was done to a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActsRow {
    /// What the customer reacted with, unless she took it back.
    pub reaction: Option<String>,
    /// What it says since it was changed, and when that was.
    pub edited: Option<(Option<String>, Timestamp)>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// How far a message of the business got. Times are the provider's, each the first that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The furthest.
    pub status: DeliveryStatus,
    /// When the provider passed it on.
    pub sent_at: Option<Timestamp>,
    /// When it was on her device.
    pub delivered_at: Option<Timestamp>,
    /// When she saw it.
    pub read_at: Option<Timestamp>,
    /// When she listened to it.
    pub played_at: Option<Timestamp>,
    /// When and why it failed; it may have arrived nevertheless.
    pub failure: Option<FailureRow>,
    /// What the provider says of its price: JSON in a text.
    pub pricing: Option<String>,
    /// How sending it went, where it is sent from here.
    pub sending: Option<SendingRow>,
}

/// How sending a message went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingRow {
    /// Its id.
    pub id: OutboundMessageId,
    /// The member who wrote it; `None` where no member did.
    pub sender: Option<MemberId>,
    /// How often sending it was begun.
    pub attempts: i32,
    /// When somebody wrote it.
    pub queued_at: Timestamp,
    /// When sending it was begun last.
    pub attempted_at: Option<Timestamp>,
    /// When it was known that the provider took it.
    pub accepted_at: Option<Timestamp>,
    /// From when on it is tried again, while it waits for that.
    pub next_attempt_at: Option<Timestamp>,
    /// Why nobody knows whether it was sent, or why it was not, where that is not the provider's word.
    pub cause: Option<String>,
    /// The last no of the provider's.
    pub error: Option<ErrorRow>,
}

/// A provider's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRow {
    /// Its number.
    pub code: String,
    /// Its name.
    pub title: Option<String>,
    /// More of it.
    pub details: Option<String>,
}

/// When and why a message failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureRow {
    /// When.
    pub at: Timestamp,
    /// The provider's number of the reason, if it gave one.
    pub code: Option<String>,
    /// The reason in the provider's words.
    pub title: Option<String>,
    /// More of it.
    pub details: Option<String>,
}

impl MessageRow {
    /// Its place in a thread.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset { tie: self.mark, ..Keyset::new(self.sent_at, self.id) }
    }
}

/// The contact in columns whose names begin so, if there is one: the next three, and five more where there are details.
pub(super) fn take_contact(
    cells: &mut Cells<'_>,
    prefix: &str,
    columns: ContactColumns,
) -> Result<Option<ContactRow>, sqlx::Error> {
    let Some(id) = cells.take_of(prefix, "id")? else {
        cells.skip(if columns.details { 7 } else { 2 });
        return Ok(None);
    };
    let mut contact = ContactRow {
        id,
        display_name: cells.take_of(prefix, "name")?,
        phone: cells.take_of(prefix, "phone")?,
        email: None,
        marketing: None,
        listed_name: None,
        merged_into: None,
        version: 0,
    };
    if columns.details {
        contact.email = cells.take_of(prefix, "email")?;
        contact.marketing = MarketingRow::take(cells, prefix)?;
        contact.listed_name = cells.take_of(prefix, "listed_name")?;
        contact.version = cells.take_of(prefix, "version")?;
    }
    Ok(Some(contact))
}

/// The conversations in rows of [`ConversationColumns::list`].
pub(super) fn conversation_rows(
    rows: &[PgRow],
    columns: ConversationColumns,
) -> Result<Vec<ConversationRow>, sqlx::Error> {
    // Each is large, and moved once: while it is not known whether all can be read, collecting them knows of no number.
    let mut conversations = Vec::with_capacity(rows.len());
    for row in rows {
        conversations.push(conversation_row(row, columns)?);
    }
    Ok(conversations)
}

fn conversation_row(row: &PgRow, columns: ConversationColumns) -> Result<ConversationRow, sqlx::Error> {
    let mut cells = Cells::of(row);
    let cells = &mut cells;
    let id = cells.take("conversation_id")?;
    let status = cells.word("status")?;
    let unread_count = cells.take("unread_count")?;
    let last_activity_at = cells.timestamp("last_activity_at")?;
    let details = if columns.details { take_conversation_details(cells)? } else { ConversationDetails::default() };
    let contact = match columns.contact {
        Some(columns) => take_contact(cells, "contact_", columns)?,
        None => None,
    };
    let last_message = match columns.last_message {
        Some(columns) => take_last_message(cells, id, columns)?,
        None => None,
    };
    Ok(ConversationRow {
        id,
        status,
        priority: details.priority,
        assignee: details.assignee,
        team: details.team,
        snoozed_until: details.snoozed_until,
        labels: details.labels,
        contact,
        group: if columns.group { group_row(row)?.map(Box::new) } else { None },
        channel: if columns.channel { maybe_channel_row(row)?.map(Box::new) } else { None },
        unread_count,
        last_activity_at,
        window_until: details.window_until,
        waiting_since: details.waiting_since,
        last_message,
        version: details.version,
        waits_from: details.waits_from,
        priority_rank: details.priority_rank,
    })
}

/// What a conversation says of itself beside what every list shows.
#[derive(Default)]
struct ConversationDetails {
    assignee: Option<MemberId>,
    team: Option<TeamId>,
    priority: Priority,
    priority_rank: i16,
    labels: Vec<String>,
    snoozed_until: Option<Timestamp>,
    window_until: Option<Timestamp>,
    waiting_since: Option<Timestamp>,
    waits_from: Timestamp,
    version: i64,
}

fn take_conversation_details(cells: &mut Cells<'_>) -> Result<ConversationDetails, sqlx::Error> {
    Ok(ConversationDetails {
        assignee: cells.take::<Option<Uuid>>("assignee_id")?.map(MemberId::from_uuid),
        team: cells.take::<Option<Uuid>>("team_id")?.map(TeamId::from_uuid),
        priority: cells.word("priority")?,
        priority_rank: cells.take("priority_rank")?,
        labels: cells.take("labels")?,
        snoozed_until: cells.maybe_timestamp("snoozed_until")?,
        window_until: cells.maybe_timestamp("window_until")?,
        waiting_since: cells.maybe_timestamp("waiting_since")?,
        waits_from: cells.timestamp("waits_from")?,
        version: cells.take("version")?,
    })
}

/// The message in a row of [`MessageColumns::list`].
pub(super) fn message_row(row: &PgRow, columns: MessageColumns) -> Result<MessageRow, sqlx::Error> {
    let mut cells = Cells::of(row);
    let (sent_at, body) = (cells.timestamp("sent_at")?, cells.take("body")?);
    let conversation = cells.take("conversation_id")?;
    let mut nature = Nature { id: cells.take("message_id")?, mark: cells.take("mark")?, ..Nature::default() };
    if columns.nature {
        nature.take_words(&mut cells)?;
    }
    take_message(&mut cells, (conversation, nature, body, sent_at), columns)
}

/// The latest message, if there is one, in the next columns of its conversation's row.
fn take_last_message(
    cells: &mut Cells<'_>,
    conversation: Uuid,
    columns: MessageColumns,
) -> Result<Option<Box<MessageRow>>, sqlx::Error> {
    // Whatever stands behind it is taken by name.
    let Some(sent_at) = cells.maybe_timestamp("sent_at")? else { return Ok(None) };
    let body = cells.take("body")?;
    let mut nature = Nature::default();
    if columns.nature {
        nature = Nature { id: cells.take("message_id")?, mark: cells.take("mark")?, ..nature };
        nature.take_words(cells)?;
    }
    take_message(cells, (conversation, nature, body, sent_at), columns).map(|message| Some(Box::new(message)))
}

/// The message of which this was taken, with what is in the next columns.
fn take_message(
    cells: &mut Cells<'_>,
    (conversation, nature, body, sent_at): (Uuid, Nature, Option<String>, Timestamp),
    columns: MessageColumns,
) -> Result<MessageRow, sqlx::Error> {
    let details = if columns.details { Some(Box::new(take_details(cells)?)) } else { None };
    let author = if columns.author { take_contact(cells, "author_", ContactColumns::ALL)?.map(Box::new) } else { None };
    let row = cells.row();
    Ok(MessageRow {
        id: nature.id,
        conversation,
        author,
        direction: nature.direction,
        kind: nature.kind,
        body,
        sent_at,
        details,
        named: if columns.named { named_row(row)?.map(Box::new) } else { None },
        acts: if columns.acts { acts_row(row)?.map(Box::new) } else { None },
        delivery: if columns.delivery { delivery_row(row)?.map(Box::new) } else { None },
        mark: nature.mark,
    })
}

/// What [`MessageColumns::nature`] asks for.
struct Nature {
    id: Uuid,
    mark: Uuid,
    direction: MessageDirection,
    kind: MessageKind,
}

impl Default for Nature {
    fn default() -> Self {
        Self { id: Uuid::nil(), mark: Uuid::nil(), direction: MessageDirection::Inbound, kind: MessageKind::Text }
    }
}

impl Nature {
    fn take_words(&mut self, cells: &mut Cells<'_>) -> Result<(), sqlx::Error> {
        self.direction = cells.word("direction")?;
        self.kind = cells.word("kind")?;
        Ok(())
    }
}

fn take_details(cells: &mut Cells<'_>) -> Result<MessageDetailsRow, sqlx::Error> {
    Ok(MessageDetailsRow {
        provider_message_id: known(Some(cells.take("provider_message_id")?)).filter(|id| !is_pending(id)),
        content: cells.take("content")?,
        is_imported: cells.take::<i16>("telling")? < Telling::Live.rank(),
    })
}

/// What the provider says, unless that is empty: the id of a message whose person was erased, or a reason that it did not give.
fn known(said: Option<String>) -> Option<String> {
    said.filter(|said| !said.is_empty())
}

fn named_row(row: &PgRow) -> Result<Option<NamedRow>, sqlx::Error> {
    let named = NamedRow { replies_to: known(row.try_get("replies_to")?), about: known(row.try_get("about")?) };
    Ok(Some(named).filter(|named| *named != NamedRow::default()))
}

fn acts_row(row: &PgRow) -> Result<Option<ActsRow>, sqlx::Error> {
    let acts = ActsRow {
        reaction: row.try_get("reaction")?,
        edited: match maybe(row, "edited_at")? {
            Some(at) => Some((row.try_get("edited_body")?, at)),
            None => None,
        },
        revoked_at: maybe(row, "revoked_at")?,
    };
    Ok(Some(acts).filter(|acts| *acts != ActsRow::default()))
}

fn delivery_row(row: &PgRow) -> Result<Option<DeliveryRow>, sqlx::Error> {
    let Some(status) = read_maybe_word(row, "delivery_status")? else { return Ok(None) };
    let said = |column: &str| row.try_get(column).map(known);
    let failure = match maybe(row, "failed_at")? {
        Some(at) => Some(FailureRow {
            at,
            code: said("failure_code")?,
            title: said("failure_title")?,
            details: said("failure_details")?,
        }),
        None => None,
    };
    Ok(Some(DeliveryRow {
        status,
        sent_at: maybe(row, "passed_on_at")?,
        delivered_at: maybe(row, "delivered_at")?,
        read_at: maybe(row, "read_at")?,
        played_at: maybe(row, "played_at")?,
        failure,
        pricing: row.try_get("pricing")?,
        sending: sending_row(row)?,
    }))
}

fn sending_row(row: &PgRow) -> Result<Option<SendingRow>, sqlx::Error> {
    let Some(queued_at) = maybe(row, "queued_at")? else { return Ok(None) };
    let error = match row.try_get("error_code")? {
        Some(code) => {
            Some(ErrorRow { code, title: row.try_get("error_title")?, details: row.try_get("error_details")? })
        }
        None => None,
    };
    Ok(Some(SendingRow {
        id: OutboundMessageId::from_uuid(row.try_get("outbound_message_id")?),
        sender: row.try_get::<Option<Uuid>, _>("sender_id")?.map(MemberId::from_uuid),
        attempts: row.try_get("attempts")?,
        queued_at,
        attempted_at: maybe(row, "attempted_at")?,
        accepted_at: maybe(row, "accepted_at")?,
        next_attempt_at: maybe(row, "next_attempt_at")?,
        cause: row.try_get("cause")?,
        error,
    }))
}

pub(super) fn maybe(row: &PgRow, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    Ok(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
}

pub(super) fn timestamp(row: &PgRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff)
}
