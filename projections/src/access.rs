//! Whose rows a query may see.

use std::collections::HashMap;
use std::fmt::Display;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use leadflow_domain::TenantId;
use leadflow_event_store::database::{KeptPool, TENANT_SETTING};
#[cfg(feature = "testing")]
use sqlx::Execute;
use sqlx::postgres::PgRow;
use sqlx::{Decode, PgPool, Postgres, QueryBuilder, Row, Type};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Sight;
use crate::sight::Seen;

/// Stands before every read of tenant tables. Only authentication makes one (`clippy.toml` bans the constructor
/// everywhere else).
#[derive(Debug, Clone, Copy)]
pub struct TenantContext {
    tenant: TenantId,
    sight: Sight,
}

impl TenantContext {
    /// For a caller whose right to act for `tenant`, and to see so much of it, has just been proven.
    #[must_use]
    pub fn proven(tenant: TenantId, sight: Sight) -> Self {
        Self { tenant, sight }
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(self) -> TenantId {
        self.tenant
    }

    /// How much of it is seen.
    #[must_use]
    pub fn sight(self) -> Sight {
        self.sight
    }
}

/// What stands before and behind a query so that it sets its tenant itself, who is its `$1`: it needs no transaction around it, and
/// so no other round trips (decision 12).
///
/// A lateral item is evaluated for the row that it refers to, so once that is there: when the query begins, `set_config` has
/// run. `offset 0` keeps the planner from taking the item apart. The setting ends with the statement. Were it otherwise,
/// row-level security would find no tenant set, and show nothing.
const BEFORE: [&str; 3] =
    ["select q.* from set_config('", "', ", "::text, true) as wall (tenant) cross join lateral (select q.* from ("];
const BEHIND: &str = ") q where wall.tenant is not null offset 0) q";

/// A statement behind the wall that is being written, as far as the tables of its rows. Who sees these is not said yet, and so it
/// can't be sent.
pub(crate) struct OpenQuery<'a>(TenantQuery<'a>);

/// A statement behind the wall that is being written, and says who sees its rows.
pub(crate) struct TenantQuery<'a> {
    context: TenantContext,
    sql: QueryBuilder<'a, Postgres>,
}

impl<'a> Deref for OpenQuery<'a> {
    type Target = QueryBuilder<'a, Postgres>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for OpenQuery<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<'a> Deref for TenantQuery<'a> {
    type Target = QueryBuilder<'a, Postgres>;

    fn deref(&self) -> &Self::Target {
        &self.sql
    }
}

impl DerefMut for TenantQuery<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.sql
    }
}

/// One statement behind the wall, whose query begins with `query` and goes on with what is pushed; its `$1` is the tenant.
/// [`OpenQuery::where_seen`] follows the tables of its rows.
pub(crate) fn select<'a>(context: TenantContext, query: impl Display) -> OpenQuery<'a> {
    let [select, set, to] = BEFORE;
    let mut sql = QueryBuilder::new(format!("{select}{TENANT_SETTING}{set}"));
    sql.push_bind(context.tenant().as_uuid()).push(to).push(query);
    OpenQuery(TenantQuery { context, sql })
}

impl<'a> OpenQuery<'a> {
    /// Narrows it, by ` where`, to the tenant's rows, and of these to what is seen in its context; more conditions may follow.
    /// [`TenantReads::rows`] and its like end it.
    pub(crate) fn where_seen(self, seen: Seen<'_>) -> TenantQuery<'a> {
        let mut query = self.0;
        seen.push(&mut query.sql, query.context.sight());
        query
    }
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

/// The way to tenants' rows: statements that row-level security holds each to its tenant. Cheap to clone.
///
/// One tenant's statements hold at most half of the connections at once; others of hers wait. Whoever asks for what is slow,
/// or for much, waits for herself.
#[derive(Debug, Clone)]
pub struct TenantReads {
    pool: KeptPool,
    turns: Arc<Turns>,
    statements: Arc<AtomicU64>,
}

/// Who holds how many connections.
#[derive(Debug)]
struct Turns {
    of_one_tenant: usize,
    tenants: Mutex<HashMap<TenantId, Weak<Semaphore>>>,
}

/// Tenants that are remembered before those are forgotten that hold nothing.
const REMEMBERED: usize = 1024;

impl Turns {
    fn of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = tenants.get(&tenant).and_then(Weak::upgrade) {
            return turns;
        }
        if tenants.len() >= REMEMBERED {
            tenants.retain(|_, turns| turns.strong_count() > 0);
        }
        let turns = Arc::new(Semaphore::new(self.of_one_tenant));
        tenants.insert(tenant, Arc::downgrade(&turns));
        turns
    }
}

impl TenantReads {
    /// Reads through `pool`, whose connections have left the owner's rights behind (`database::api_pool`).
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let of_one_tenant = (pool.options().get_max_connections() as usize / 2).max(1);
        let pool = KeptPool::beside_others(pool);
        Self { pool, turns: Arc::new(Turns { of_one_tenant, tenants: Mutex::default() }), statements: Arc::default() }
    }

    /// The rows of what [`select`] began.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn rows(&self, mut sql: TenantQuery<'_>) -> Result<Vec<PgRow>, sqlx::Error> {
        sql.push(BEHIND);
        let _turn = self.turn(sql.context).await;
        self.pool.fetch_all(sql.build()).await
    }

    /// The row of what [`select`] began, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn maybe_row(&self, mut sql: TenantQuery<'_>) -> Result<Option<PgRow>, sqlx::Error> {
        sql.push(BEHIND);
        let _turn = self.turn(sql.context).await;
        self.pool.fetch_optional(sql.build()).await
    }

    /// The one row of what [`select`] began.
    ///
    /// # Errors
    /// The database's, also when there is none.
    pub(crate) async fn row(&self, sql: TenantQuery<'_>) -> Result<PgRow, sqlx::Error> {
        self.maybe_row(sql).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The rows, of two columns, of what [`select`] began.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn pairs<A, B>(&self, sql: TenantQuery<'_>) -> Result<Vec<(A, B)>, sqlx::Error>
    where
        A: for<'r> Decode<'r, Postgres> + Type<Postgres>,
        B: for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        self.rows(sql).await?.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// The one value of what [`select`] began.
    ///
    /// # Errors
    /// The database's, also when there is none.
    pub(crate) async fn value<T>(&self, sql: TenantQuery<'_>) -> Result<T, sqlx::Error>
    where
        T: for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        self.row(sql).await?.try_get(0)
    }

    /// How Postgres would find what [`select`] began.
    ///
    /// # Errors
    /// The database's.
    #[cfg(feature = "testing")]
    pub(crate) async fn plan(&self, mut sql: TenantQuery<'_>) -> Result<Vec<String>, sqlx::Error> {
        let text = format!("explain (costs off) {}{BEHIND}", sql.sql());
        let arguments = sql.build().take_arguments().map_err(sqlx::Error::Encode)?.unwrap_or_default();
        let rows = self.pool.fetch_all(sqlx::query_with(&text, arguments)).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// The tenant's turn for one statement, which is counted.
    async fn turn(&self, context: TenantContext) -> Option<OwnedSemaphorePermit> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        // It is never closed.
        self.turns.of(context.tenant()).acquire_owned().await.ok()
    }

    /// How many reads this and its clones have begun. Each is one statement: what a query costs is told by the difference.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The connections, for what is no tenant's, such as asking how they are held.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.pool.pool()
    }

    /// Connections that are open, and how many of them nobody uses.
    #[must_use]
    pub fn open_and_idle(&self) -> (u32, usize) {
        self.pool.open_and_idle()
    }
}
