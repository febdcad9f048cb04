//! Whose rows a query may see.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leadflow_domain::TenantId;
use leadflow_event_store::database::TENANT_SETTING;
use sqlx::{PgPool, Postgres, Transaction};

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

/// Relations whose joins are planned together. A view over views has more than Postgres's 8, of which it would make some
/// for all rows of the tenant before it joins them: of 1,000 conversations a page took seconds.
const JOINS: u32 = 16;

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
            .begin_with(format!(
                "begin read only; set local {TENANT_SETTING} = '{tenant}'; \
                 set local join_collapse_limit = {JOINS}; set local from_collapse_limit = {JOINS}"
            ))
            .await
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
