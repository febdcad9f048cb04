//! What is asked of teams.

use jiff::Timestamp;
use leadflow_domain::TeamId;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// People of a business who work together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRow {
    /// Their team's id.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// When it was formed.
    pub formed_at: Timestamp,
    /// The number of its stream's latest event here.
    pub version: i64,
}

impl TeamRow {
    /// Its place in the list of teams.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.formed_at, self.id.as_uuid())
    }
}

/// Its columns, of `g`.
pub(super) const COLUMNS: &str =
    "g.team_id, g.name as team_name, g.formed_at as team_formed_at, g.version as team_version";

const FIRST_FORMED: Order<'static> =
    Order { columns: &[Column::At("g.formed_at"), Column::Id("g.team_id")], is_descending: false };

/// A page of the tenant's teams, first formed first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn teams(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<TeamRow>, sqlx::Error> {
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.teams g"));
    let mut sql = sql.where_seen(Seen::ByEverybody("g"));
    page.push(&mut sql, &FIRST_FORMED);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(team_row).collect()
}

/// How many teams the tenant has.
///
/// # Errors
/// The database's.
pub async fn count_teams(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.teams g"));
    reads.value(sql.where_seen(Seen::ByEverybody("g"))).await
}

/// Some of the tenant's teams; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn teams_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[TeamId],
) -> Result<Vec<TeamRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.teams g"));
    let mut sql = sql.where_seen(Seen::ByEverybody("g"));
    sql.push(" and g.team_id = any(").push_bind(ids).push(")");
    reads.rows(sql).await?.iter().map(team_row).collect()
}

/// The team in these columns, if there is one.
pub(super) fn maybe_team_row(row: &PgRow) -> Result<Option<TeamRow>, sqlx::Error> {
    row.try_get::<Option<Uuid>, _>("team_id")?.map(|_| team_row(row)).transpose()
}

fn team_row(row: &PgRow) -> Result<TeamRow, sqlx::Error> {
    Ok(TeamRow {
        id: TeamId::from_uuid(row.try_get("team_id")?),
        name: row.try_get("team_name")?,
        formed_at: row.try_get::<jiff_sqlx::Timestamp, _>("team_formed_at")?.to_jiff(),
        version: row.try_get("team_version")?,
    })
}
