//! What every process has: an open database of the right schema, the keys, the way into the log.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::Context;
use leadflow_event_store::database::{self, KeptPool};
use leadflow_event_store::{EventStore, Keys};
use leadflow_projections as projections;
use sqlx::PgPool;

use crate::auth::{Doors, Hinges, Providers};
use crate::commands::Commands;
use crate::config::Config;
use crate::connections;
use crate::health::missing_consumers;
use crate::limits::Limits;
use crate::master_key;
use crate::pause::{self, Identity};
use crate::reactors;
use crate::storage::{Purpose, Storage};

/// An opened installation.
pub struct App {
    /// Where the data is.
    pub storage: Storage,
    /// What it runs with.
    pub config: Config,
    /// Connections that work under the application's role.
    pub pool: PgPool,
    /// The event log.
    pub store: EventStore,
    /// The one door to aggregates.
    pub commands: Commands,
    /// Keys derived from the master key.
    pub keys: Arc<Keys>,
}

impl App {
    /// Opens the installation that `config` names. The private one is brought up to date on the way; another must
    /// have been (`leadflow migrate`).
    ///
    /// # Errors
    /// When the database can't be had, is not up to date, or knows another master key.
    pub async fn open(config: Config, purpose: Purpose) -> anyhow::Result<Self> {
        let storage = Storage::open(&config, purpose).await?;
        match Self::assemble(&storage, &config, purpose).await {
            Ok((pool, keys)) => {
                let store = EventStore::open(&pool, Arc::clone(&keys), config.aggregate_cache_mib << 20);
                let commands = Commands::new(&store);
                Ok(Self { storage, config, pool, store, commands, keys })
            }
            Err(error) => {
                // The private server was started for us; what went wrong matters more than how it stops.
                let _ = storage.close().await;
                Err(error)
            }
        }
    }

    async fn assemble(storage: &Storage, config: &Config, purpose: Purpose) -> anyhow::Result<(PgPool, Arc<Keys>)> {
        if storage.data_dir().is_some() && (purpose == Purpose::Serve || !is_up_to_date(storage).await?) {
            migrate(storage).await?;
        }
        let connections = match purpose {
            Purpose::Serve => connections::for_work(config.database_connections),
            Purpose::Begin | Purpose::Call => 4,
        };
        if storage.data_dir().is_none() && !is_up_to_date(storage).await? {
            anyhow::bail!("the database's schema is not this program's: run `leadflow migrate` first");
        }
        let pool = database::app_pool(storage.options(), connections).await.context(UNREACHABLE)?;
        let keys = Arc::new(master_key::open(storage, config, &pool).await?.keys);
        Ok((pool, keys))
    }

    /// How people come in, as often as `limits` let them, also by what `providers` say. `callers` finds out who calls.
    #[must_use]
    pub fn doors(&self, callers: KeptPool, limits: Limits, providers: Providers) -> Doors {
        Doors::new(Hinges {
            pool: self.pool.clone(),
            callers,
            keys: Arc::clone(&self.keys),
            commands: self.commands.clone(),
            limits,
            public_url: self.config.public_url.clone(),
            providers,
            hashes_at_once: available_parallelism().map_or(1, NonZeroUsize::get),
        })
    }

    /// Closes the connections and gives the private server back.
    ///
    /// # Errors
    /// When the private server does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        self.store.close().await;
        self.pool.close().await;
        self.storage.close().await
    }
}

const UNREACHABLE: &str = "the database can't be reached";

async fn is_up_to_date(storage: &Storage) -> anyhow::Result<bool> {
    let owner = database::owner_pool(storage.options());
    let up_to_date = database::is_migrated(&owner).await.context(UNREACHABLE)?
        && missing_consumers(&projections::statuses(&owner).await.context(UNREACHABLE)?).is_empty();
    owner.close().await;
    Ok(up_to_date)
}

/// Brings the schema, the read models' tables and the reactors' checkpoints up to date. A database that has none yet is
/// the one that is to act from then on.
///
/// # Errors
/// The database's.
pub async fn migrate(storage: &Storage) -> anyhow::Result<()> {
    let owner = database::owner_pool(storage.options());
    database::migrate(&owner).await?;
    projections::prepare(&owner).await.context("the read models' tables can't be made")?;
    reactors::register(&owner).await.context("the reactors can't be registered")?;
    let identity = Identity::of(&owner, storage.data_dir()).await.context(UNREACHABLE)?;
    pause::note(&owner, &identity).await.context(UNREACHABLE)?;
    owner.close().await;
    Ok(())
}
