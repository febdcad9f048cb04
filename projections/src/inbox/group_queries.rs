//! What is asked of groups.

use leadflow_domain::GroupId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::words::GroupState;
use crate::access::select;
use crate::sight::Seen;
use crate::word::read_word;
use crate::{TenantContext, TenantReads};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Its id.
    pub id: Uuid,
    /// What it is called, if that was told.
    pub subject: Option<String>,
    /// What may be done there.
    pub state: GroupState,
    /// How many people are in it, of whom it was told that they came.
    pub participants: i64,
}

/// Some of the tenant's groups; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn groups_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[GroupId],
) -> Result<Vec<GroupRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select * from {SCHEMA}.shown_groups g"));
    let mut sql = sql.where_seen(Seen::WithGroup("g"));
    sql.push(" and g.group_id = any(").push_bind(ids).push(")");
    let rows = reads.rows(sql).await?;
    rows.iter().filter_map(|row| group_row(row).transpose()).collect()
}

/// The group in the columns of `shown_groups`, if there is one.
pub(super) fn group_row(row: &PgRow) -> Result<Option<GroupRow>, sqlx::Error> {
    let Some(id) = row.try_get("group_id")? else { return Ok(None) };
    Ok(Some(GroupRow {
        id,
        subject: row.try_get("group_subject")?,
        state: read_word(row, "group_state")?,
        participants: row.try_get("group_participants")?,
    }))
}
