//! What operators see of deliveries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadflow_domain::{CommandId, ContactId, TenantId};
use leadflow_event_store::Keys;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use super::bodies::{StoredBody, Unopened};
use super::items::{self, ItemState, StoredItem};

/// A delivery and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliverySummary {
    /// Its id.
    pub id: i64,
    /// Who sent it.
    pub provider: String,
    /// The key of the Meta app that signed it; the default app has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// When it was stored.
    pub received_at: Timestamp,
    /// Its length in bytes.
    pub bytes: i32,
    /// `waiting`, `translated`, or `parked` whole.
    pub state: String,
    /// How often its translation could not be finished.
    pub attempts: i32,
    /// Why the last attempt could not be finished.
    pub last_error: Option<String>,
    /// How many of its items came to what.
    pub items: BTreeMap<String, i64>,
    /// The first five items that did not become events: kind and reason.
    pub notes: Vec<String>,
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// All.
    All,
    /// Those whose translation is not finished.
    Waiting,
    /// Those with an item that did not become events.
    NotApplied,
}

/// The newest deliveries, newest first.
///
/// # Errors
/// The database's.
pub async fn recent(pool: &PgPool, most: i64, only: Only) -> Result<Vec<DeliverySummary>, sqlx::Error> {
    let sql = format!(
        "select {SUMMARY} from webhook_deliveries d \
         where (not $2 or d.translated_at is null and d.parked_at is null) \
           and (not $3 or d.parked_at is not null or exists ( \
               select from webhook_items i where i.delivery_id = d.id and i.state <> 'applied')) \
         order by d.id desc limit $1"
    );
    let rows =
        sqlx::query(&sql).bind(most).bind(only == Only::Waiting).bind(only == Only::NotApplied).fetch_all(pool).await?;
    rows.iter().map(DeliverySummary::from_row).collect()
}

pub(super) const SUMMARY: &str = "d.id, d.provider, d.app, d.received_at, d.bytes, \
     case when d.parked_at is not null then 'parked' when d.translated_at is null then 'waiting' \
          else 'translated' end as state, \
     d.attempts, d.last_error, \
     coalesce((select jsonb_object_agg(state, n) from ( \
         select state, count(*) as n from webhook_items where delivery_id = d.id group by state \
     ) counted), '{}') as items, \
     array(select format('%s: %s%s', kind, reason, ' (' || waits_for || ')') from webhook_items \
           where delivery_id = d.id and state <> 'applied' order by ordinal limit 5) as notes";

impl DeliverySummary {
    pub(super) fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            provider: row.try_get("provider")?,
            app: row.try_get("app")?,
            received_at: row.try_get::<jiff_sqlx::Timestamp, _>("received_at")?.to_jiff(),
            bytes: row.try_get("bytes")?,
            state: row.try_get("state")?,
            attempts: row.try_get("attempts")?,
            last_error: row.try_get("last_error")?,
            items: row.try_get::<sqlx::types::Json<BTreeMap<String, i64>>, _>("items")?.0,
            notes: row.try_get("notes")?,
        })
    }
}

/// A delivery with each of its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its id.
    pub id: i64,
    /// Who sent it.
    pub provider: String,
    /// The key of the Meta app that signed it; the default app has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// When it was stored.
    pub received_at: Timestamp,
    /// Its length in bytes.
    pub bytes: i32,
    /// `waiting`, `translated`, or `parked` whole.
    pub state: String,
    /// How often its translation could not be finished, since it was last asked for.
    pub attempts: i32,
    /// Why the last attempt could not be finished.
    pub last_error: Option<String>,
    /// Its items, in their order.
    pub items: Vec<DeliveryItem>,
}

/// An item of a delivery, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryItem {
    /// Where it stands in the body (RFC 6901).
    pub pointer: String,
    /// What the provider calls it.
    pub kind: String,
    /// `applied`, `waiting`, `notice` or `parked`.
    pub state: &'static str,
    /// Why it did not become events.
    pub reason: Option<String>,
    /// What it waits for.
    pub waits_for: Option<String>,
    /// The tenant it was routed to.
    pub tenant_id: Option<TenantId>,
    /// Whom it concerns.
    pub contact_id: Option<ContactId>,
    /// The command it became.
    pub command_id: Option<CommandId>,
    /// The last event of that command.
    pub position: Option<i64>,
    /// Whether it was taken out of the body, because its contact was erased.
    pub erased: bool,
}

