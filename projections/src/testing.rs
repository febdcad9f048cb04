//! A database with the system's tables and every read model's, for tests.

use leadflow_event_store::database;
use leadflow_private_postgres::testing::{Cluster, TestDatabase};

/// A database with all tables, empty.
pub async fn database() -> TestDatabase {
    let template = format!("{}_{}", database::migrations_fingerprint(), crate::schemas().join("_"));
    Cluster::shared()
        .await
        .database(&template, async |options| {
            let owner = database::owner_pool(options);
            database::migrate(&owner).await?;
            crate::prepare(&owner).await?;
            owner.close().await;
            Ok(())
        })
        .await
}
