//! Schema changes, forward only. Read models are not among them: each projector makes its own tables.

use sha2::{Digest, Sha256};
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use thiserror::Error;

use super::role;

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// Why the database could not be brought up to date.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// Postgres is older than 15.
    #[error("PostgreSQL {found} is too old: LeadFlow needs 15 or later")]
    TooOld {
        /// The version that was found.
        found: String,
    },
    /// A migration failed, or the database was migrated by a newer program.
    #[error("the database's schema can't be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database did not answer.
    #[error("the database can't be reached")]
    Database(#[from] sqlx::Error),
}

/// Brings the schema up to date and grants the application's role what it needs. Doing it twice is fine, also by two
/// processes at once.
///
/// # Errors
/// [`MigrateError`].
pub async fn migrate(owner: &PgPool) -> Result<(), MigrateError> {
    let (number, name): (i32, String) =
        sqlx::query_as("select current_setting('server_version_num')::int, current_setting('server_version')")
            .fetch_one(owner)
            .await?;
    if number < 150_000 {
        return Err(MigrateError::TooOld { found: name });
    }
    MIGRATOR.run(owner).await?;
    role::grant_system_tables(owner).await?;
    Ok(())
}

/// Whether every migration of this program has been applied.
///
/// # Errors
/// The database's.
pub async fn is_migrated(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let known: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(pool).await?;
    if !known {
        return Ok(false);
    }
    let newest: Option<i64> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(pool).await?;
    Ok(newest >= MIGRATOR.iter().map(|migration| migration.version).max())
}

/// Names this program's schema: two programs with the same migrations have the same fingerprint.
#[must_use]
pub fn migrations_fingerprint() -> String {
    let mut hash = Sha256::new();
    for migration in MIGRATOR.iter() {
        hash.update(&migration.checksum);
    }
    hex::encode(&hash.finalize()[..8])
}
