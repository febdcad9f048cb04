//! Who owns a unique fact.

use leadflow_domain::{Reservation, Scope, StreamId, TenantId};
use sqlx::{PgPool, Row};
use uuid::Uuid;

/// The stream that owns a reservation, and its tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The owner's tenant.
    pub tenant: TenantId,
    /// The stream.
    pub stream: StreamId,
}

/// The scope as it is stored: the tenant's id, or the nil uuid for the whole installation.
pub(crate) fn stored_scope(scope: Scope, tenant: TenantId) -> Uuid {
    match scope {
        Scope::Installation => Uuid::nil(),
        Scope::Tenant => tenant.as_uuid(),
    }
}

/// Who owns each of `reservations`, asked on behalf of the tenant beside it (which plays no part for facts of the
/// installation). In the same order; `None` for what nobody owns.
///
/// # Errors
/// The database's.
pub async fn reservation_owners(
    pool: &PgPool,
    reservations: &[(TenantId, Reservation)],
) -> Result<Vec<Option<Owner>>, sqlx::Error> {
    if reservations.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "select held.tenant_id, held.owner_id from unnest($1, $2, $3) with ordinality as r (scope, kind, value, nth) \
         left join reservations held using (scope, kind, value) order by r.nth",
    )
    .bind(reservations.iter().map(|(tenant, r)| stored_scope(r.scope, *tenant)).collect::<Vec<_>>())
    .bind(reservations.iter().map(|(_, r)| r.kind).collect::<Vec<_>>())
    .bind(reservations.iter().map(|(_, r)| r.value.as_str()).collect::<Vec<_>>())
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let (Some(tenant), Some(stream)) =
                (row.try_get::<Option<Uuid>, _>("tenant_id")?, row.try_get::<Option<&str>, _>("owner_id")?)
            else {
                return Ok(None);
            };
            Ok(Some(Owner {
                tenant: TenantId::from_uuid(tenant),
                stream: stream.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            }))
        })
        .collect()
}
