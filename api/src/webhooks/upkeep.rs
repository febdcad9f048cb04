//! What deliveries need as time goes by: each day's key is destroyed when its retention has ended.

use std::sync::Arc;
use std::time::Duration;

use leadflow_event_store::Keys;
use sqlx::{PgPool, Row};
use tokio_util::sync::CancellationToken;

use super::bodies::TodaysKey;
use super::{arrivals, erasure};
use crate::upkeep::keep;

/// How often it is looked at. A retention is counted in days.
const HOURLY: Duration = Duration::from_secs(3_600);

/// Rows that one transaction changes.
const AT_ONCE: i64 = 500;

/// Bodies that are sealed at once; each may be megabytes long.
const SEALED_AT_ONCE: i64 = 20;

/// Keeps deliveries in order. Several may run.
pub struct Upkeep {
    pool: PgPool,
    keys: Arc<Keys>,
    retention_days: u16,
    stop: CancellationToken,
}

impl Upkeep {
    /// Keeps bodies for `retention_days` whole days after the one they came on, until `stop`.
    #[must_use]
    pub fn new(pool: PgPool, keys: Arc<Keys>, retention_days: u16, stop: CancellationToken) -> Self {
        Self { pool, keys, retention_days, stop }
    }

    /// Runs until the process stops.
    pub async fn run(self) {
        keep("webhook.upkeep", HOURLY, &self.stop, || self.round()).await;
    }

    pub(super) async fn round(&self) -> Result<(), sqlx::Error> {
        self.seal_what_is_in_clear().await?;
        erasure::erase_whoever_is_left(&self.pool, &self.keys).await?;
        self.end_retention().await
    }

    /// What an earlier program stored. It is kept as long as what comes today.
    async fn seal_what_is_in_clear(&self) -> Result<(), sqlx::Error> {
        let today = TodaysKey::new(self.pool.clone(), Arc::clone(&self.keys));
        loop {
            // Before the transaction: who waits for a connection must not hold one.
            let key = today.key().await?;
            let mut tx = self.pool.begin().await?;
            // A reactor that looks for what waits must not pass these rows over.
            arrivals::before_looking(&mut tx).await?;
            let rows = sqlx::query(
                "select id, body from webhook_deliveries where key_day is null and body is not null \
                 order by id limit $1 for update skip locked",
            )
            .bind(SEALED_AT_ONCE)
            .fetch_all(&mut *tx)
            .await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                let sealed = key.seal(row.try_get("body")?);
                sqlx::query("update webhook_deliveries set body = $2, key_day = $3, seal_id = $4 where id = $1")
                    .bind(row.try_get::<i64, _>("id")?)
                    .bind(sealed.body)
                    .bind(jiff_sqlx::Date::from(sealed.day))
                    .bind(sealed.id)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
    }

    /// Destroys the keys first: with them all is over, and clearing the rows gives the room back. Items stay, as does
    /// what became of them; what still waited can't be translated any more.
    async fn end_retention(&self) -> Result<(), sqlx::Error> {
        let ended =
            sqlx::query("delete from delivery_keys where day < (clock_timestamp() at time zone 'utc')::date - $1::int")
                .bind(i32::from(self.retention_days))
                .execute(&self.pool)
                .await?
                .rows_affected();
        if ended > 0 {
            tracing::info!(days = ended, "webhook.upkeep: the retention has ended, and the days' keys are destroyed");
        }
        loop {
            let cleared = sqlx::query(
                "update webhook_deliveries set body = null where id in ( \
                     select d.id from webhook_deliveries d \
                     where d.body is not null \
                       and d.key_day < (clock_timestamp() at time zone 'utc')::date - $1::int \
                     limit $2 for update skip locked)",
            )
            .bind(i32::from(self.retention_days))
            .bind(AT_ONCE)
            .execute(&self.pool)
            .await?
            .rows_affected();
            if cleared == 0 {
                return Ok(());
            }
        }
    }
}