impl From<StoredItem> for DeliveryItem {
    fn from(StoredItem { item, erased, .. }: StoredItem) -> Self {
        let (command_id, position) = match &item.state {
            ItemState::Applied { command, position } => (Some(*command), Some(*position)),
            ItemState::Waiting { .. } | ItemState::Notice { .. } | ItemState::Parked { .. } => (None, None),
        };
        Self {
            state: item.state.name(),
            reason: item.state.reason().map(str::to_owned),
            waits_for: item.state.waits_for().map(ToString::to_string),
            pointer: item.pointer,
            kind: item.kind,
            tenant_id: item.tenant,
            contact_id: item.contact,
            command_id,
            position,
            erased,
        }
    }
}

/// One delivery; none if there is no such.
///
/// # Errors
/// The database's.
pub async fn delivery(pool: &PgPool, id: i64) -> Result<Option<Delivery>, sqlx::Error> {
    let sql = format!("select {SUMMARY} from webhook_deliveries d where d.id = $1");
    let Some(row) = sqlx::query(&sql).bind(id).fetch_optional(pool).await? else { return Ok(None) };
    let summary = DeliverySummary::from_row(&row)?;
    let items = items::of(&mut *pool.acquire().await?, &[id]).await?;
    let DeliverySummary { id, provider, app, received_at, bytes, state, attempts, last_error, .. } = summary;
    let items = items.into_iter().map(DeliveryItem::from).collect();
    Ok(Some(Delivery { id, provider, app, received_at, bytes, state, attempts, last_error, items }))
}

/// The raw bytes of a delivery; none if there is no such.
///
/// # Errors
/// The database's.
pub async fn body(pool: &PgPool, keys: &Keys, id: i64) -> Result<Option<Result<Vec<u8>, Unopened>>, sqlx::Error> {
    let sql = format!(
        "select {} from webhook_deliveries d left join delivery_keys k on k.day = d.key_day where d.id = $1",
        StoredBody::COLUMNS
    );
    let row = sqlx::query(&sql).bind(id).fetch_optional(pool).await?;
    row.map(|row| Ok(StoredBody::from_row(&row)?.open(keys))).transpose()
}

/// What is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retry {
    /// These, whatever became of them.
    These(Vec<i64>),
    /// Every delivery whose translation is not finished, or that was parked whole, or has an item that waits or was
    /// parked.
    All,
}

/// Has deliveries translated again, now; how many.
///
/// # Errors
/// The database's.
pub async fn retry(pool: &PgPool, what: &Retry) -> Result<u64, sqlx::Error> {
    match what {
        Retry::These(ids) => again(pool, ids).await,
        Retry::All => {
            let ids: Vec<i64> = sqlx::query_scalar(
                "select d.id from webhook_deliveries d \
                 where d.parked_at is not null or d.translated_at is null and d.due_at is not null \
                    or exists (select from webhook_items i \
                               where i.delivery_id = d.id and i.state in ('waiting', 'parked'))",
            )
            .fetch_all(pool)
            .await?;
            again(pool, &ids).await
        }
    }
}

pub(super) async fn again(pool: &PgPool, ids: &[i64]) -> Result<u64, sqlx::Error> {
    let queued = sqlx::query(
        "update webhook_deliveries \
         set translated_at = null, parked_at = null, attempts = 0, due_at = clock_timestamp() where id = any($1)",
    )
    .bind(ids)
    .execute(pool)
    .await?;
    Ok(queued.rows_affected())
}

/// How many deliveries wait for their translation.
///
/// # Errors
/// The database's.
pub async fn waiting(pool: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from webhook_deliveries where translated_at is null and parked_at is null")
        .fetch_one(pool)
        .await
}
