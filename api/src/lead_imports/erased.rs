//! Whoever is erased while a file waits, or is read, does not come back by a row of it.

use std::collections::HashSet;

use leadflow_domain::TenantId;
use leadflow_domain::contact::HeldIdentifier;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Notes by what somebody was known who was erased, for files of her business that are not read yet. Doing it twice is fine.
///
/// # Errors
/// The database's.
pub async fn was_erased(
    rows: &mut PgConnection,
    tenant: TenantId,
    identifiers: &[HeldIdentifier],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into lead_import_erased (import_id, identifier) \
         select i.import_id, t.identifier from lead_imports i, unnest($2) as t (identifier) \
         where i.tenant_id = $1 and i.ended_at is null on conflict do nothing",
    )
    .bind(tenant.as_uuid())
    .bind(identifiers.iter().map(|held| held.hash.as_str()).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}

/// Which of these are noted for an import.
pub(super) async fn erased(pool: &PgPool, import: Uuid, identifiers: &[&str]) -> Result<HashSet<String>, sqlx::Error> {
    let found: Vec<String> =
        sqlx::query_scalar("select identifier from lead_import_erased where import_id = $1 and identifier = any($2)")
            .bind(import)
            .bind(identifiers)
            .fetch_all(pool)
            .await?;
    Ok(found.into_iter().collect())
}
