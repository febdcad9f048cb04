//! For tests: an installation on a database of its own.

use std::collections::HashMap;
use std::sync::Arc;

use leadflow_event_store::{database, testing as log_testing};
use leadflow_private_postgres::testing::TestDatabase;
use leadflow_projections::testing;
use sqlx::PgPool;

use crate::app::{self, App};
use crate::auth::{Doors, Hinges, Providers};
use crate::commands::Commands;
use crate::config::{Config, Overrides, load};
use crate::limits::{self, Limits};
use crate::serving::Serving;
use crate::storage::{Purpose, Storage};

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
    Doors::new(Hinges {
        pool: pool.clone(),
        keys: Arc::clone(&keys),
        commands: Commands::new(&log_testing::event_store(pool)),
        limits: Limits::start(pool.clone(), keys, config.limits, limits::PATIENCE),
        public_url: config.public_url,
        providers: Providers::default(),
        hashes_at_once: 2,
    })
}

pub(crate) async fn serve(config: Config) -> anyhow::Result<Serving> {
    Serving::start(App::open(config, Purpose::Serve).await.unwrap()).await
}
