//! A migrated database of its own for every test.

use leadflow_private_postgres::testing::{Cluster, TestDatabase};
use sqlx::PgPool;

use crate::database;

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
