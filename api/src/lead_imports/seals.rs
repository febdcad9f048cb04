//! What is stored of files and of their errors is sealed as deliveries are: under the day's key, which is destroyed when the retention
//! has ended.

use std::sync::Arc;

use leadflow_event_store::{Keys, SealedDelivery};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use thiserror::Error;
use uuid::Uuid;

use crate::webhooks::TodaysKey;

/// Seals and opens.
#[derive(Debug)]
pub(super) struct Seals {
    keys: Arc<Keys>,
    today: TodaysKey,
}

/// It can't be read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("its retention has ended, or it was damaged")]
pub struct Gone;

impl Seals {
    pub(super) fn new(pool: PgPool, keys: Arc<Keys>) -> Self {
        Self { today: TodaysKey::new(pool, Arc::clone(&keys)), keys }
    }

    pub(super) async fn seal(&self, plain: &[u8]) -> Result<SealedDelivery, sqlx::Error> {
        Ok(self.today.key().await?.seal(plain))
    }

    /// The day's key is gone, as was found out by storing something beside it: what is sealed next is under another.
    pub(super) async fn forget(&self) {
        self.today.forget().await;
    }

    /// Opens what is in the columns `body`, `key_day`, `seal_id` and `wrapped_key`, the last of which is of `delivery_keys`.
    pub(super) fn open(&self, row: &PgRow) -> Result<Result<Vec<u8>, Gone>, sqlx::Error> {
        let (body, id) = (row.try_get::<Option<Vec<u8>>, _>("body")?, row.try_get::<Option<Uuid>, _>("seal_id")?);
        let day = row.try_get::<Option<jiff_sqlx::Date>, _>("key_day")?.map(jiff_sqlx::Date::to_jiff);
        let wrapped = row.try_get::<Option<Vec<u8>>, _>("wrapped_key")?;
        let (Some(body), Some(id), Some(day), Some(wrapped)) = (body, id, day, wrapped) else { return Ok(Err(Gone)) };
        let opened = self.keys.open_delivery_key(day, &wrapped).and_then(|key| key.open(id, &body));
        Ok(opened.map_err(|_| Gone))
    }
}
