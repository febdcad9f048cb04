//! Who owns a unique fact.

use leadflow_domain::contact::STANDS_FOR;
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

/// All streams of the tenant that are linked by who stands for whom, walked from one of them, either way. Of the kind as a word, as
/// the indexes are of that kind alone.
fn walk() -> String {
    format!(
        "with recursive linked (id) as ( \
             select $2::text collate \"C\" union select next.id from linked k cross join lateral ( \
                 select split_part(r.value, '/', 2) from reservations r \
                 where r.scope = $1 and r.kind = '{STANDS_FOR}' and split_part(r.value, '/', 1) = k.id \
                 union all \
                 select split_part(r.value, '/', 1) from reservations r \
                 where r.scope = $1 and r.kind = '{STANDS_FOR}' and split_part(r.value, '/', 2) = k.id \
             ) next (id) \
         ) \
         select id from linked order by id"
    )
}

/// All streams of the tenant that hang together with `stream` by who stands for whom, and the stream itself: as the log stands now,
/// which a read model may be behind. They come in the order of their ids.
pub(crate) async fn linked(pool: &PgPool, tenant: TenantId, stream: StreamId) -> Result<Vec<StreamId>, sqlx::Error> {
    let linked: Vec<String> =
        sqlx::query_scalar(&walk()).bind(tenant.as_uuid()).bind(stream.to_string()).fetch_all(pool).await?;
    linked.iter().map(|id| id.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))).collect()
}

/// The streams of `tenant` that own facts of a kind of the whole installation, the one that began first before all others.
pub(crate) async fn holders(pool: &PgPool, tenant: TenantId, kind: &str) -> Result<Vec<StreamId>, sqlx::Error> {
    let holders: Vec<String> = sqlx::query_scalar(
        "select begun.aggregate_id from ( \
             select distinct r.owner_type, r.owner_id from reservations r \
             where r.scope = $1 and r.kind = $2 and r.tenant_id = $3 \
         ) holder join events begun on begun.aggregate_type = holder.owner_type \
             and begun.aggregate_id = holder.owner_id and begun.sequence = 1 \
         order by begun.position",
    )
    .bind(stored_scope(Scope::Installation, tenant))
    .bind(kind)
    .bind(tenant.as_uuid())
    .fetch_all(pool)
    .await?;
    holders.iter().map(|id| id.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))).collect()
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

#[cfg(test)]
mod tests {
    use leadflow_domain::contact::stands_for;
    use leadflow_domain::{ContactId, TenantId};
    use sqlx::PgPool;
    use uuid::Uuid;

    use super::{linked, walk};
    use crate::testing;

    const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

    /// Merges of a business at that.
    const LINKS: u128 = 20_000;

    fn contact(number: u128) -> ContactId {
        ContactId::from_uuid(Uuid::from_u128(number))
    }

    async fn link(owner: &PgPool, tenant: TenantId, links: &[(u128, u128)]) {
        let facts = links.iter().map(|(winner, loser)| stands_for(contact(*winner), contact(*loser)).value);
        let losers = links.iter().map(|(_, loser)| contact(*loser).to_string());
        sqlx::query(
            "insert into reservations (scope, kind, value, tenant_id, owner_type, owner_id) \
             select $1, 'contact.stands_for', value, $1, 'contact', loser from unnest($2, $3) as l (value, loser)",
        )
        .bind(tenant.as_uuid())
        .bind(facts.collect::<Vec<_>>())
        .bind(losers.collect::<Vec<_>>())
        .execute(owner)
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn a_person_is_walked_by_her_own_links_whatever_else_is_merged() {
        let options = testing::database().await.connect_options();
        let (pool, owner) =
            (crate::database::app_pool(options.clone(), 2).await.unwrap(), crate::database::owner_pool(options));
        // Two of each pair, and somebody of five: 1 <- 2 <- 3, 2 <- 4 and 1 <- 5.
        let others: Vec<(u128, u128)> = (0..LINKS).map(|nth| (1_000 + 2 * nth, 1_001 + 2 * nth)).collect();
        link(&owner, TENANT, &others).await;
        link(&owner, TENANT, &[(1, 2), (2, 3), (2, 4), (1, 5)]).await;
        // The same ids of another business are nobody's here.
        link(&owner, TenantId::from_uuid(Uuid::from_u128(2)), &[(5, 6)]).await;
        sqlx::query("analyze reservations").execute(&owner).await.unwrap();
        let five: Vec<_> = (1..=5).map(|number| contact(number).into()).collect();
        for from in 1..=5 {
            assert_eq!(linked(&pool, TENANT, contact(from).into()).await.unwrap(), five, "from {from}");
        }
        assert_eq!(linked(&pool, TENANT, contact(6).into()).await.unwrap(), [contact(6).into()]);

        let plan: Vec<String> = sqlx::query_scalar(&format!("explain (analyze, timing off, costs off) {}", walk()))
            .bind(TENANT.as_uuid())
            .bind(contact(3).to_string())
            .fetch_all(&pool)
            .await
            .unwrap();
        let told = plan.join("\n");
        for index in ["reservations_by_winner", "reservations_by_loser"] {
            assert!(told.contains(index), "{told}");
        }
        assert!(!told.contains("Seq Scan") && !told.contains("Rows Removed"), "{told}");
        let rows = plan.iter().filter(|line| line.contains(" on reservations") || line.contains("on reservations_by"));
        // A row is of one person: a walk finds each link from both ends, and no other.
        let found: f64 = rows
            .filter_map(|line| {
                let figure = |after: &str| line.split(after).nth(1)?.split([' ', ')']).next()?.parse::<f64>().ok();
                Some(figure("rows=")? * figure("loops=")?)
            })
            .sum();
        assert!(found > 0.0 && found <= 32.0, "{found} rows:\n{told}");
    }
}
