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

#[cfg(test)]
mod tests {
    use leadflow_private_postgres::testing::Cluster;
    use sqlx::{Executor, Row};

    use super::*;
    use crate::database;

    /// Applies the migrations of these numbers to a database without any other.
    async fn apply(owner: &PgPool, numbers: std::ops::RangeInclusive<i64>) {
        for migration in MIGRATOR.iter().filter(|migration| numbers.contains(&migration.version)) {
            owner
                .execute(migration.sql.as_ref())
                .await
                .unwrap_or_else(|error| panic!("{}: {error}", migration.version));
        }
    }

    #[tokio::test]
    async fn deliveries_of_before_they_were_sealed_are_kept_and_translated_again_where_it_helps() {
        let database = Cluster::shared().await.database("nothing", async |_| Ok(())).await;
        let owner = database::owner_pool(database.connect_options());
        apply(&owner, 1..=12).await;
        let command = "00000000-0000-0000-0000-0000000000c1";
        owner
            .execute(
                format!(
                    "insert into events values (1, gen_random_uuid(), 'conversation', 'x', 1, 't', '1', '{{}}', \
                         '{{\"subject\": \"00000000-0000-0000-0000-0000000000ad\"}}', gen_random_uuid(), \
                         '{command}', clock_timestamp()); \
                     insert into webhook_deliveries (provider, body, translated_at, attempts) values \
                         ('whatsapp', 'applied', clock_timestamp(), 0), ('whatsapp', 'kept', clock_timestamp(), 0), \
                         ('whatsapp', 'new', null, 0), ('whatsapp', 'failed', null, 3); \
                     insert into webhook_items (delivery_id, ordinal, pointer, kind, state, command_id) values \
                         (1, 0, '/a', 'messages.text', 'applied', '{command}'), \
                         (1, 1, '/b', 'messages.text', 'parked', null), \
                         (2, 0, '/a', 'messages.text', 'unknown_number', null), \
                         (2, 1, '/b', 'messages.text', 'applied', null);"
                )
                .as_str(),
            )
            .await
            .unwrap();
        apply(&owner, 13..=13).await;

        let deliveries = sqlx::query(
            "select bytes, key_day is null as clear, translated_at is null as waits, due_at is not null as again \
             from webhook_deliveries order by id",
        )
        .fetch_all(&owner)
        .await
        .unwrap();
        let seen: Vec<(i32, bool, bool, bool)> = deliveries
            .iter()
            .map(|row| (row.get("bytes"), row.get("clear"), row.get("waits"), row.get("again")))
            .collect();
        assert_eq!(
            seen,
            [(7, true, false, false), (4, true, true, true), (3, true, true, false), (6, true, true, true)]
        );
        let items: Vec<(i64, String, Option<String>)> = sqlx::query_as(
            "select delivery_id, state, contact_id::text from webhook_items order by delivery_id, ordinal",
        )
        .fetch_all(&owner)
        .await
        .unwrap();
        let hers = Some("00000000-0000-0000-0000-0000000000ad".to_owned());
        let expected = [(1, "applied", hers), (1, "parked", None), (2, "applied", None)];
        assert_eq!(items, expected.map(|(delivery, state, contact)| (delivery, state.to_owned(), contact)));
    }
}
