//! A long log, with the installation around it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use jiff::Timestamp;
use leadflow_bench::{Bed, Database};
use leadflow_event_store::{Filling, database, verify};
use leadflow_projections::{self as projections, Generation};
use sqlx::{ConnectOptions, Executor, PgPool};

use super::models;
use super::traffic::Traffic;
use crate::app::{self, App};
use crate::config::Config;
use crate::storage::{Purpose, Storage};

/// A log that traffic has filled, and can go on to fill.
pub(super) struct Log {
    pub(super) app: App,
    pub(super) owner: PgPool,
    config: Config,
    database: Database,
    folder: PathBuf,
    filling: Filling,
    traffic: Traffic,
}

impl Log {
    /// On a database of its own. `most`: so many events will it have in the end.
    pub(super) async fn make(bed: &Bed, config: impl FnOnce(&str) -> Config, most: i64) -> anyhow::Result<Self> {
        let database = bed.database().await?;
        let config = config(&database.url);
        app::migrate(&Storage::open(&config, Purpose::Serve).await?).await?;
        let app = App::open(config.clone(), Purpose::Serve).await?;
        // Filling and copying are slow work, and no news.
        let owner = database::owner_pool(app.storage.options().disable_statement_logging());
        let mut filling = Filling::new(owner.clone(), Arc::clone(&app.keys));
        let mut traffic = Traffic::until(now(&owner).await?, most, Arc::clone(&app.keys))?;
        filling.begin().await?;
        traffic.begin(&mut filling).await?;
        Ok(Self { app, owner, config, database, folder: bed.folder().to_owned(), filling, traffic })
    }

    /// Another process of the installation, as far as the log can tell.
    pub(super) async fn open_another(&self) -> anyhow::Result<App> {
        App::open(self.config.clone(), Purpose::Serve).await
    }

    /// By the database's clock.
    pub(super) async fn now(&self) -> anyhow::Result<Timestamp> {
        now(&self.owner).await
    }

    /// Its newest event, if nobody has appended since it was filled.
    pub(super) fn head(&self) -> i64 {
        self.filling.head()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fills it to some `events`.
    pub(super) async fn fill(&mut self, events: i64) -> anyhow::Result<()> {
        self.filling.begin().await?;
        self.traffic.fill(&mut self.filling, events).await?;
        self.owner.execute("analyze").await?;
        Ok(())
    }

    /// That what was filled is a log.
    pub(super) async fn verify(&self) -> anyhow::Result<()> {
        let report = verify::verify(&self.app.store, |_| {}).await?;
        ensure!(report.ok, "what was filled is no log: {}", report.problems.join("; "));
        Ok(())
    }

    /// Brings the read models that are served to the head, and everything else that follows the log.
    pub(super) async fn show(&mut self) -> anyhow::Result<()> {
        self.filling.begin().await?;
        let head = self.head();
        for definition in projections::all() {
            models::fold(self, &definition, Generation::Serving).await?;
        }
        let rest = "update checkpoints set position = $1, applied = $1, state = 'live' where position <= $1";
        sqlx::query(rest).bind(head).execute(&self.owner).await?;
        self.owner.execute("analyze").await?;
        Ok(())
    }

    /// Writes out what is still in the server's memory, so that it falls into nobody's time.
    pub(super) async fn settle(&self) -> anyhow::Result<()> {
        self.owner.execute("checkpoint").await.context("a checkpoint of the bench's own Postgres")?;
        Ok(())
    }

    /// Drops it.
    pub(super) async fn end(self, bed: &Bed) -> anyhow::Result<()> {
        self.owner.close().await;
        self.app.close().await?;
        Ok(bed.drop(self.database).await?)
    }
}

async fn now(owner: &PgPool) -> anyhow::Result<Timestamp> {
    let now: jiff_sqlx::Timestamp = sqlx::query_scalar("select clock_timestamp()").fetch_one(owner).await?;
    Ok(now.to_jiff())
}
