//! What operators see of deliveries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{PgPool, Row};

/// A delivery and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliverySummary {
    /// Its id.
    pub id: i64,
    /// Who sent it.
    pub provider: String,
    /// The key of the Meta app that signed it; the default app has none.
    pub app: Option<String>,
    /// When it was stored.
    pub received_at: Timestamp,
    /// Its length in bytes.
    pub bytes: i32,
    /// `waiting` or `translated`.
    pub state: &'static str,
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
    let rows = sqlx::query(
        "select d.id, d.provider, d.app, d.received_at, length(d.body) as bytes, d.translated_at is not null as translated, \
                d.attempts, d.last_error, \
                coalesce((select jsonb_object_agg(state, n) from ( \
                    select state, count(*) as n from webhook_items where delivery_id = d.id group by state \
                ) counted), '{}') as items, \
                array(select format('%s: %s', kind, reason) from webhook_items \
                      where delivery_id = d.id and state <> 'applied' order by ordinal limit 5) as notes \
         from webhook_deliveries d \
         where (not $2 or d.translated_at is null) \
           and (not $3 or exists ( \
               select from webhook_items i where i.delivery_id = d.id and i.state <> 'applied')) \
         order by d.id desc limit $1",
    )
    .bind(most)
    .bind(only == Only::Waiting)
    .bind(only == Only::NotApplied)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(DeliverySummary {
                id: row.try_get("id")?,
                provider: row.try_get("provider")?,
                app: row.try_get("app")?,
                received_at: row.try_get::<jiff_sqlx::Timestamp, _>("received_at")?.to_jiff(),
                bytes: row.try_get("bytes")?,
                state: if row.try_get("translated")? { "translated" } else { "waiting" },
                attempts: row.try_get("attempts")?,
                last_error: row.try_get("last_error")?,
                items: row.try_get::<sqlx::types::Json<BTreeMap<String, i64>>, _>("items")?.0,
                notes: row.try_get("notes")?,
            })
        })
        .collect()
}

/// How many deliveries wait for their translation.
///
/// # Errors
/// The database's.
pub async fn waiting(pool: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from webhook_deliveries where translated_at is null").fetch_one(pool).await
}
