//! A conversation and its messages.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Error, ID, SimpleObject};
use jiff::Timestamp;
use leadflow_projections::PageRequest;
use leadflow_projections::inbox::{ConversationRow, MessageRow};
use uuid::Uuid;

use super::queries::{self, MessagePages};
use crate::graphql::connection::{Connection, List, cost, page};
use crate::graphql::contact::{Channel, Contact};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, encode};

/// The one thread between a contact and a channel.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct Conversation {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// Where it stands.
    status: ConversationStatus,
    /// How much it matters, as somebody of the business said.
    priority: ConversationPriority,
    /// The customer.
    contact: Contact,
    /// Where she wrote to.
    channel: Channel,
    /// Messages received since somebody of the business last read it.
    unread_count: i32,
    /// When the latest message was written, by the provider's clock.
    last_activity_at: Timestamp,
    /// The latest message by the provider's clock.
    last_message: Message,
    #[graphql(skip)]
    uuid: Uuid,
    #[graphql(skip)]
    pages: Arc<Vec<MessagePages>>,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_domain::conversation::ConversationStatus")]
pub(in crate::graphql) enum ConversationStatus {
    /// Somebody waits for somebody.
    Open,
    /// The matter is settled, until the customer writes again.
    Resolved,
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
    /// Who wrote to whom.
    direction: MessageDirection,
    /// What it holds.
    kind: MessageKind,
    /// The text; null when the person was erased.
    text: Option<String>,
    /// When it was written, by the provider's clock.
    sent_at: Timestamp,
}

/// Who wrote to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::MessageDirection")]
pub(in crate::graphql) enum MessageDirection {
    /// The customer wrote to the business.
    Inbound,
}

/// What a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "leadflow_projections::inbox::MessageKind")]
pub(in crate::graphql) enum MessageKind {
    /// Plain text.
    Text,
}

#[ComplexObject]
impl Conversation {
    /// Its messages, newest first by the provider's clock.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn messages(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows of the page, 0 to 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor that ended the page before.")] after: Option<String>,
    ) -> Result<Connection<Message>, Error> {
        let request = page(List::Messages, first, after.as_deref())?;
        if let Some(connection) = self.pages.iter().find_map(|page| page.of(self.uuid, request)) {
            return Ok(connection);
        }
        let count = context.look_ahead().field("totalCount").exists();
        let pages = queries::message_pages(context, &[self.uuid], request, count).await?;
        pages.of(self.uuid, request).ok_or_else(|| internal("messages", &Missing))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a page of messages was not loaded")]
struct Missing;

impl Conversation {
    /// `pages` are those that the list has loaded for all its rows at once.
    pub(super) fn new(row: ConversationRow, pages: Arc<Vec<MessagePages>>) -> Self {
        Self {
            id: encode(Kind::Conversation, row.id),
            status: row.status.into(),
            priority: row.priority.into(),
            contact: row.contact.into(),
            channel: row.channel.into(),
            unread_count: row.unread_count,
            last_activity_at: row.last_activity_at,
            last_message: row.last_message.into(),
            uuid: row.id,
            pages,
        }
    }

    /// Its id, as the read models know it.
    pub(in crate::graphql) fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            id: encode(Kind::Message, row.id),
            provider_message_id: row.provider_message_id,
            direction: row.direction.into(),
            kind: row.kind.into(),
            text: row.body,
            sent_at: row.sent_at,
        }
    }
}

/// The page that a field of the query asks for, if its arguments are sound.
pub(super) fn page_of_field(field: &async_graphql::SelectionField<'_>) -> Option<PageRequest> {
    use async_graphql::Value;

    let arguments = field.arguments().ok()?;
    let argument = |name: &str| arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let first = match argument("first") {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => Some(i32::try_from(number.as_i64()?).ok()?),
        Some(_) => return None,
    };
    let after = match argument("after") {
        None | Some(Value::Null) => None,
        Some(Value::String(cursor)) => Some(cursor.as_str()),
        Some(_) => return None,
    };
    page(List::Messages, first, after).ok()
}
