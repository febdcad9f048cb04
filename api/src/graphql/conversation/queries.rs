//! Reading conversations: one statement for the list, one more each for who is to see to its rows, their messages and
//! their notes.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Lookahead, Object};
use leadflow_domain::ConversationId;
use leadflow_projections::inbox::{self, ConversationList, ConversationRow};
use leadflow_projections::{Keyset, PageRequest};
use uuid::Uuid;

use super::filter::{ConversationFilter, ConversationOrder};
use super::pages::{Loaded, conversation_columns};
use super::types::{Conversation, ConversationCounts};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::filter;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::plain::AtOnce;

/// Queries about conversations.
#[derive(Default)]
pub(in crate::graphql) struct ConversationQueries;

#[Object]
impl ConversationQueries {
    /// The inbox: conversations that have a message.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn conversations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of them; all, when not given.")] filter: Option<ConversationFilter>,
        #[graphql(desc = "In which order; by the first of its values, when not given.")] order_by: Option<
            ConversationOrder,
        >,
    ) -> Option<Result<AtOnce<Connection<Conversation>>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let (filter, order) = (filter::read(filter)?, inbox::ConversationOrder::from(order_by.unwrap_or_default()));
            let scope = List::Conversations.narrowed(&(order, &filter));
            let page = Window { first, after, last, before }.page(scope)?;
            let look_ahead = context.look_ahead();
            let selected = look_ahead.field("edges").field("node");
            let list = ConversationList { filter: &filter, order, columns: conversation_columns(&selected) };
            // Whether there is more is a row more.
            let wanted = PageRequest { with_one_more: look_ahead.field("pageInfo").exists(), ..page };
            let rows = inbox::conversations(reads, viewer, list, wanted)
                .await
                .map_err(|error| internal("conversations", &error))?;
            let total = if look_ahead.field("totalCount").exists() {
                let count = inbox::count_conversations(reads, viewer, &filter).await;
                Some(count.map_err(|error| internal("conversations.totalCount", &error))?)
            } else {
                None
            };
            let keysets: Vec<Keyset> = rows.iter().map(|row| order.keyset(row)).collect();
            let nodes = with_pages(context, rows, &selected).await;
            Ok(AtOnce(connection(scope, page, keysets.into_iter().zip(nodes), total)))
        };
        Some(found.await)
    }

    /// One conversation; null when there is none with this id.
    async fn conversation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Option<Result<Conversation, Error>> {
        let found = async {
            let id = ConversationId::from_uuid(decode_as(Kind::Conversation, "id", &id)?);
            Ok(by_ids(context, &[id.as_uuid()], &context.look_ahead()).await?.pop())
        };
        found.await.transpose()
    }

    /// How many conversations stand where.
    async fn conversation_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Of which of them; of all, when not given.")] filter: Option<ConversationFilter>,
    ) -> Option<Result<ConversationCounts, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let filter = filter::read(filter)?;
            let counts = inbox::conversation_counts(&request.api.reads, request.viewer.context(), &filter)
                .await
                .map_err(|error| internal("conversationCounts", &error))?;
            Ok(counts.into())
        };
        Some(found.await)
    }
}

/// Some of the viewer's conversations, with the messages and notes that `selected` asks for.
pub(in crate::graphql) async fn by_ids(
    context: &Context<'_>,
    ids: &[Uuid],
    selected: &Lookahead<'_>,
) -> Result<Vec<Conversation>, Error> {
    let request = Request::of(context)?;
    let rows =
        inbox::conversations_by_id(&request.api.reads, request.viewer.context(), ids, conversation_columns(selected))
            .await
            .map_err(|error| internal("conversations", &error))?;
    Ok(with_pages(context, rows, selected).await)
}

async fn with_pages(context: &Context<'_>, rows: Vec<ConversationRow>, selected: &Lookahead<'_>) -> Vec<Conversation> {
    let loaded = Arc::new(Loaded::of(context, &rows, selected).await);
    rows.into_iter().map(|row| Conversation::new(row, Arc::clone(&loaded))).collect()
}
