//! How numbers and their accounts stand with WhatsApp, as rows have it.

use std::collections::HashMap;

use jiff::Timestamp;
use leadflow_domain::channel::{Health, HealthNews, ProviderId};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

/// Something that WhatsApp told of a number while it was of the account, and when.
pub(super) type HealthTold<'a> = (&'a ProviderId, &'a [HealthNews], Timestamp);

/// Takes in what was told of channels, of each in its order.
pub(super) async fn write_health<'a>(
    rows: &mut PgConnection,
    told: impl Iterator<Item = (Uuid, &'a [HealthTold<'a>])>,
) -> Result<(), sqlx::Error> {
    let told: Vec<(Uuid, &[HealthTold<'_>])> = told.collect();
    if told.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = told.iter().map(|(channel, _)| *channel).collect();
    let known = sqlx::query("select channel_id, health from channels where channel_id = any($1)").bind(&ids);
    let mut known: HashMap<Uuid, Health> = known
        .fetch_all(&mut *rows)
        .await?
        .iter()
        .map(|row| Ok((row.try_get("channel_id")?, read(row)?.unwrap_or_default())))
        .collect::<Result<_, sqlx::Error>>()?;
    let mut written = Vec::with_capacity(told.len());
    for (channel, told) in told {
        let mut health = known.remove(&channel).unwrap_or_default();
        told.iter().for_each(|(waba_id, news, at)| health.tell(waba_id, news, *at));
        written.push(serde_json::to_string(&health).map_err(|error| sqlx::Error::Encode(error.into()))?);
    }
    sqlx::query(
        "update channels c set health = told.health from unnest($1, $2) as told (id, health) where c.channel_id = told.id",
    )
    .bind(ids)
    .bind(written)
    .execute(rows)
    .await?;
    Ok(())
}

/// How a number stands, if anything was told of it while it was of the account that it is of.
pub(super) fn health_of(row: &PgRow) -> Result<Option<Health>, sqlx::Error> {
    let Some(of) = row.try_get::<Option<&str>, _>("waba_id")? else { return Ok(None) };
    Ok(read(row)?.filter(|health| health.waba_id.as_ref().is_some_and(|told_of| told_of.as_str() == of)))
}

fn read(row: &PgRow) -> Result<Option<Health>, sqlx::Error> {
    let health = row.try_get::<Option<&str>, _>("health")?.map(serde_json::from_str).transpose();
    health.map_err(|error| sqlx::Error::ColumnDecode { index: "health".to_owned(), source: error.into() })
}
