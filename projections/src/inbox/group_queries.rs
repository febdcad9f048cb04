//! What is asked of groups.

use leadflow_domain::GroupId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::words::GroupState;
use crate::access::walled;
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
    let sql = format!("select * from {SCHEMA}.shown_groups where tenant_id = $1 and group_id = any($2)");
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let rows = sqlx::query(&walled(&sql))
        .bind(context.tenant().as_uuid())
        .bind(ids)
        .fetch_all(&mut *reads.statement(context).await?)
        .await?;
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
