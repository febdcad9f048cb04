//! How much was resolved: three numbers that are easily taken for one.

use sqlx::Row;

use super::question::{BadQuestion, Filter, GroupBy, Series, bucketed, grouped, series};
use crate::analytics::definitions::Metric;
use crate::analytics::{Calendar, SCHEMA};
use crate::word::Word;
use crate::{TenantContext, TenantReads};

/// What was resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Resolves: a conversation that was resolved twice counts twice.
    pub resolutions: i64,
    /// Conversations, each once in a bucket.
    pub conversations: i64,
    /// Contacts, each once in a bucket; a group is none.
    pub contacts: i64,
}

/// What was resolved in each bucket.
///
/// # Errors
/// [`BadQuestion`].
pub async fn resolved(
    reads: &TenantReads,
    context: TenantContext,
    calendar: &Calendar,
    filter: &Filter,
    group_by: GroupBy,
) -> Result<Vec<Series<Resolved>>, BadQuestion> {
    let select = format!(
        "count(*) as resolutions, count(distinct conversation_id) as conversations, \
         count(distinct (select contact_id from {SCHEMA}.conversations c \
                         where c.conversation_id = facts.conversation_id)) as contacts"
    );
    let mut sql = bucketed(context, ("facts", "ended_at"), &select, calendar, group_by);
    sql.push(" and metric = ").push_bind(Metric::CycleResolutionTime.word()).push(" and version = 1");
    filter.push(&mut sql);
    grouped(&mut sql);
    let rows = sql.build().fetch_all(&mut *reads.begin(context).await?).await?;
    series(&rows, calendar, group_by, |row| {
        Ok(Resolved {
            resolutions: row.try_get("resolutions")?,
            conversations: row.try_get("conversations")?,
            contacts: row.try_get("contacts")?,
        })
    })
}
