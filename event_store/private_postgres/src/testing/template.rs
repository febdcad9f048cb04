//! Templates: made once, copied for each test.

use std::future::Future;
use std::path::Path;

use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use crate::connection::{self, MAINTENANCE_DATABASE};
use crate::testing::PrepareError;

/// Makes database `copy` from the template named `template`, which is prepared first if need be.
pub(super) async fn copy<F, Fut>(socket: &Path, template: &str, prepare: F, copy: &str) -> Result<(), PrepareError>
where
    F: FnOnce(PgConnectOptions) -> Fut,
    Fut: Future<Output = Result<(), PrepareError>>,
{
    let name = database_name(template);
    let mut connection = PgConnection::connect_with(&connection::options(socket, MAINTENANCE_DATABASE)).await?;
    if !exists(&mut connection, &name).await? {
        ensure(&mut connection, socket, &name, prepare).await?;
    }
    // Copying files beats logging each page, the default, as durability is waived.
    run(&mut connection, &format!("CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY")).await?;
    connection.close().await?;
    Ok(())
}

/// The caller's name may hold anything and be longer than the 63 bytes of an identifier.
fn database_name(template: &str) -> String {
    format!("template_{}", hex::encode(&Sha256::digest(template)[..16]))
}

/// Under an advisory lock, whose key is the name, as several tests ask at the same time. A template counts once it has
/// its final name: one whose preparation failed or was abandoned is made again.
async fn ensure<F, Fut>(
    connection: &mut PgConnection,
    socket: &Path,
    name: &str,
    prepare: F,
) -> Result<(), PrepareError>
where
    F: FnOnce(PgConnectOptions) -> Fut,
    Fut: Future<Output = Result<(), PrepareError>>,
{
    // Ends with the session at the latest, so a failure in between needs no unlocking.
    sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))").bind(name).execute(&mut *connection).await?;
    if !exists(connection, name).await? {
        let raw = format!("{name}_new");
        run(connection, &format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)")).await?;
        run(connection, &format!("CREATE DATABASE {raw} STRATEGY FILE_COPY")).await?;
        prepare(connection::options(socket, &raw)).await?;
        // A pool dropped by `prepare` closes its connections later; a database in use can't be renamed.
        run(connection, &format!("ALTER DATABASE {raw} ALLOW_CONNECTIONS false")).await?;
        sqlx::query("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1")
            .bind(&raw)
            .execute(&mut *connection)
            .await?;
        run(connection, &format!("ALTER DATABASE {raw} RENAME TO {name}")).await?;
    }
    sqlx::query("SELECT pg_advisory_unlock(hashtextextended($1, 0))").bind(name).execute(&mut *connection).await?;
    Ok(())
}

async fn exists(connection: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)");
    query.bind(name).fetch_one(connection).await
}

/// One statement that takes no parameters. The names in it are ours: letters, digits and underscores.
async fn run(connection: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    connection.execute(statement).await.map(drop)
}
