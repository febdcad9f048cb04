//! Whose rows a query may see.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leadflow_domain::TenantId;
use leadflow_event_store::database::TENANT_SETTING;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, QueryBuilder, Transaction};

/// Stands before every read of tenant tables. Only authentication makes one (`clippy.toml` bans the constructor
/// everywhere else).
#[derive(Debug, Clone, Copy)]
pub struct TenantContext {
    tenant: TenantId,
}

impl TenantContext {
    /// For a caller whose right to act for `tenant` has just been proven.
    #[must_use]
    pub fn proven(tenant: TenantId) -> Self {
        Self { tenant }
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(self) -> TenantId {
        self.tenant
    }
}

/// What stands before and behind a query so that it sets its tenant itself: it needs no transaction around it, and so no other
/// round trips (decision 12).
///
/// A lateral item is evaluated for the row that it refers to, so once that is there: when the query begins, `set_config` has
/// run. `offset 0` keeps the planner from taking the item apart. The setting ends with the statement. Were it otherwise,
/// row-level security would find no tenant set, and show nothing.
const BEFORE: [&str; 3] = [
    "select q.* from set_config('",
    "', ",
    "::text, true) as wall (tenant) cross join lateral (select q.* from (",
];
const BEHIND: &str = ") q where wall.tenant is not null offset 0) q";

/// `query`, whose `$1` is the tenant, as one statement behind the wall.
pub(crate) fn walled(query: impl Display) -> String {
    let [select, set, to] = BEFORE;
    format!("{select}{TENANT_SETTING}{set}$1{to}{query}{BEHIND}")
}

/// One statement behind the wall, to which a query is pushed; its `$1` is the tenant. [`TenantReads::rows`] ends it.
pub(crate) fn select<'a>(context: TenantContext) -> QueryBuilder<'a, Postgres> {
    let [select, set, to] = BEFORE;
    let mut sql = QueryBuilder::new(format!("{select}{TENANT_SETTING}{set}"));
    sql.push_bind(context.tenant().as_uuid()).push(to);
    sql
}

/// Stands before every read by the API of what is the installation's: how its followers are, what they set aside, what
/// arrived. Only authentication makes one (`clippy.toml` bans the constructor everywhere else).
#[derive(Debug, Clone, Copy)]
pub struct OperatorContext(());

impl OperatorContext {
    /// For a caller whose right to see to the installation has just been proven.
    #[must_use]
    pub fn proven() -> Self {
        Self(())
    }
}

/// The way to tenants' rows: a transaction for each read, held by row-level security to its tenant. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TenantReads {
    pool: PgPool,
    statements: Arc<AtomicU64>,
}

impl TenantReads {
    /// Reads through `pool`, whose connections have left the owner's rights behind (`database::api_pool`).
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self { pool, statements: Arc::default() }
    }

    /// A transaction that reads only, and only what is `context`'s. It needs no end: dropping it gives it back.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&self, context: TenantContext) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        // One round trip. A uuid needs no quoting, and the settings end with the transaction.
        let tenant = context.tenant().as_uuid();
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.pool
            .begin_with(format!("begin read only; set local {TENANT_SETTING} = '{tenant}'"))
            .await
    }

    /// What [`select`] began.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn rows(&self, mut sql: QueryBuilder<'_, Postgres>) -> Result<Vec<PgRow>, sqlx::Error> {
        sql.push(BEHIND);
        sql.build().fetch_all(self.statement()).await
    }

    /// The connections for one statement that [`walled`] has put behind the wall, counted.
    pub(crate) fn statement(&self) -> &PgPool {
        self.statements.fetch_add(1, Ordering::Relaxed);
        &self.pool
    }

    /// How many reads this and its clones have begun. Each is one statement: what a query costs is told by the difference.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The connections, for what is no tenant's, such as asking how they are held.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}
