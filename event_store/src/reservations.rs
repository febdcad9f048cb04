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

/// All streams of the tenant that hang together with `stream` by facts of `kind` whose values are two streams with a stroke between,
/// and the stream itself: as the log stands now, which a read model may be behind. They come in the order of their ids.
pub(crate) async fn linked(
    pool: &PgPool,
    tenant: TenantId,
    kind: &str,
    stream: StreamId,
) -> Result<Vec<StreamId>, sqlx::Error> {
    let linked: Vec<String> = sqlx::query_scalar(
        "with recursive held (one, other) as materialized ( \
             select split_part(value, '/', 1), split_part(value, '/', 2) from reservations where scope = $1 and kind = $2 \
         ), links (one, other) as ( \
             select one, other from held union all select other, one from held \
         ), linked (id) as ( \
             select $3::text collate \"C\" union select l.other from linked k join links l on l.one = k.id \
         ) \
         select id from linked order by id",
    )
    .bind(tenant.as_uuid())
    .bind(kind)
    .bind(stream.to_string())
    .fetch_all(pool)
    .await?;
    linked.iter().map(|id| id.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))).collect()
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
