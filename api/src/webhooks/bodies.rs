//! Bodies of deliveries: sealed before they are stored, opened when they are read.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use leadflow_event_store::{DeliveryKey, Keys};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

/// A body as the table has it.
#[derive(Debug, Clone)]
pub(super) struct StoredBody {
    body: Option<Vec<u8>>,
    /// The day, the seal's id and the day's key; none of a body from before bodies were sealed.
    seal: Option<(Date, Uuid, Option<Vec<u8>>)>,
}

/// Why a body can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unopened {
    /// It was destroyed.
    #[error("its body was destroyed when its retention ended")]
    Destroyed,
    /// It was damaged, or moved from another row.
    #[error("its body does not open: its row, or its day's in `delivery_keys`, was damaged; restore it from a backup")]
    Broken,
}

impl StoredBody {
    /// The columns that [`Self::from_row`] reads, of `webhook_deliveries d left join delivery_keys k`.
    pub(super) const COLUMNS: &'static str = "d.body, d.key_day, d.seal_id, k.wrapped_key";

    pub(super) fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let day = row.try_get::<Option<jiff_sqlx::Date>, _>("key_day")?.map(jiff_sqlx::Date::to_jiff);
        let seal = match (day, row.try_get::<Option<Uuid>, _>("seal_id")?) {
            (Some(day), Some(id)) => Some((day, id, row.try_get("wrapped_key")?)),
            _ => None,
        };
        Ok(Self { body: row.try_get("body")?, seal })
    }

    /// The raw bytes.
    pub(super) fn open(&self, keys: &Keys) -> Result<Vec<u8>, Unopened> {
        let body = self.body.as_ref().ok_or(Unopened::Destroyed)?;
        let Some((_, id, _)) = self.seal else { return Ok(body.clone()) };
        self.key(keys)?.ok_or(Unopened::Destroyed)?.open(id, body).map_err(|_| Unopened::Broken)
    }

    /// What its seal is bound to, if it is sealed.
    pub(super) fn seal_id(&self) -> Option<Uuid> {
        self.seal.as_ref().map(|(_, id, _)| *id)
    }

    /// The key it is sealed under; none where it is in clear.
    pub(super) fn key(&self, keys: &Keys) -> Result<Option<DeliveryKey>, Unopened> {
        let Some((day, _, wrapped)) = &self.seal else { return Ok(None) };
        let wrapped = wrapped.as_ref().ok_or(Unopened::Destroyed)?;
        keys.open_delivery_key(*day, wrapped).map(Some).map_err(|_| Unopened::Broken)
    }
}

/// The key of the day, made by whoever needs it first. Which day it is, the database says.
#[derive(Debug)]
pub(crate) struct TodaysKey {
    pool: PgPool,
    keys: Arc<Keys>,
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    key: Arc<DeliveryKey>,
    until: Instant,
}

impl TodaysKey {
    pub(crate) fn new(pool: PgPool, keys: Arc<Keys>) -> Self {
        Self { pool, keys, held: Mutex::default() }
    }

    /// The key to seal with.
    pub(crate) async fn key(&self) -> Result<Arc<DeliveryKey>, sqlx::Error> {
        let mut held = self.held.lock().await;
        if let Some(Held { key, until }) = &*held
            && Instant::now() < *until
        {
            return Ok(Arc::clone(key));
        }
        let (day, left): (jiff_sqlx::Date, f64) = sqlx::query_as(
            "select day, extract(epoch from day + 1 - now)::float8 \
             from (select now, now::date as day from (select clock_timestamp() at time zone 'utc' as now) n) t",
        )
        .fetch_one(&self.pool)
        .await?;
        let day = day.to_jiff();
        let until = Instant::now() + Duration::from_secs_f64(left.max(0.0));
        let key = Arc::new(self.of(day).await?);
        *held = Some(Held { key: Arc::clone(&key), until });
        Ok(key)
    }

    /// Somebody destroyed it: the clock of this machine stood still.
    pub(crate) async fn forget(&self) {
        *self.held.lock().await = None;
    }

    async fn of(&self, day: Date) -> Result<DeliveryKey, sqlx::Error> {
        const KNOWN: &str = "select wrapped_key from delivery_keys where day = $1";
        let stored = jiff_sqlx::Date::from(day);
        let known: Option<Vec<u8>> = sqlx::query_scalar(KNOWN).bind(stored).fetch_optional(&self.pool).await?;
        let wrapped = match known {
            Some(wrapped) => wrapped,
            None => {
                // Another process may be faster: what stands there counts.
                sqlx::query("insert into delivery_keys (day, wrapped_key) values ($1, $2) on conflict do nothing")
                    .bind(stored)
                    .bind(self.keys.new_delivery_key(day))
                    .execute(&self.pool)
                    .await?;
                sqlx::query_scalar(KNOWN).bind(stored).fetch_one(&self.pool).await?
            }
        };
        self.keys.open_delivery_key(day, &wrapped).map_err(|error| sqlx::Error::Decode(Box::new(error)))
    }
}
