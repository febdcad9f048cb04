//! The inboxes that are looked at.

use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use leadflow_bench::{Bed, Database};
use leadflow_domain::TenantId;
use leadflow_event_store::database;
use leadflow_projections::inbox;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor, PgPool};
use uuid::Uuid;

use crate::app::{self, App};
use crate::auth::{self, Bearer};
use crate::cli::bench::intake;
use crate::config::Config;
use crate::storage::{Purpose, Storage};

/// A business, and the token of somebody who looks at its inbox.
pub(in crate::cli::bench) struct Business {
    pub(in crate::cli::bench) tenant: Uuid,
    pub(in crate::cli::bench) token: String,
}

/// A database with businesses, conversations and messages: rows of the read model, without a log behind them.
pub(in crate::cli::bench) struct Filled {
    pub(in crate::cli::bench) businesses: Vec<Business>,
    pub(in crate::cli::bench) owner: PgPool,
    database: Database,
    config: Config,
}

impl Filled {
    /// So many businesses, with so many conversations in all; `whose` each is stands in SQL.
    pub(in crate::cli::bench) async fn make(
        intake: &intake::Plan,
        bed: &Bed,
        (businesses, conversations): (u32, u32),
        whose: &str,
    ) -> anyhow::Result<Self> {
        let database = bed.database().await?;
        let mut config = intake.config(bed, &database.url);
        // Enough that nobody who looks waits for a connection: of three the API's reads have one.
        config.database_connections = 3 * u32::try_from(super::MANY)?;
        // Who looks as fast as she can is what is measured, and not told to wait.
        config.graphql_budget = 1_000_000_000;
        config.graphql_restore_rate = 1_000_000_000;
        app::migrate(&Storage::open(&config, Purpose::Serve).await?).await?;
        let options = PgConnectOptions::from_str(&database.url)?.disable_statement_logging();
        let owner = database::owner_pool(options);
        fill(&owner, businesses, conversations, whose).await?;
        let tenants: Vec<Uuid> = sqlx::query_scalar(&format!(
            "select tenant_id from {}.channels order by phone_number_id::int",
            inbox::DEFINITION.schema()
        ))
        .fetch_all(&owner)
        .await?;
        let mut businesses = Vec::new();
        for tenant in tenants {
            let lifetime = Duration::from_secs(24 * 3600);
            let token = auth::issue(&owner, Bearer::Owner(TenantId::from_uuid(tenant)), lifetime).await?.token;
            businesses.push(Business { tenant, token });
        }
        Ok(Self { businesses, owner, database, config })
    }

    /// The product on this database.
    pub(in crate::cli::bench) async fn app(&self) -> anyhow::Result<App> {
        App::open(self.config.clone(), Purpose::Serve).await
    }

    /// How it is reached.
    pub(in crate::cli::bench) fn options(&self) -> anyhow::Result<PgConnectOptions> {
        PgConnectOptions::from_str(&self.database.url).context("the bench's own database")
    }

    pub(in crate::cli::bench) async fn end(self, bed: &Bed) -> anyhow::Result<()> {
        self.owner.close().await;
        Ok(bed.drop(self.database).await?)
    }
}

async fn fill(owner: &PgPool, businesses: u32, conversations: u32, whose: &str) -> anyhow::Result<()> {
    let mut tx = owner.begin().await?;
    tx.execute(format!("set local search_path = {}, pg_temp", inbox::DEFINITION.schema()).as_str()).await?;
    for statement in include_str!("filled.sql").split_inclusive(";\n") {
        // The bench's own SQL is all that is put in.
        let statement = statement
            .replace("$1", &businesses.to_string())
            .replace("$2", &conversations.to_string())
            .replace("$3", whose);
        tx.execute(statement.as_str()).await.with_context(|| statement.clone())?;
    }
    tx.commit().await?;
    owner.execute("vacuum (analyze)").await?;
    owner.execute("checkpoint").await?;
    Ok(())
}
