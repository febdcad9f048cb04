//! What is asked of single conversations, and of messages. Every query takes the tenant's context; a list is one statement.

use leadflow_domain::ConversationId;
use sqlx::Row;
use uuid::Uuid;

use super::SCHEMA;
use super::conversation_columns::ConversationColumns;
use super::message_columns::MessageColumns;
use super::rows::{ConversationRow, MessageRow, conversation_row, message_row};
use crate::access::{select, walled};
use crate::paging::{Column, Order};
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
    let sql = format!(
        "select {} from {SCHEMA}.listed_conversations where tenant_id = $1 and conversation_id = any($2)",
        columns.list()
    );
    let rows = sqlx::query(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.statement(context).await?)
        .await?;
    rows.iter().map(|row| conversation_row(row, columns)).collect()
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
    sql.push(format!(
        "::uuid[]) as t (id), lateral ( \
             select {} from {SCHEMA}.shown_messages where conversation_id = t.id and tenant_id = $1",
        request.columns.list()
    ));
    request.page.push(&mut sql, &Order { columns: &newest_first, is_descending: true });
    sql.push(") m");
    let rows = reads.rows(sql).await?;
    rows.iter().map(|row| Ok((row.try_get("conversation_id")?, message_row(row, request.columns)?))).collect()
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
    let sql = format!(
        "select conversation_id, count(*) from {SCHEMA}.messages \
         where conversation_id = any($2) and tenant_id = $1 group by conversation_id"
    );
    sqlx::query_as(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .bind(conversations)
        .fetch_all(&mut *reads.statement(context).await?)
        .await
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
    let sql = format!("select outbound_message_id from {SCHEMA}.messages where tenant_id = $1 and message_id = $2");
    let found = sqlx::query_scalar(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .bind(message)
        .fetch_optional(&mut *reads.statement(context).await?)
        .await?;
    Ok(found.flatten())
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
    let sql = format!(
        "select * from {SCHEMA}.shown_messages \
         where message_id = any($2) and tenant_id = $1"
    );
    let rows = sqlx::query(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.statement(context).await?)
        .await?;
    rows.iter().map(|row| message_row(row, MessageColumns::ALL)).collect()
}
