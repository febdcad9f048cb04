//! The list of conversations, in several orders, whole and narrowed; and how many there are.

use sqlx::Row;

use super::SCHEMA;
use super::conversation_columns::ConversationColumns;
use super::filter::{ConversationField, UNATTENDED};
use super::rows::{ConversationRow, conversation_rows};
use super::words::ConversationStatus;
use crate::access::{TenantQuery, select};
use crate::filter::Condition;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::word::Word;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// In which order conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationOrder {
    /// By the time of the latest activity, the latest first.
    LatestActivity,
    /// By the same time, the earliest first.
    OldestActivity,
    /// Those in which a customer waits first, the longest first of all.
    LongestWaiting,
    /// Those that matter most first, of these by the time of the latest activity, the latest first.
    HighestPriority,
}

impl ConversationOrder {
    fn order(self) -> Order<'static> {
        const ACTIVITY: &[Column] = &[Column::At("last_activity_at"), Column::Id("conversation_id")];
        const WAITING: &[Column] = &[Column::At("waits_from"), Column::Id("conversation_id")];
        const PRIORITY: &[Column] =
            &[Column::Rank("priority_rank"), Column::At("last_activity_at"), Column::Id("conversation_id")];
        let (columns, is_descending) = match self {
            Self::LatestActivity => (ACTIVITY, true),
            Self::OldestActivity => (ACTIVITY, false),
            Self::LongestWaiting => (WAITING, false),
            Self::HighestPriority => (PRIORITY, true),
        };
        Order { columns, is_descending }
    }

    /// The conversation's place in the list.
    #[must_use]
    pub fn keyset(self, row: &ConversationRow) -> Keyset {
        match self {
            Self::LatestActivity | Self::OldestActivity => Keyset::new(row.last_activity_at, row.id),
            Self::LongestWaiting => Keyset::new(row.waits_from, row.id),
            Self::HighestPriority => Keyset { rank: row.priority_rank, ..Keyset::new(row.last_activity_at, row.id) },
        }
    }
}

/// Which conversations are listed, and how.
#[derive(Debug, Clone, Copy)]
pub struct ConversationList<'a> {
    /// Which.
    pub filter: &'a Condition<ConversationField>,
    /// In which order.
    pub order: ConversationOrder,
    /// What of each.
    pub columns: ConversationColumns,
}

impl ConversationList<'_> {
    /// With the columns that say each one's place in it.
    fn with_places(self) -> Self {
        let by_details = match self.order {
            ConversationOrder::LatestActivity | ConversationOrder::OldestActivity => false,
            ConversationOrder::LongestWaiting | ConversationOrder::HighestPriority => true,
        };
        let columns = ConversationColumns { details: self.columns.details || by_details, ..self.columns };
        Self { columns, ..self }
    }
}

/// A page of the tenant's conversations, and one more if there is more and that is asked for.
///
/// # Errors
/// The database's.
pub async fn conversations(
    reads: &TenantReads,
    context: TenantContext,
    list: ConversationList<'_>,
    page: PageRequest,
) -> Result<Vec<ConversationRow>, sqlx::Error> {
    let list = list.with_places();
    let rows = reads.rows(statement(context, list, page)).await?;
    conversation_rows(&rows, list.columns)
}

/// How Postgres would read such a page, line by line.
///
/// # Errors
/// The database's.
#[cfg(feature = "testing")]
pub async fn explain_conversations(
    reads: &TenantReads,
    context: TenantContext,
    list: ConversationList<'_>,
    page: PageRequest,
) -> Result<Vec<String>, sqlx::Error> {
    reads.plan(statement(context, list.with_places(), page)).await
}

fn statement(context: TenantContext, list: ConversationList<'_>, page: PageRequest) -> TenantQuery<'static> {
    // The page first, then what stands beside its rows. The planner takes each table's policy for one more condition that thins the rows;
    // of a plain join it would expect so few that it makes all of a tenant's and sorts them.
    let order = list.order.order();
    let mut sql = select(context, format!("select {} from (", list.columns.list()));
    // Where not everybody's conversations are seen, the page is among the pages of each one's.
    let in_turn = context.sight().push_turns(&mut sql, "select v.* from (select v.*");
    let seen = if in_turn { Seen::InTurn("v") } else { Seen::AsConversations("v") };
    let from = format!("select {} from {SCHEMA}.conversations v", list.columns.own());
    sql.push(&from);
    let mut sql = sql.where_seen(seen);
    let narrow = |sql: &mut TenantQuery<'_>| {
        sql.push(" and v.last_activity_at is not null");
        list.filter.push_and(sql);
        page.push(sql, &order);
    };
    narrow(&mut sql);
    if in_turn {
        sql.push(") v");
        if let Some(team) = context.sight().asked_team() {
            sql.push(" union all (").push(&from);
            Seen::AskedOfTeam("v", team).push(&mut sql, context.sight());
            narrow(&mut sql);
            sql.push(")");
        }
        sql.push(") v");
        page.push_end(&mut sql, &order);
    }
    sql.push(") v").push(list.columns.joins());
    order.push(&mut sql, order.is_descending);
    sql
}

/// How many conversations the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_conversations(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<ConversationField>,
) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.conversations v"));
    let mut sql = sql.where_seen(Seen::AsConversations("v"));
    sql.push(" and v.last_activity_at is not null");
    filter.push_and(&mut sql);
    reads.value(sql).await
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
    /// Those in which a customer waits for somebody of the business to write.
    pub waiting: i64,
    /// Of the open ones those in which a customer waits, or nobody of the business ever wrote.
    pub unattended: i64,
}

/// How many of the tenant's conversations stand where.
///
/// # Errors
/// The database's.
pub async fn conversation_counts(
    reads: &TenantReads,
    context: TenantContext,
    filter: &Condition<ConversationField>,
) -> Result<ConversationCounts, sqlx::Error> {
    let is = |status: ConversationStatus| format!("status = '{}'", status.word());
    let (open, snoozed, resolved) =
        (is(ConversationStatus::Open), is(ConversationStatus::Snoozed), is(ConversationStatus::Resolved));
    let sql = select(
        context,
        format!(
            "select count(*) filter (where {open}) as open, count(*) filter (where {snoozed}) as snoozed, \
                count(*) filter (where {resolved}) as resolved, \
                count(*) filter (where {open} and assignee_id is null) as unassigned, \
                count(*) filter (where unread_count > 0) as unread, count(waiting_since) as waiting, \
                count(*) filter (where {UNATTENDED}) as unattended \
         from {SCHEMA}.conversations v"
        ),
    );
    let mut sql = sql.where_seen(Seen::AsConversations("v"));
    sql.push(" and v.last_activity_at is not null");
    filter.push_and(&mut sql);
    let row = reads.row(sql).await?;
    Ok(ConversationCounts {
        open: row.try_get("open")?,
        snoozed: row.try_get("snoozed")?,
        resolved: row.try_get("resolved")?,
        unassigned: row.try_get("unassigned")?,
        unread: row.try_get("unread")?,
        waiting: row.try_get("waiting")?,
        unattended: row.try_get("unattended")?,
    })
}
