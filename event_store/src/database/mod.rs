//! The database: how we connect, what we migrate, which role we work under.

mod migrate;
mod role;

pub use migrate::{MigrateError, is_migrated, migrate, migrations_fingerprint};
pub use role::{APP_ROLE, grant_schema};

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// A pool of the owner's connections: migrations and repairs.
#[must_use]
pub fn owner_pool(options: PgConnectOptions) -> PgPool {
    pool(options, 2)
}

/// A pool of connections that work under [`APP_ROLE`], which may append to the log and may not write it otherwise.
/// Where the database grants no such role (it is tried, by taking it on), they work as the owner, and only the
/// log's triggers keep it append-only.
///
/// # Errors
/// The database's, when it can't be asked.
pub async fn app_pool(options: PgConnectOptions, size: u32) -> Result<PgPool, sqlx::Error> {
    let options = if role::app_role_is_usable(&options).await? {
        options.options([("role", APP_ROLE)])
    } else {
        tracing::warn!("database.connect: no role {APP_ROLE} here, so the log is append-only by its triggers alone");
        options
    };
    Ok(pool(options, size))
}

fn pool(options: PgConnectOptions, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        // A ping before every use would double the round trips of a small command; who meets a dead connection
        // repeats what is safe to repeat.
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(options.application_name("leadflow"))
}
