//! For tests: an installation on a database of its own.

use std::collections::HashMap;

use leadflow_event_store::database;
use leadflow_private_postgres::testing::TestDatabase;
use leadflow_projections::testing;
use sqlx::PgPool;

use crate::app::{self, App};
use crate::config::{Config, Overrides, load};
use crate::serving::Serving;
use crate::storage::{Purpose, Storage};

/// A database that is up to date, by its owner, and what serves on it, with `more` variables than it takes.
pub(crate) async fn managed(more: impl FnOnce(&TestDatabase) -> Vec<(&'static str, String)>) -> (PgPool, Config) {
    let database = testing::database().await;
    let mut environment = HashMap::from([
        ("DATABASE_URL".to_owned(), database.url()),
        ("LEADFLOW_MASTER_KEY".to_owned(), "42".repeat(32)),
        ("LEADFLOW_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
    ]);
    environment.extend(more(&database).into_iter().map(|(name, value)| (name.to_owned(), value)));
    let flags = Overrides { data_dir: Some("/nonexistent".into()), ..Overrides::default() };
    let config = load(&environment, &flags).unwrap();
    app::migrate(&Storage::open(&config, Purpose::Call).await.unwrap()).await.unwrap();
    (database::owner_pool(database.connect_options()), config)
}

pub(crate) async fn serve(config: Config) -> anyhow::Result<Serving> {
    Serving::start(App::open(config, Purpose::Serve).await.unwrap()).await
}
