//! Reading conversations: one statement for the list, one more for the messages of all its rows.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Error, ID, Lookahead, Object};
use leadflow_domain::ConversationId;
use leadflow_projections::inbox::{self, ConversationRow, MessageRow, MessagesRequest};
use leadflow_projections::{Keyset, PageRequest};
use uuid::Uuid;

use super::types::{Conversation, Message, page_of_field};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, connection, cost, page};
use crate::graphql::failure::{internal, too_complex};
use crate::graphql::global_id::{Kind, decode_as};

/// Queries about conversations.
#[derive(Default)]
pub(in crate::graphql) struct ConversationQueries;

#[Object]
impl ConversationQueries {
    /// The inbox: conversations, latest activity first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn conversations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows of the page, 0 to 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor that ended the page before.")] after: Option<String>,
    ) -> Result<Connection<Conversation>, Error> {
        let request = Request::of(context)?;
        let page = page(List::Conversations, first, after.as_deref())?;
        let rows = inbox::conversations(&request.api.reads, request.viewer.context(), page)
            .await
            .map_err(|error| internal("conversations", &error))?;
        let look_ahead = context.look_ahead();
        let total = if look_ahead.field("totalCount").exists() {
            let count = inbox::count_conversations(&request.api.reads, request.viewer.context()).await;
            Some(count.map_err(|error| internal("conversations.totalCount", &error))?)
        } else {
            None
        };
        let keysets: Vec<Keyset> = rows.iter().map(ConversationRow::keyset).collect();
        let nodes = with_messages(context, rows, &look_ahead.field("edges").field("node")).await?;
        Ok(connection(List::Conversations, page, keysets.into_iter().zip(nodes), total))
    }

    /// One conversation; null when there is none with this id.
    async fn conversation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Option<Result<Conversation, Error>> {
        let found = async {
            let id = ConversationId::from_uuid(decode_as(Kind::Conversation, &id)?);
            Ok(by_ids(context, &[id.as_uuid()], &context.look_ahead()).await?.pop())
        };
        found.await.transpose()
    }
}

/// Some of the viewer's conversations, with the messages that `selected` asks for.
pub(in crate::graphql) async fn by_ids(
    context: &Context<'_>,
    ids: &[Uuid],
    selected: &Lookahead<'_>,
) -> Result<Vec<Conversation>, Error> {
    let request = Request::of(context)?;
    let rows = inbox::conversations_by_id(&request.api.reads, request.viewer.context(), ids)
        .await
        .map_err(|error| internal("conversations", &error))?;
    with_messages(context, rows, selected).await
}

async fn with_messages(
    context: &Context<'_>,
    rows: Vec<ConversationRow>,
    selected: &Lookahead<'_>,
) -> Result<Vec<Conversation>, Error> {
    let requests = message_pages_asked_for(selected)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let count = selected.field("messages").field("totalCount").exists();
    let mut pages = Vec::with_capacity(requests.len());
    if !ids.is_empty() {
        for request in requests {
            pages.push(message_pages(context, &ids, request, count).await?);
        }
    }
    let pages = Arc::new(pages);
    Ok(rows.into_iter().map(|row| Conversation::new(row, Arc::clone(&pages))).collect())
}

/// Different pages of messages, by aliases, in one selection.
const MOST_PAGES: usize = 4;

/// Aliases may ask for several pages of messages; each is loaded for all rows at once.
///
/// A mutation asks before it acts, so that nothing is done whose answer would be refused.
pub(super) fn message_pages_asked_for(selected: &Lookahead<'_>) -> Result<Vec<PageRequest>, Error> {
    let mut requests: Vec<PageRequest> =
        selected.field("messages").selection_fields().iter().filter_map(page_of_field).collect();
    requests.sort_unstable_by_key(|request| (request.first, request.after.map(|after| (after.at, after.id))));
    requests.dedup();
    if requests.len() > MOST_PAGES {
        return Err(too_complex(&format!("`messages` may be asked for {MOST_PAGES} different pages at once")));
    }
    Ok(requests)
}

/// The same page of several conversations' messages.
#[derive(Debug)]
pub(super) struct MessagePages {
    request: PageRequest,
    rows: HashMap<Uuid, Vec<MessageRow>>,
    totals: Option<HashMap<Uuid, i64>>,
}

impl MessagePages {
    /// The page of one of them, if it is the page that was loaded.
    pub(super) fn of(&self, conversation: Uuid, request: PageRequest) -> Option<Connection<Message>> {
        if request != self.request {
            return None;
        }
        let rows = self.rows.get(&conversation).cloned().unwrap_or_default();
        let total = self.totals.as_ref().map(|totals| totals.get(&conversation).copied().unwrap_or(0));
        Some(connection(List::Messages, request, rows.into_iter().map(|row| (row.keyset(), row.into())), total))
    }
}

pub(super) async fn message_pages(
    context: &Context<'_>,
    conversations: &[Uuid],
    page: PageRequest,
    count: bool,
) -> Result<MessagePages, Error> {
    let request = Request::of(context)?;
    let (reads, viewer) = (&request.api.reads, request.viewer.context());
    let mut rows: HashMap<Uuid, Vec<MessageRow>> = HashMap::new();
    let found = inbox::messages_of(reads, viewer, MessagesRequest { conversations, page })
        .await
        .map_err(|error| internal("messages", &error))?;
    for (conversation, message) in found {
        rows.entry(conversation).or_default().push(message);
    }
    for thread in rows.values_mut() {
        thread.sort_by_cached_key(|message| {
            std::cmp::Reverse((message.sent_at, message.provider_message_id.clone(), message.id))
        });
    }
    let totals = if count {
        let counted = inbox::count_messages(reads, viewer, conversations)
            .await
            .map_err(|error| internal("messages.totalCount", &error))?;
        Some(counted.into_iter().collect())
    } else {
        None
    };
    Ok(MessagePages { request: page, rows, totals })
}
