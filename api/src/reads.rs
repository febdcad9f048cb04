//! How the API reads: what is a tenant's under a role, or with a login, that row-level security holds to her; all else, such as
//! the log, as workers do. Neither may hold up the work behind the door.

use std::time::Duration;

use anyhow::{Context, bail};
use leadflow_event_store::database::{self, Access, KeptPool, RowLevelSecurity};
use leadflow_projections::{TenantReads, schemas};
use sqlx::PgPool;

use crate::config::Config;
use crate::connections::{for_callers, for_other_reads, for_reads};
use crate::storage::Storage;

/// The way to tenants' rows, and how it is held.
pub struct Reads {
    /// Reads for a tenant.
    pub tenants: TenantReads,
    /// Reads of what is no read model's.
    pub others: PgPool,
    /// Reads of who calls: of nothing else, as all else waits for it.
    pub callers: KeptPool,
    /// Who reads, and whether row-level security held at the start.
    pub access: Access,
}

impl Reads {
    /// Asks the database who may read how, and opens what is found for its share of `connections`, with statements of at most
    /// `statement_time`.
    ///
    /// # Errors
    /// When a login does not reach the database.
    pub async fn open(storage: &Storage, connections: u32, statement_time: Duration) -> anyhow::Result<Self> {
        let (pool, access) = database::api_pool(&storage.logins(), &schemas(), for_reads(connections), statement_time)
            .await
            .context(if storage.logins().api.is_some() {
                "the database can't be reached with DATABASE_URL or LEADFLOW_API_DATABASE_URL"
            } else {
                "the database can't be reached"
            })?;
        let asking = async |size| {
            let pool = database::asking_pool(storage.options(), size, statement_time).await;
            pool.context("the database can't be reached")
        };
        let others = asking(for_other_reads(connections)).await?;
        let callers = KeptPool::alone(asking(for_callers(connections)).await?);
        Ok(Self { tenants: TenantReads::new(pool), others, callers, access })
    }

    /// As [`Self::open`], for serving with `config`.
    ///
    /// # Errors
    /// When a login was given for the API's reads and row-level security does not hold it: that is what it is for.
    pub async fn for_serving(storage: &Storage, config: &Config) -> anyhow::Result<Self> {
        let statement_time = Duration::from_millis(config.api_statement_ms);
        let reads = Self::open(storage, config.database_connections, statement_time).await?;
        if let RowLevelSecurity::Off { advice } = &reads.access.row_level_security {
            if storage.logins().api.is_some() {
                let login = &reads.access.reads.login;
                bail!("row-level security does not hold {login}, the login of LEADFLOW_API_DATABASE_URL: {advice}");
            }
            tracing::warn!("serve.start: row-level security is off: {advice}");
        }
        Ok(reads)
    }

    /// Whether row-level security holds now. Without an answer, what was found at the start.
    pub async fn is_walled(&self) -> bool {
        database::is_walled(self.tenants.pool(), &schemas()).await.unwrap_or_else(|_| self.was_walled())
    }

    /// Whether row-level security held at the start.
    #[must_use]
    pub fn was_walled(&self) -> bool {
        self.access.row_level_security == RowLevelSecurity::On
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use sqlx::Executor;

    use super::*;
    use crate::serving::Serving;
    use crate::storage::Purpose;
    use crate::testing::{managed, serve};

    async fn health(serving: &Serving) -> Value {
        let answer = reqwest::get(format!("http://{}/health", serving.address())).await.unwrap();
        answer.json().await.unwrap()
    }

    #[tokio::test]
    async fn health_tells_of_the_wall_as_it_stands() {
        let (administrator, config) = managed(|_| Vec::new()).await;
        let serving = serve(config).await.unwrap();
        let standing = health(&serving).await;
        assert_eq!((&standing["rowLevelSecurity"], standing.get("advice")), (&"on".into(), None), "{standing}");
        administrator.execute("create policy planted on inbox_v17.messages using (true)").await.unwrap();
        let fallen = health(&serving).await;
        assert_eq!(fallen["rowLevelSecurity"], "off", "{fallen}");
        assert!(fallen["advice"].as_str().unwrap().contains("leadflow db access"), "{fallen}");
        serving.stop().await.unwrap();
    }

    #[tokio::test]
    async fn without_the_wall_it_serves_and_says_what_to_do() {
        let (administrator, config) = managed(|_| Vec::new()).await;
        administrator.execute("revoke usage on schema inbox_v17 from leadflow_api").await.unwrap();
        let serving = serve(config).await.unwrap();
        let open = health(&serving).await;
        assert_eq!(open["rowLevelSecurity"], "off", "{open}");
        assert!(open["advice"].as_str().unwrap().contains("leadflow db access"), "{open}");
        assert!(!open["problems"].to_string().contains("row"), "it is no reason to send no traffic: {open}");
        serving.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_login_of_its_own_that_is_not_held_is_refused() {
        let (_, config) = managed(|database| vec![("LEADFLOW_API_DATABASE_URL", database.url())]).await;
        let refused = serve(config).await.err().unwrap().to_string();
        assert!(refused.contains("row-level security does not hold leadflow"), "{refused}");
    }

    /// Whoever asked may have gone: dropping the answer does not end the statement, and its connection is not free.
    #[tokio::test]
    async fn a_statement_that_nobody_waits_for_is_ended_by_the_database() {
        let (_, config) = managed(|_| Vec::new()).await;
        let storage = Storage::open(&config, Purpose::Call).await.unwrap();
        let reads = Reads::open(&storage, 1, Duration::from_millis(300)).await.unwrap();
        for pool in [reads.tenants.pool(), &reads.others, reads.callers.pool()] {
            let sleep = async || sqlx::query("select pg_sleep(600)").execute(pool).await;
            let gone = tokio::time::timeout(Duration::from_millis(50), sleep()).await;
            assert!(gone.is_err(), "nobody waited to its end");
            // There is one connection, so this comes only once that statement has ended.
            let error = sleep().await.unwrap_err();
            let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
            assert_eq!(code.as_deref(), Some("57014"), "{error}");
        }
    }
}
