//! What is asked of a business's own roles.

use jiff::Timestamp;
use leadflow_domain::RoleId;
use leadflow_domain::role::Permissions;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::SCHEMA;
use super::words::read_permissions;
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A role of a business's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRow {
    /// Its id.
    pub id: RoleId,
    /// What it is called.
    pub name: String,
    /// What whoever has it may do, as far as this program knows of it.
    pub permissions: Permissions,
    /// When it was defined.
    pub defined_at: Timestamp,
    /// The number of its stream's latest event here.
    pub version: i64,
}

impl RoleRow {
    /// Its place in the list of roles.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.defined_at, self.id.as_uuid())
    }
}

/// Its columns, of `r`.
pub(super) const COLUMNS: &str = "r.role_id, r.name as role_name, r.permissions as role_permissions, \
                                  r.defined_at as role_defined_at, r.version as role_version";

const FIRST_DEFINED: Order<'static> =
    Order { columns: &[Column::At("r.defined_at"), Column::Id("r.role_id")], is_descending: false };

/// A page of the tenant's own roles, first defined first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn roles(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<RoleRow>, sqlx::Error> {
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.roles r"));
    let mut sql = sql.where_seen(Seen::ByEverybody("r"));
    page.push(&mut sql, &FIRST_DEFINED);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(role_row).collect()
}

/// How many roles the tenant has made up.
///
/// # Errors
/// The database's.
pub async fn count_roles(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.roles r"));
    reads.value(sql.where_seen(Seen::ByEverybody("r"))).await
}

/// Some of the tenant's own roles; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn roles_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[RoleId],
) -> Result<Vec<RoleRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select {COLUMNS} from {SCHEMA}.roles r"));
    let mut sql = sql.where_seen(Seen::ByEverybody("r"));
    sql.push(" and r.role_id = any(").push_bind(ids).push(")");
    reads.rows(sql).await?.iter().map(role_row).collect()
}

/// The role in these columns, if there is one.
pub(super) fn maybe_role_row(row: &PgRow) -> Result<Option<RoleRow>, sqlx::Error> {
    row.try_get::<Option<Uuid>, _>("role_id")?.map(|_| role_row(row)).transpose()
}

fn role_row(row: &PgRow) -> Result<RoleRow, sqlx::Error> {
    let words: Vec<String> = row.try_get("role_permissions")?;
    Ok(RoleRow {
        id: RoleId::from_uuid(row.try_get("role_id")?),
        name: row.try_get("role_name")?,
        permissions: read_permissions(&words),
        defined_at: row.try_get::<jiff_sqlx::Timestamp, _>("role_defined_at")?.to_jiff(),
        version: row.try_get("role_version")?,
    })
}
