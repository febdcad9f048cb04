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

/// Who owns `reservation`, asked on behalf of `tenant` (which plays no part for facts of the installation).
///
/// # Errors
/// The database's.
pub async fn reservation_owner(
    pool: &PgPool,
    tenant: Option<TenantId>,
    reservation: &Reservation,
) -> Result<Option<Owner>, sqlx::Error> {
    let scope = match tenant {
        Some(tenant) => stored_scope(reservation.scope, tenant),
        None => Uuid::nil(),
    };
    let row = sqlx::query("select tenant_id, owner_id from reservations where scope = $1 and kind = $2 and value = $3")
        .bind(scope)
        .bind(reservation.kind)
        .bind(&reservation.value)
        .fetch_optional(pool)
        .await?;
    row.map(|row| {
        let owner: String = row.try_get("owner_id")?;
        Ok(Owner {
            tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
            stream: owner.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        })
    })
    .transpose()
}
