//! The durable door: one insert and one commit for all deliveries that wait.

use std::sync::Arc;

use axum::body::Bytes;
use leadflow_domain::SourceId;
use leadflow_domain::channel::AppKey;
use leadflow_event_store::{GroupCommit, Keys, SealedDelivery};
use sqlx::PgPool;
use thiserror::Error;
use tokio::sync::Notify;
use uuid::Uuid;

use super::bodies::TodaysKey;

/// Deliveries that one insert carries at most.
const MOST_IN_A_GROUP: usize = 128;

/// It was not stored; the provider must send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the delivery could not be stored")]
pub struct NotStored;

/// Stores deliveries. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Intake {
    today: Arc<TodaysKey>,
    queue: GroupCommit<Delivery, Result<i64, NotStored>>,
    stored: Arc<Notify>,
}

/// Whose word a delivery has that it is authentic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bringer {
    /// A Meta app's, which signed it; the default app has no key.
    App(Option<AppKey>),
    /// A source's, whose key it showed.
    Source(SourceId),
}

impl Bringer {
    fn app(&self) -> Option<&str> {
        match self {
            Self::App(app) => app.as_ref().map(AppKey::as_str),
            Self::Source(_) => None,
        }
    }

    fn source(&self) -> Option<Uuid> {
        match self {
            Self::App(_) => None,
            Self::Source(source) => Some(source.as_uuid()),
        }
    }
}

#[derive(Debug)]
struct Delivery {
    provider: &'static str,
    by: Bringer,
    bytes: usize,
    sealed: SealedDelivery,
}

impl Intake {
    /// Stores through `pool`, sealed with `keys`.
    #[must_use]
    pub fn start(pool: PgPool, keys: Arc<Keys>) -> Self {
        let today = Arc::new(TodaysKey::new(pool.clone(), keys));
        let stored = Arc::new(Notify::new());
        let (wake, held) = (Arc::clone(&stored), Arc::clone(&today));
        let queue = GroupCommit::spawn(MOST_IN_A_GROUP, move |group: Vec<Delivery>| {
            let (pool, wake, today) = (pool.clone(), Arc::clone(&wake), Arc::clone(&held));
            async move {
                match insert(&pool, &group).await {
                    Ok(ids) => {
                        wake.notify_waiters();
                        ids.into_iter().map(Ok).collect()
                    }
                    Err(error) => {
                        tracing::error!(error = %error, deliveries = group.len(), "webhook.store: not stored");
                        if let sqlx::Error::Protocol(_) = error {
                            // The day's key is gone; of a mere outage it says nothing.
                            today.forget().await;
                        }
                        group.iter().map(|_| Err(NotStored)).collect()
                    }
                }
            }
        });
        Self { today, queue, stored }
    }

    /// Stores an authentic delivery and returns its id. When this returns, it is durable.
    ///
    /// # Errors
    /// [`NotStored`].
    pub async fn store(&self, provider: &'static str, by: Bringer, body: Bytes) -> Result<i64, NotStored> {
        let key = self.today.key().await.map_err(|error| {
            tracing::error!(error = %error, "webhook.store: the day's key can't be had");
            NotStored
        })?;
        // Sealed here, by whoever brings it: the others of its group don't wait for that.
        let delivery = Delivery { provider, by, bytes: body.len(), sealed: key.seal(&body) };
        self.queue.submit(delivery).await.unwrap_or(Err(NotStored))
    }

    /// Wakes when this process has stored something. A hint only.
    #[must_use]
    pub fn stored(&self) -> Arc<Notify> {
        Arc::clone(&self.stored)
    }
}

/// How often an insert is tried.
const ATTEMPTS: u32 = 3;

/// Repeated when the connection fails, although the lost insert may have been committed: a delivery that is stored
/// twice is harmless, because its items' commands have the same ids.
async fn insert(pool: &PgPool, group: &[Delivery]) -> Result<Vec<i64>, sqlx::Error> {
    let mut attempt = 1;
    loop {
        match insert_once(pool, group).await {
            Err(sqlx::Error::Io(error)) if attempt < ATTEMPTS => {
                tracing::warn!(error = %error, attempt, "webhook.store: the connection failed; once more");
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// A day's key that is not there any more, or is another one by now, stores nothing: what is sealed under it could never
/// be read.
async fn insert_once(pool: &PgPool, group: &[Delivery]) -> Result<Vec<i64>, sqlx::Error> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "insert into webhook_deliveries (provider, app, source_id, bytes, key_day, seal_id, body) \
         select provider, app, source_id, bytes, day, seal_id, body \
         from unnest($1, $2, $3, $4, $5, $6, $7, $8) with ordinality \
              as d (provider, app, source_id, bytes, day, seal_id, body, wrapped_key, nth) \
         join delivery_keys using (day, wrapped_key) order by nth \
         returning id",
    )
    .bind(group.iter().map(|delivery| delivery.provider).collect::<Vec<_>>())
    .bind(group.iter().map(|delivery| delivery.by.app()).collect::<Vec<_>>())
    .bind(group.iter().map(|delivery| delivery.by.source()).collect::<Vec<_>>())
    .bind(group.iter().map(|delivery| i32::try_from(delivery.bytes).unwrap_or(i32::MAX)).collect::<Vec<_>>())
    .bind(group.iter().map(|delivery| jiff_sqlx::Date::from(delivery.sealed.day)).collect::<Vec<_>>())
    .bind(group.iter().map(|delivery| delivery.sealed.id).collect::<Vec<_>>())
    .bind(group.iter().map(|delivery| delivery.sealed.body.as_slice()).collect::<Vec<_>>())
    .bind(group.iter().map(|delivery| delivery.sealed.wrapped_key.as_slice()).collect::<Vec<_>>())
    .fetch_all(pool)
    .await?;
    if ids.len() == group.len() {
        Ok(ids)
    } else {
        Err(sqlx::Error::Protocol("the insert did not return every delivery".to_owned()))
    }
}
