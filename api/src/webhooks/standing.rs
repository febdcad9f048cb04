//! How it goes at the doors of sources that have one of their own, which are external ones and Google forms: what came last, and what went
//! wrong last.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::{SourceId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::Refused;

/// Of how many deliveries of a source it is looked at what became of them, from the latest on.
const LOOKED_AT: i64 = 1_000;

/// How it goes at one door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// When something was taken last; `None` where nothing was, and when that was longer ago than deliveries are kept.
    pub received_at: Option<Timestamp>,
    /// When the latest of the last 1,000 came that became what it should; `None` where none did.
    pub applied_at: Option<Timestamp>,
    /// When the token was issued that opens the door; `None` where it opens by no token.
    pub token_issued_at: Option<Timestamp>,
    /// How many of the latest 1,000 wait for another mapping.
    pub waiting: i64,
    /// What went wrong last; `None` where nothing did.
    pub last_error: Option<LastError>,
}

/// Something that was refused at the door though it showed the token, or that nothing became of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastError {
    /// When it came.
    pub at: Timestamp,
    /// Why, for people. Holds no personal value.
    pub reason: String,
}

/// How it goes at the doors of some of a tenant's sources; of those that have no door it is absent.
///
/// # Errors
/// The database's.
pub async fn standings(
    pool: &PgPool,
    tenant: TenantId,
    sources: &[SourceId],
) -> Result<HashMap<SourceId, Standing>, sqlx::Error> {
    let rows = sqlx::query(
        "select d.source_id, d.refused_at, d.refusal, t.created_at as token_issued_at, came.received_at, \
                came.applied_at, came.waiting, failed.at as failed_at, failed.reason \
         from (select source_id, tenant_id, token_id, refused_at, refusal from external_doors \
               union all select source_id, tenant_id, null, null, null from source_keys) d \
         left join external_tokens t on t.token_id = d.token_id \
         cross join lateral ( \
             select max(w.received_at) as received_at, \
                    max(w.received_at) filter (where i.state = 'applied') as applied_at, \
                    count(*) filter (where i.state = 'waiting' and i.erased_at is null) as waiting \
             from (select id, received_at from webhook_deliveries where source_id = d.source_id \
                   order by id desc limit $3) w \
             left join webhook_items i on i.delivery_id = w.id \
         ) came \
         left join lateral ( \
             select w.received_at as at, i.reason \
             from (select id, received_at from webhook_deliveries where source_id = d.source_id \
                   order by id desc limit $3) w \
             join webhook_items i on i.delivery_id = w.id and i.state in ('waiting', 'parked') \
             order by w.id desc limit 1 \
         ) failed on true \
         where d.tenant_id = $1 and d.source_id = any($2)",
    )
    .bind(tenant.as_uuid())
    .bind(sources.iter().map(|source| source.as_uuid()).collect::<Vec<_>>())
    .bind(LOOKED_AT)
    .fetch_all(pool)
    .await?;
    rows.iter().map(standing).collect()
}

fn standing(row: &PgRow) -> Result<(SourceId, Standing), sqlx::Error> {
    let moment = |column| {
        Ok::<_, sqlx::Error>(row.try_get::<Option<jiff_sqlx::Timestamp>, _>(column)?.map(jiff_sqlx::Timestamp::to_jiff))
    };
    let refusal: Option<String> = row.try_get("refusal")?;
    let refused = moment("refused_at")?.zip(refusal).map(|(at, refusal)| LastError {
        at,
        // A word of a newer program says it all the same.
        reason: Refused::named(&refusal).map_or(refusal, |refused| refused.answer().1.trim_end().to_owned()),
    });
    let failed = moment("failed_at")?.map(|at| Ok::<_, sqlx::Error>(LastError { at, reason: row.try_get("reason")? }));
    let last_error = [refused, failed.transpose()?].into_iter().flatten().max_by_key(|error| error.at);
    let standing = Standing {
        received_at: moment("received_at")?,
        applied_at: moment("applied_at")?,
        token_issued_at: moment("token_issued_at")?,
        waiting: row.try_get("waiting")?,
        last_error,
    };
    Ok((SourceId::from_uuid(row.try_get::<Uuid, _>("source_id")?), standing))
}
