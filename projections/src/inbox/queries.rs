//! What is asked of single conversations, and of messages. Every query takes the tenant's context; a list is one statement.

use leadflow_domain::ConversationId;
use sqlx::Row;
use uuid::Uuid;

use super::SCHEMA;
use super::conversation_columns::ConversationColumns;
use super::message_columns::MessageColumns;
use super::rows::{ConversationRow, MessageRow, conversation_rows, message_row};
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::{PageRequest, TenantContext, TenantReads};

/// Messages of several threads, each thread's newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessagesRequest<'a> {
    /// The threads.
    pub conversations: &'a [Uuid],
    /// Which part of each.
    pub page: PageRequest,
    /// What of each message.
    pub columns: MessageColumns,
}

/// One of the tenant's conversations.
///
/// # Errors
/// The database's.
pub async fn conversation(
    reads: &TenantReads,
    context: TenantContext,
    id: ConversationId,
) -> Result<Option<ConversationRow>, sqlx::Error> {
    Ok(conversations_by_id(reads, context, &[id.as_uuid()], ConversationColumns::ALL).await?.pop())
}

/// Whether one of the tenant's conversations is seen, also one that is not listed.
///
/// # Errors
/// The database's.
pub async fn sees_conversation(
    reads: &TenantReads,
    context: TenantContext,
    id: ConversationId,
) -> Result<bool, sqlx::Error> {
    let sql = select(context, format!("select from {SCHEMA}.conversations v"));
    let mut sql = sql.where_seen(Seen::AsConversations("v"));
    sql.push(" and v.conversation_id = ").push_bind(id.as_uuid());
    Ok(reads.maybe_row(sql).await?.is_some())
}

/// Some of the tenant's conversations; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn conversations_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[Uuid],
    columns: ConversationColumns,
) -> Result<Vec<ConversationRow>, sqlx::Error> {
    let (list, own) = (columns.list(), columns.own());
    let sql = select(context, format!("select {list} from (select {own} from {SCHEMA}.conversations v"));
    let mut sql = sql.where_seen(Seen::AsConversations("v"));
    sql.push(" and v.last_activity_at is not null and v.conversation_id = any(").push_bind(ids);
    sql.push(") offset 0) v").push(columns.joins());
    let rows = reads.rows(sql).await?;
    conversation_rows(&rows, columns)
}

/// For each thread a page of its messages, and one more if there is more. The list is newest first; the rows come in no
/// order.
///
/// # Errors
/// The database's.
pub async fn messages_of(
    reads: &TenantReads,
    context: TenantContext,
    request: MessagesRequest<'_>,
) -> Result<Vec<(Uuid, MessageRow)>, sqlx::Error> {
    let newest_first = [Column::At("sent_at"), Column::Tie("mark"), Column::Id("message_id")];
    let mut sql = select(context, "select m.* from unnest(");
    sql.push_bind(request.conversations);
    // Only what is asked for: Postgres leaves out the joins that nothing is taken from.
    sql.push(format!("::uuid[]) as t (id), lateral (select {} from {SCHEMA}.shown_messages m", request.columns.list()));
    let mut sql = sql.where_seen(Seen::WithConversation("m"));
    sql.push(" and m.conversation_id = t.id");
    request.page.push(&mut sql, &Order { columns: &newest_first, is_descending: true });
    sql.push(") m");
    let rows = reads.rows(sql).await?;
    // An inbox has a thousand of them: they are moved once.
    let mut messages = Vec::with_capacity(rows.len());
    for row in &rows {
        let message = message_row(row, request.columns)?;
        messages.push((message.conversation, message));
    }
    Ok(messages)
}

/// How many messages each thread has; a thread without any is absent.
///
/// # Errors
/// The database's.
pub async fn count_messages(
    reads: &TenantReads,
    context: TenantContext,
    conversations: &[Uuid],
) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let sql = select(context, format!("select m.conversation_id, count(*) from {SCHEMA}.messages m"));
    let mut sql = sql.where_seen(Seen::WithConversation("m"));
    sql.push(" and m.conversation_id = any(").push_bind(conversations).push(") group by m.conversation_id");
    reads.pairs(sql).await
}

/// The stream of one of the tenant's messages, where it is one of the business.
///
/// # Errors
/// The database's.
pub async fn outbound_message(
    reads: &TenantReads,
    context: TenantContext,
    message: Uuid,
) -> Result<Option<Uuid>, sqlx::Error> {
    let sql = select(context, format!("select m.outbound_message_id from {SCHEMA}.messages m"));
    let mut sql = sql.where_seen(Seen::WithConversation("m"));
    sql.push(" and m.message_id = ").push_bind(message);
    reads.maybe_row(sql).await?.map_or(Ok(None), |row| row.try_get(0))
}

/// Some of the tenant's messages; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn messages(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[Uuid],
) -> Result<Vec<MessageRow>, sqlx::Error> {
    let columns = MessageColumns::ALL;
    let sql = select(context, format!("select {} from {SCHEMA}.shown_messages m", columns.list()));
    let mut sql = sql.where_seen(Seen::WithConversation("m"));
    sql.push(" and m.message_id = any(").push_bind(ids).push(")");
    let rows = reads.rows(sql).await?;
    rows.iter().map(|row| message_row(row, columns)).collect()
}
