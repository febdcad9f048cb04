//! What waits flows on: deliveries are translated again once there is what their items wait for.
//!
//! Two sides meet here. A translator marks an item as waiting; a reactor sees the event that the item waits for. So that
//! they never miss each other, each takes a lock first, the translator's shared and the reactor's not: either the
//! reactor sees what was marked, or the translator, looking once more after it has the lock, sees what came. The
//! reactor waits for no row while it has the lock; a delivery whose row is taken is a translator's that has yet to
//! mark it.

use leadflow_domain::SourceId;
use leadflow_domain::channel::{SocialNetwork, phone_number_id_reservation};
use leadflow_domain::source::page_id_reservation;
use sqlx::PgConnection;
use uuid::Uuid;

use super::items::Awaited;

/// Held until a translator's transaction ends.
pub(super) async fn before_marking(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock_shared(7235421, 3)").execute(tx).await?;
    Ok(())
}

/// Held until a reactor's transaction ends.
pub(super) async fn before_looking(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(7235421, 3)").execute(tx).await?;
    Ok(())
}

/// Has the deliveries that wait for any of `arrived` translated again.
///
/// # Errors
/// The database's.
pub async fn resume(tx: &mut PgConnection, arrived: &[Awaited]) -> Result<(), sqlx::Error> {
    if arrived.is_empty() {
        return Ok(());
    }
    before_looking(&mut *tx).await?;
    sqlx::query(
        "update webhook_deliveries set translated_at = null, attempts = 0, due_at = clock_timestamp() \
         where id in ( \
             select d.id from webhook_deliveries d \
             where d.translated_at is not null \
               and d.id in (select i.delivery_id from webhook_items i where i.waits_for = any($1) and i.erased_at is null) \
             for update skip locked)",
    )
    .bind(arrived.iter().map(Awaited::to_string).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Has the deliveries that wait for another mapping of any of `sources` translated again.
///
/// # Errors
/// The database's.
pub async fn resume_mapped(tx: &mut PgConnection, sources: &[SourceId]) -> Result<(), sqlx::Error> {
    let sources: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let mappings: Vec<(String, i64)> = sqlx::query_as(
        "select aggregate_id, count(*) from events \
         where aggregate_type = 'source' and event_type = 'source.mapping_changed' and aggregate_id = any($1) \
         group by aggregate_id",
    )
    .bind(&sources)
    .fetch_all(&mut *tx)
    .await?;
    // They wait for one more than there were when they were looked at.
    let odd = |_| sqlx::Error::Decode("a source has more mappings than can be counted".into());
    let mut arrived = Vec::new();
    for (source, count) in mappings {
        let source: SourceId =
            source.parse().map_err(|_| sqlx::Error::Decode("a source's stream has no id of a source".into()))?;
        let count = u32::try_from(count).map_err(odd)?;
        arrived.extend((0..count).map(|after| Awaited::Mapping { source, after }));
    }
    resume(tx, &arrived).await
}

/// Has those of `deliveries`, just marked, translated again for which something came while they were translated. It
/// counts as an attempt, lest two who disagree about what is there keep each other busy.
pub(super) async fn look_once_more(tx: &mut PgConnection, deliveries: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update webhook_deliveries d \
         set translated_at = null, attempts = attempts + 1, due_at = clock_timestamp() + interval '1 second' * attempts \
         where d.id = any($1) and exists ( \
             select from webhook_items i where i.delivery_id = d.id and i.erased_at is null and ( \
                 exists (select from reservations r where r.scope = $2 and r.kind = $3 \
                         and i.waits_for like 'number:%' and r.value = substr(i.waits_for, 8)) \
                 or exists (select from reservations r where r.scope = $2 and r.kind = $4 \
                            and i.waits_for like 'page:%' and r.value = substr(i.waits_for, 6)) \
                 or exists (select from reservations r where r.scope = $2 and r.kind = $5 \
                            and i.waits_for like 'messenger:%' and r.value = substr(i.waits_for, 11)) \
                 or exists (select from reservations r where r.scope = $2 and r.kind = $6 \
                            and i.waits_for like 'instagram:%' and r.value = substr(i.waits_for, 11)) \
                 or case when i.waits_for like 'lead:%' then not exists ( \
                        select from lead_readings l \
                        where l.submission_id = substr(i.waits_for, 6)::uuid and l.ended_at is null) end \
                 or case when i.waits_for like 'mapping:%' then \
                        (select count(*) from events e \
                         where e.aggregate_type = 'source' and e.event_type = 'source.mapping_changed' \
                           and e.aggregate_id = split_part(i.waits_for, ':', 2)) \
                        > split_part(i.waits_for, ':', 3)::bigint end \
                 or exists (select from events e where e.aggregate_type = 'outbound_message' \
                            and i.waits_for like 'message:%' and e.aggregate_id = substr(i.waits_for, 9))))",
    )
    .bind(deliveries)
    .bind(Uuid::nil())
    .bind(phone_number_id_reservation("").kind)
    .bind(page_id_reservation("").kind)
    .bind(SocialNetwork::Messenger.account_reservation("").kind)
    .bind(SocialNetwork::Instagram.account_reservation("").kind)
    .execute(tx)
    .await?;
    Ok(())
}
