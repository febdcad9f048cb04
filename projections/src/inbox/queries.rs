//! What the inbox is asked. Every query takes the tenant's context; a list is one statement.

use leadflow_domain::{ContactId, ConversationId};
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use super::SCHEMA;
use super::rows::{ChannelRow, ContactRow, ConversationRow, MessageRow, contact_row, conversation_row, message_row};
use super::words::ConversationStatus;
use crate::paging::{Column, Order};
use crate::word::Word;
use crate::{PageRequest, TenantContext, TenantReads};

/// Messages of several threads, each thread's newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessagesRequest<'a> {
    /// The threads.
    pub conversations: &'a [Uuid],
    /// Which part of each.
    pub page: PageRequest,
}

const LATEST_ACTIVITY: Order<'static> =
    Order { columns: &[Column::At("last_activity_at"), Column::Id("conversation_id")], is_descending: true };

/// A page of the tenant's conversations, latest activity first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn conversations(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<ConversationRow>, sqlx::Error> {
    // The page first, then its rows one by one. The planner takes each table's policy for one more condition that thins
    // the rows; of a plain join it would expect so few that it makes all of a tenant's and sorts them.
    let tenant = context.tenant().as_uuid();
    let mut sql = QueryBuilder::new(format!(
        "select l.* from (select conversation_id from {SCHEMA}.conversations \
         where last_activity_at is not null and tenant_id = "
    ));
    sql.push_bind(tenant);
    page.push(&mut sql, &LATEST_ACTIVITY);
    sql.push(format!(
        ") page cross join lateral ( \
             select * from {SCHEMA}.listed_conversations l where l.conversation_id = page.conversation_id and l.tenant_id = "
    ));
    sql.push_bind(tenant).push(" limit 1) l");
    LATEST_ACTIVITY.push(&mut sql, true);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    rows.iter().map(conversation_row).collect()
}

/// How many conversations the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_conversations(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql =
        format!("select count(*) from {SCHEMA}.conversations where tenant_id = $1 and last_activity_at is not null");
    sqlx::query_scalar(&sql).bind(context.tenant().as_uuid()).fetch_one(&mut *reads.begin(context).await?).await
}

/// How many conversations stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationCounts {
    /// Somebody waits for somebody.
    pub open: i64,
    /// They are set aside for a while.
    pub snoozed: i64,
    /// The matter is settled.
    pub resolved: i64,
    /// Of the open ones those that nobody in particular is to see to.
    pub unassigned: i64,
    /// Those in which somebody of the business has something to read, wherever they stand.
    pub unread: i64,
}

/// How many of the tenant's conversations stand where.
///
/// # Errors
/// The database's.
pub async fn conversation_counts(
    reads: &TenantReads,
    context: TenantContext,
) -> Result<ConversationCounts, sqlx::Error> {
    let sql = format!(
        "select count(*) filter (where status = $2) as open, count(*) filter (where status = $3) as snoozed, \
                count(*) filter (where status = $4) as resolved, \
                count(*) filter (where status = $2 and assignee_id is null) as unassigned, \
                count(*) filter (where unread_count > 0) as unread \
         from {SCHEMA}.conversations where tenant_id = $1 and last_activity_at is not null"
    );
    let row = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(ConversationStatus::Open.word())
        .bind(ConversationStatus::Snoozed.word())
        .bind(ConversationStatus::Resolved.word())
        .fetch_one(&mut *reads.begin(context).await?)
        .await?;
    Ok(ConversationCounts {
        open: row.try_get("open")?,
        snoozed: row.try_get("snoozed")?,
        resolved: row.try_get("resolved")?,
        unassigned: row.try_get("unassigned")?,
        unread: row.try_get("unread")?,
    })
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
    Ok(conversations_by_id(reads, context, &[id.as_uuid()]).await?.pop())
}

/// Some of the tenant's conversations; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn conversations_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[Uuid],
) -> Result<Vec<ConversationRow>, sqlx::Error> {
    let sql = format!("select * from {SCHEMA}.listed_conversations where tenant_id = $1 and conversation_id = any($2)");
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().map(conversation_row).collect()
}

/// Some of the tenant's contacts; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn contacts_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[ContactId],
) -> Result<Vec<ContactRow>, sqlx::Error> {
    let sql = format!(
        "select contact_id, display_name as contact_name, phone as contact_phone, marketing as contact_marketing, \
                marketing_at as contact_marketing_at, listed_name as contact_listed_name from {SCHEMA}.contacts \
         where tenant_id = $1 and contact_id = any($2)"
    );
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().filter_map(|row| contact_row(row, "contact_").transpose()).collect()
}

/// One of the tenant's channels.
///
/// # Errors
/// The database's.
pub async fn channel(reads: &TenantReads, context: TenantContext, id: Uuid) -> Result<Option<ChannelRow>, sqlx::Error> {
    let sql =
        format!("select channel_id, display_phone from {SCHEMA}.channels where tenant_id = $1 and channel_id = $2");
    let row = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(id)
        .fetch_optional(&mut *reads.begin(context).await?)
        .await?;
    row.map(|row| Ok(ChannelRow { id: row.try_get("channel_id")?, display_phone: row.try_get("display_phone")? }))
        .transpose()
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
    let tenant = context.tenant().as_uuid();
    let provider_message_id =
        Column::Found { name: "provider_message_id", table: format!("{SCHEMA}.messages"), id: "message_id", tenant };
    let newest_first = [Column::At("sent_at"), provider_message_id, Column::Id("message_id")];
    let mut sql = QueryBuilder::new("select m.* from unnest(");
    sql.push_bind(request.conversations).push(format!(
        "::uuid[]) as t (id), lateral ( \
             select * from {SCHEMA}.shown_messages where conversation_id = t.id and tenant_id = "
    ));
    sql.push_bind(tenant);
    request.page.push(&mut sql, &Order { columns: &newest_first, is_descending: true });
    sql.push(") m");
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    rows.iter().map(|row| Ok((row.try_get("conversation_id")?, message_row(row)?))).collect()
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
    sqlx::query_as(&sql)
        .bind(context.tenant().as_uuid())
        .bind(conversations)
        .fetch_all(&mut *reads.begin(context).await?)
        .await
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
    let rows = sqlx::query(&sql)
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.begin(context).await?)
        .await?;
    rows.iter().map(message_row).collect()
}
