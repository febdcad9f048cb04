//! What is asked of API keys. Each is read with its role, where that is one of the business's own.

use jiff::Timestamp;
use leadflow_domain::ApiKeyId;
use leadflow_domain::role::{MemberRole, Permissions};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::role_queries::{self, RoleRow, maybe_role_row};
use super::words::read_permissions;
use super::{SCHEMA, read_role};
use crate::access::select;
use crate::paging::{Column, Order};
use crate::sight::Seen;
use crate::{Keyset, PageRequest, TenantContext, TenantReads};

/// A program that works for the business, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// The key's id.
    pub id: ApiKeyId,
    /// What it is called.
    pub name: String,
    /// As what it works.
    pub role: MemberRole,
    /// Which of the business's own roles that is; `None` for the others, and for one that was removed.
    pub custom_role: Option<RoleRow>,
    /// What it may do at most of what its role may, as far as this program knows of it; `None` where that is all.
    pub scope: Option<Permissions>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when on it opens nothing; `None` where it has no end.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back, if it was.
    pub revoked_at: Option<Timestamp>,
    /// The number of its stream's latest event here.
    pub version: i64,
}

impl ApiKeyRow {
    /// Its place in the list of keys.
    #[must_use]
    pub fn keyset(&self) -> Keyset {
        Keyset::new(self.issued_at, self.id.as_uuid())
    }

    /// What it may do now: what its role may, within its scope. A role that was removed lets it do nothing.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        let of_its_own = self.custom_role.as_ref().map_or(Permissions::NONE, |role| role.permissions);
        let may = self.role.permissions().unwrap_or(of_its_own);
        self.scope.map_or(may, |scope| may.within(scope))
    }
}

const FIRST_ISSUED: Order<'static> =
    Order { columns: &[Column::At("k.issued_at"), Column::Id("k.api_key_id")], is_descending: false };

fn columns() -> String {
    let roles = role_queries::COLUMNS;
    format!(
        "k.api_key_id, k.name, k.role, k.role_id as own_role_id, k.scope, k.issued_at, k.expires_at, k.revoked_at, \
         k.version, {roles}"
    )
}

fn tables() -> String {
    format!("{SCHEMA}.api_keys k left join {SCHEMA}.roles r on r.role_id = k.role_id and r.tenant_id = k.tenant_id")
}

/// A page of the tenant's API keys, first issued first, and one more if there is more.
///
/// # Errors
/// The database's.
pub async fn api_keys(
    reads: &TenantReads,
    context: TenantContext,
    page: PageRequest,
) -> Result<Vec<ApiKeyRow>, sqlx::Error> {
    let sql = select(context, format!("select {} from {}", columns(), tables()));
    let mut sql = sql.where_seen(Seen::ByEverybody("k"));
    page.push(&mut sql, &FIRST_ISSUED);
    let rows = reads.rows(sql).await?;
    page.in_order(rows).iter().map(api_key_row).collect()
}

/// How many API keys the tenant has, and had.
///
/// # Errors
/// The database's.
pub async fn count_api_keys(reads: &TenantReads, context: TenantContext) -> Result<i64, sqlx::Error> {
    let sql = select(context, format!("select count(*) from {SCHEMA}.api_keys k"));
    reads.value(sql.where_seen(Seen::ByEverybody("k"))).await
}

/// Some of the tenant's API keys; those that don't exist are absent.
///
/// # Errors
/// The database's.
pub async fn api_keys_by_id(
    reads: &TenantReads,
    context: TenantContext,
    ids: &[ApiKeyId],
) -> Result<Vec<ApiKeyRow>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    let sql = select(context, format!("select {} from {}", columns(), tables()));
    let mut sql = sql.where_seen(Seen::ByEverybody("k"));
    sql.push(" and k.api_key_id = any(").push_bind(ids).push(")");
    reads.rows(sql).await?.iter().map(api_key_row).collect()
}

fn api_key_row(row: &PgRow) -> Result<ApiKeyRow, sqlx::Error> {
    let at = |column| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    Ok(ApiKeyRow {
        id: ApiKeyId::from_uuid(row.try_get("api_key_id")?),
        name: row.try_get("name")?,
        role: read_role(row, "role", "own_role_id")?,
        custom_role: maybe_role_row(row)?,
        scope: row.try_get::<Option<Vec<String>>, _>("scope")?.map(|words| read_permissions(&words)),
        issued_at: row.try_get::<jiff_sqlx::Timestamp, _>("issued_at")?.to_jiff(),
        expires_at: at("expires_at")?,
        revoked_at: at("revoked_at")?,
        version: row.try_get("version")?,
    })
}
