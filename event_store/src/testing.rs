//! A migrated database of its own for every test.

use std::sync::Arc;

use leadflow_private_postgres::testing::{Cluster, TestDatabase};
use sqlx::PgPool;

use crate::{EventStore, Keys, database};

/// Bytes of aggregates that [`event_store`] keeps at hand.
const CACHE: usize = 1 << 20;

/// A database with the system's tables, empty.
pub async fn database() -> TestDatabase {
    Cluster::shared()
        .await
        .database(&database::migrations_fingerprint(), async |options| {
            let owner = database::owner_pool(options);
            database::migrate(&owner).await?;
            owner.close().await;
            Ok(())
        })
        .await
}

/// A pool on a database of its own, working under the application's role.
///
/// # Panics
/// When the test's database can't be reached.
#[expect(clippy::expect_used, reason = "a test without its database has failed")]
pub async fn pool() -> PgPool {
    database::app_pool(database().await.connect_options(), 8).await.expect("the test's database answers")
}

/// The keys that tests work with.
#[must_use]
pub fn keys() -> Arc<Keys> {
    Arc::new(Keys::derive(&[7; 32]))
}

/// The event store of one process over `pool`.
#[must_use]
pub fn event_store(pool: &PgPool) -> EventStore {
    EventStore::open(pool, keys(), CACHE)
}
