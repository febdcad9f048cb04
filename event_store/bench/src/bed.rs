//! Where it is measured: a durable Postgres of the bench's own, in a directory that goes away with it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use leadflow_event_store::database;
use leadflow_private_postgres::{Options, PrivateServer};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgPool};
use tempfile::TempDir;

use crate::BenchError;

/// A durable Postgres of a bench's own.
pub struct Bed {
    folder: TempDir,
    server: PrivateServer,
    /// Connected to neither the template nor any contender's database.
    maintenance: PgPool,
    made: AtomicU32,
}

/// A database of its own: what one measurement leaves behind is nothing to the next.
#[derive(Debug)]
pub struct Database {
    name: String,
    pub(crate) options: PgConnectOptions,
    /// What `DATABASE_URL` would say.
    pub url: String,
}

impl Bed {
    /// Starts it in a directory that goes away with it.
    ///
    /// # Errors
    /// [`BenchError`].
    pub async fn make(binaries: Option<PathBuf>) -> Result<Self, BenchError> {
        let folder = tempfile::Builder::new()
            .prefix("leadflow-bench-")
            .tempdir()
            .map_err(BenchError::io("a temporary directory can't be made"))?;
        let options = Options { data_dir: folder.path().to_owned(), binaries, fetch: true };
        let server = PrivateServer::join(&options).await?;
        // Copying and dropping databases is slow work, and no news.
        let quiet = server.connect_options().database("postgres").disable_statement_logging();
        let maintenance = database::owner_pool(quiet);
        let bed = Self { folder, server, maintenance, made: AtomicU32::new(0) };
        match bed.migrate_template().await {
            Ok(()) => Ok(bed),
            Err(error) => {
                // What went wrong matters more than how it is cleared away.
                let _ = bed.clear().await;
                Err(error)
            }
        }
    }

    /// The product's own database, which nothing but copies is made of.
    async fn migrate_template(&self) -> Result<(), BenchError> {
        let owner = database::owner_pool(self.server.connect_options());
        let migrated = database::migrate(&owner).await;
        owner.close().await;
        Ok(migrated?)
    }

    /// Another database with the schema of the event log, empty.
    ///
    /// # Errors
    /// The database's.
    pub async fn database(&self) -> Result<Database, BenchError> {
        let name = format!("bench_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.run(format!("create database {name} template leadflow")).await?;
        let options = self.server.connect_options().database(&name);
        let url = format!("{}&dbname={name}", self.server.url());
        Ok(Database { name, options, url })
    }

    /// Drops it once its connections have ended, which also writes everything out: no checkpoint of this one's falls
    /// into the next.
    ///
    /// # Errors
    /// The database's.
    pub async fn drop(&self, database: Database) -> Result<(), BenchError> {
        // A connection that was closed a moment ago may still be on its way out.
        self.run(format!("drop database {} with (force)", database.name)).await
    }

    async fn run(&self, sql: String) -> Result<(), BenchError> {
        // Only names of our own are in it.
        self.maintenance.execute(sql.as_str()).await?;
        Ok(())
    }

    pub(crate) fn maintenance(&self) -> &PgPool {
        &self.maintenance
    }

    /// Its directory.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the server's programs are.
    pub(crate) fn binaries(&self) -> &Path {
        self.server.binaries()
    }

    /// For another process; an argument it understands.
    pub(crate) fn address(&self, database: &Database) -> Address {
        Address { url: self.server.url(), database: database.name.clone() }
    }

    /// Stops the server and removes everything.
    ///
    /// # Errors
    /// [`BenchError`].
    pub async fn clear(self) -> Result<(), BenchError> {
        self.maintenance.close().await;
        self.server.leave().await?;
        let path = self.folder.path().display().to_string();
        self.folder.close().map_err(BenchError::io(format!("{path} can't be removed")))
    }
}

/// A database as another process is told of it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Address {
    url: String,
    database: String,
}

impl Address {
    pub(crate) fn options(&self) -> Result<PgConnectOptions, BenchError> {
        Ok(PgConnectOptions::from_str(&self.url)?.database(&self.database))
    }
}
