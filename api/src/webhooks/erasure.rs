//! Whoever is erased goes from the deliveries that speak of her; what they say of others stays, and can be read again.

use std::collections::HashMap;
use std::sync::Arc;

use leadflow_domain::ContactId;
use leadflow_event_store::Keys;
use sqlx::{PgConnection, PgPool, Row};
use uuid::Uuid;

use super::bodies::StoredBody;
use super::{arrivals, whatsapp};

/// Deliveries that one transaction rewrites.
const AT_ONCE: i64 = 50;

/// Takes `contacts`, who were erased, out of every stored delivery. Doing it twice is fine.
///
/// # Errors
/// The database's; what was rewritten by then stays so.
pub async fn erase_contacts(pool: &PgPool, keys: &Arc<Keys>, contacts: &[ContactId]) -> Result<(), sqlx::Error> {
    let contacts: Vec<Uuid> = contacts.iter().map(|contact| contact.as_uuid()).collect();
    loop {
        let mut tx = pool.begin().await?;
        arrivals::before_looking(&mut tx).await?;
        // Who holds a row that is skipped is a translator that has yet to mark it, and it looks for the erased then.
        let deliveries: Vec<i64> = sqlx::query_scalar(
            "select d.id from webhook_deliveries d where d.id in ( \
                 select i.delivery_id from webhook_items i join data_subjects s on s.subject_id = i.contact_id \
                 where i.contact_id = any($1) and i.erased_at is null and s.erased_at is not null \
             ) order by d.id limit $2 for update skip locked",
        )
        .bind(&contacts)
        .bind(AT_ONCE)
        .fetch_all(&mut *tx)
        .await?;
        if deliveries.is_empty() {
            return Ok(());
        }
        rewrite(&mut tx, keys, &deliveries).await?;
        tx.commit().await?;
    }
}

/// Takes everybody who was erased out of the deliveries that speak of her still.
///
/// # Errors
/// The database's.
pub(super) async fn erase_whoever_is_left(pool: &PgPool, keys: &Arc<Keys>) -> Result<(), sqlx::Error> {
    let left: Vec<Uuid> = sqlx::query_scalar(
        "select s.subject_id from data_subjects s where s.erased_at is not null and exists ( \
             select from webhook_items i where i.contact_id = s.subject_id and i.erased_at is null)",
    )
    .fetch_all(pool)
    .await?;
    let left: Vec<ContactId> = left.into_iter().map(ContactId::from_uuid).collect();
    if left.is_empty() { Ok(()) } else { erase_contacts(pool, keys, &left).await }
}

/// The same for deliveries that are being translated; their items are written.
pub(super) async fn of_claimed(
    claim: &mut PgConnection,
    keys: &Arc<Keys>,
    deliveries: &[i64],
) -> Result<(), sqlx::Error> {
    let hers: Vec<i64> = sqlx::query_scalar(
        "select distinct i.delivery_id from webhook_items i join data_subjects s on s.subject_id = i.contact_id \
         where i.delivery_id = any($1) and i.erased_at is null and s.erased_at is not null",
    )
    .bind(deliveries)
    .fetch_all(&mut *claim)
    .await?;
    if hers.is_empty() { Ok(()) } else { rewrite(claim, keys, &hers).await }
}

/// Rewrites deliveries whose rows are locked. Each stays under its day's key, and ends with it.
async fn rewrite(tx: &mut PgConnection, keys: &Arc<Keys>, deliveries: &[i64]) -> Result<(), sqlx::Error> {
    let erased: Vec<(i64, String)> = sqlx::query_as(
        "update webhook_items i set erased_at = clock_timestamp() from data_subjects s \
         where s.subject_id = i.contact_id and s.erased_at is not null \
           and i.delivery_id = any($1) and i.erased_at is null \
         returning i.delivery_id, i.pointer",
    )
    .bind(deliveries)
    .fetch_all(&mut *tx)
    .await?;
    let mut pointers: HashMap<i64, Vec<String>> = HashMap::new();
    for (delivery, pointer) in erased {
        pointers.entry(delivery).or_default().push(pointer);
    }
    let sql = format!(
        "select d.id, {} from webhook_deliveries d left join delivery_keys k on k.day = d.key_day \
         where d.id = any($1)",
        StoredBody::COLUMNS
    );
    for row in sqlx::query(&sql).bind(deliveries).fetch_all(&mut *tx).await? {
        let id: i64 = row.try_get("id")?;
        let pointers: Vec<&str> = pointers.get(&id).into_iter().flatten().map(String::as_str).collect();
        let stored = StoredBody::from_row(&row)?;
        let opened = stored.open(keys).and_then(|body| Ok((whatsapp::redact(&body, &pointers), stored.key(keys)?)));
        let (body, seal_id) = match opened {
            Ok((body, None)) => (Some(body), None),
            Ok((body, Some(key))) => {
                let sealed = key.seal(&body);
                (Some(sealed.body), Some(sealed.id))
            }
            // Nobody can read it, and nobody can cut her out of it: it goes whole.
            Err(unopened) => {
                tracing::warn!(delivery = id, "webhook.erase: delivery {id} goes whole: {unopened}");
                (None, stored.seal_id())
            }
        };
        sqlx::query("update webhook_deliveries set body = $2, seal_id = $3 where id = $1")
            .bind(id)
            .bind(body)
            .bind(seal_id)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
