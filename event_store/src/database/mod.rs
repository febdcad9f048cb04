//! The database: how we connect, what we migrate, which role we work under.

mod identity;
mod kept;
mod migrate;
mod reading;
mod role;
mod standing;
mod wall;

pub use identity::DatabaseIdentity;
pub use kept::KeptPool;
pub use migrate::{MigrateError, is_migrated, migrate, migrations_fingerprint};
pub use reading::{Access, Logins, RowLevelSecurity, Worker, api_pool, is_walled};
pub use role::{API_ROLE, APP_ROLE, grant_schema};
pub use wall::{ProtectError, TENANT_SETTING, protect_schema};

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool};

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
    if !role::app_role_is_usable(&options).await? {
        tracing::warn!("database.connect: no role {APP_ROLE} here, so the log is append-only by its triggers alone");
        return Ok(pool(options, size));
    }
    Ok(pool(options.options([("role", APP_ROLE)]), size))
}

/// A pool of connections that work as those of [`app_pool`] do, and only read, each statement for `statement_time` at most:
/// whoever asked may have gone.
///
/// # Errors
/// The database's, when it can't be asked.
pub async fn asking_pool(
    options: PgConnectOptions,
    size: u32,
    statement_time: Duration,
) -> Result<PgPool, sqlx::Error> {
    Ok(pool(asking(app_options(options).await?, statement_time), size))
}

/// For statements that read, for so long.
fn asking(options: PgConnectOptions, statement_time: Duration) -> PgConnectOptions {
    options
        .options([("statement_timeout", format!("{}ms", statement_time.as_millis()))])
        .options([("default_transaction_read_only", "on")])
}

/// The owner's login, working under [`APP_ROLE`] where it can.
async fn app_options(owner: PgConnectOptions) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(if role::app_role_is_usable(&owner).await? { owner.options([("role", APP_ROLE)]) } else { owner })
}

/// A pool of one connection to where `other` leads, under the same role.
pub(crate) fn one_connection(other: &PgPool) -> PgPool {
    pool(other.connect_options().as_ref().clone(), 1)
}

/// From when on an idle connection is asked whether it lives.
const IDLE_IS_DOUBTFUL: Duration = Duration::from_secs(1);

fn pool(options: PgConnectOptions, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        // A ping before every use would double the round trips of a small command. A connection that has been idle
        // may have died with its server; who meets a dead one all the same repeats what is safe to repeat.
        .test_before_acquire(false)
        .before_acquire(|connection, met| {
            Box::pin(async move {
                if met.idle_for > IDLE_IS_DOUBTFUL {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(options.application_name("leadflow"))
}
