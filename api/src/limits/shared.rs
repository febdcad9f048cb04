//! The buckets that all processes share, in the database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use leadflow_event_store::Keys;
use sqlx::{PgPool, Row};

use super::Rates;
use super::purses::Bucket;

/// Rows that one statement deletes.
const AT_ONCE: i64 = 10_000;

pub(super) struct Shared {
    pub(super) pool: PgPool,
    pub(super) keys: Arc<Keys>,
    pub(super) rates: Rates,
}

/// What was got from a bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Got {
    pub(super) tokens: u32,
    /// How long until there is another one.
    pub(super) wait: Duration,
}

impl Shared {
    /// Takes so many from each bucket, or as many as there are.
    pub(super) async fn take(&self, wanted: &BTreeMap<Bucket, u32>) -> Result<BTreeMap<Bucket, Got>, sqlx::Error> {
        let numbers = wanted.values().map(|tokens| i64::from(*tokens)).collect();
        let got = self.change(wanted, numbers).await?;
        Ok(wanted.keys().cloned().zip(got).collect())
    }

    /// Puts back what was not spent.
    pub(super) async fn put_back(&self, unspent: &BTreeMap<Bucket, u32>) -> Result<(), sqlx::Error> {
        let numbers = unspent.values().map(|tokens| -i64::from(*tokens)).collect();
        self.change(unspent, numbers).await.map(drop)
    }

    /// In the order of the map, as `take_tokens` asks.
    async fn change(&self, buckets: &BTreeMap<Bucket, u32>, numbers: Vec<i64>) -> Result<Vec<Got>, sqlx::Error> {
        let hash = |(kind, key): &Bucket| {
            let (sort, key) = key.parts();
            self.keys.limited_hash(&[kind.as_str(), sort, &key]).to_vec()
        };
        let rate = |(kind, _): &Bucket| self.rates.of(*kind);
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let rows = sqlx::query("select taken, wait from take_tokens($1, $2, $3, $4, $5)")
            .bind(buckets.keys().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>())
            .bind(buckets.keys().map(hash).collect::<Vec<_>>())
            .bind(numbers)
            .bind(buckets.keys().map(|bucket| i64::from(rate(bucket).count())).collect::<Vec<_>>())
            .bind(buckets.keys().map(|bucket| number(rate(bucket).every())).collect::<Vec<_>>())
            .fetch_all(&self.pool)
            .await?;
        let got = rows.iter().map(|row| {
            let tokens = u32::try_from(row.try_get::<i64, _>("taken")?).unwrap_or_default();
            let wait = Duration::from_micros(u64::try_from(row.try_get::<i64, _>("wait")?).unwrap_or_default());
            Ok(Got { tokens, wait })
        });
        got.collect()
    }

    /// Deletes the rows of full buckets. Passes over those that somebody takes from: it must not wait for them, nor they for
    /// it.
    pub(super) async fn delete_full(&self) -> Result<(), sqlx::Error> {
        loop {
            let deleted = sqlx::query(
                "delete from rate_limits where (kind, key) in ( \
                     select kind, key from rate_limits where full_at <= clock_timestamp() limit $1 \
                     for update skip locked)",
            )
            .bind(AT_ONCE)
            .execute(&self.pool)
            .await?
            .rows_affected();
            if deleted == 0 {
                return Ok(());
            }
        }
    }
}
