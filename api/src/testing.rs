//! For tests: an installation on a database of its own.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use leadflow_event_store::database::{self, KeptPool};
use leadflow_event_store::testing as log_testing;
use leadflow_private_postgres::testing::TestDatabase;
use leadflow_projections::testing;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Level};

use crate::app::{self, App};
use crate::auth::{Doors, Hinges, Providers};
use crate::commands::Commands;
use crate::config::{Config, Overrides, load};
use crate::limits::{self, Limits};
use crate::serving::Serving;
use crate::storage::{Purpose, Storage};
use crate::webhooks::external::ExternalDoors;

/// A data directory that nobody can make, root neither: letters find no folder there, and stay where tests read them.
const NOWHERE: &str = "/dev/null/nowhere";

/// A database that is up to date, by its owner, and what serves on it, with `more` variables than it takes.
pub(crate) async fn managed(more: impl FnOnce(&TestDatabase) -> Vec<(&'static str, String)>) -> (PgPool, Config) {
    let database = testing::database().await;
    let mut environment = HashMap::from([
        ("DATABASE_URL".to_owned(), database.url()),
        ("LEADFLOW_MASTER_KEY".to_owned(), "42".repeat(32)),
        ("LEADFLOW_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
    ]);
    environment.extend(more(&database).into_iter().map(|(name, value)| (name.to_owned(), value)));
    let flags = Overrides { data_dir: Some(NOWHERE.into()), ..Overrides::default() };
    let config = load(&environment, &flags).unwrap();
    app::migrate(&Storage::open(&config, Purpose::Call).await.unwrap()).await.unwrap();
    (database::owner_pool(database.connect_options()), config)
}

/// How people come in where `pool` leads to.
pub(crate) fn doors(pool: &PgPool) -> Doors {
    let keys = log_testing::keys();
    let flags = Overrides { data_dir: Some(NOWHERE.into()), ..Overrides::default() };
    let config = load(&HashMap::new(), &flags).unwrap();
    let beside = PgPoolOptions::new().max_connections(2).connect_lazy_with(pool.connect_options().as_ref().clone());
    Doors::new(Hinges {
        pool: pool.clone(),
        callers: KeptPool::alone(beside),
        keys: Arc::clone(&keys),
        commands: Commands::new(&log_testing::event_store(pool)),
        limits: Limits::start(pool.clone(), keys, config.limits, limits::PATIENCE),
        public_url: config.public_url,
        providers: Providers::default(),
        hashes_at_once: 2,
    })
}

/// The doors of external sources where `pool` leads to.
pub(crate) fn external_doors(pool: &PgPool) -> ExternalDoors {
    let reader = log_testing::event_store(pool).reader().clone();
    ExternalDoors::new(pool.clone(), pool.clone(), log_testing::keys(), reader)
}

/// How often something may be done where `pool` leads to, and what programs post so often.
pub(crate) fn limits(pool: &PgPool, external_source: &str) -> Limits {
    let flags = Overrides { data_dir: Some(NOWHERE.into()), ..Overrides::default() };
    let mut rates = load(&HashMap::new(), &flags).unwrap().limits;
    rates.external_source = external_source.parse().unwrap();
    Limits::start(pool.clone(), log_testing::keys(), rates, limits::PATIENCE)
}

pub(crate) async fn serve(config: Config) -> anyhow::Result<Serving> {
    Serving::start(App::open(config, Purpose::Serve).await.unwrap()).await
}

/// What is logged on this thread while it is watched.
pub(crate) struct Log {
    written: Written,
    _another: Dispatch,
    _watched: DefaultGuard,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Watches what is logged from now on, down to `level`.
    pub(crate) fn watch(level: Level) -> Self {
        let written = Written::default();
        let to = written.clone();
        let subscriber =
            tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(move || to.clone()).finish();
        // With one subscriber alone, what another thread's test comes to first counts as watched by nobody, for good.
        let another = Dispatch::new(NoSubscriber::default());
        Self { written, _another: another, _watched: tracing::subscriber::set_default(subscriber) }
    }

    /// All that was.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.written.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, written: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(written);
        Ok(written.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
