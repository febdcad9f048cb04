//! What deliveries of sources show, as far as the door knows it.

use std::collections::HashMap;

use leadflow_domain::{SourceId, TenantId};
use leadflow_gateways::google::lead_form::Presented;
use sqlx::{PgPool, Row};
use uuid::Uuid;

/// Keys of sources, of which hashes alone are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SourceKeys(PgPool);

/// What a door makes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    /// It is the source's.
    Yes,
    /// It is another one.
    No,
    /// There is no such source, or it is closed.
    NoSource,
}

impl SourceKeys {
    /// Asks through `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self(pool)
    }

    /// Whether a delivery to `source` shows its key.
    pub(super) async fn fits(&self, source: SourceId, presented: &Presented) -> Result<Fits, sqlx::Error> {
        let sql = "select key_hash from source_keys where source_id = $1 and closed_at is null";
        let hash: Option<Vec<u8>> = sqlx::query_scalar(sql).bind(source.as_uuid()).fetch_optional(&self.0).await?;
        Ok(match hash {
            None => Fits::NoSource,
            Some(hash) if presented.is_of(&hash) => Fits::Yes,
            Some(_) => Fits::No,
        })
    }
}

/// Whose these sources are.
pub(super) async fn tenants(
    pool: &PgPool,
    sources: impl Iterator<Item = SourceId>,
) -> Result<HashMap<SourceId, TenantId>, sqlx::Error> {
    let sources: Vec<Uuid> = sources.map(SourceId::as_uuid).collect();
    let rows = sqlx::query("select source_id, tenant_id from source_keys where source_id = any($1)")
        .bind(sources)
        .fetch_all(pool)
        .await?;
    let known = |row: &sqlx::postgres::PgRow| {
        Ok((SourceId::from_uuid(row.try_get("source_id")?), TenantId::from_uuid(row.try_get("tenant_id")?)))
    };
    rows.iter().map(known).collect()
}
