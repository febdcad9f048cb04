//! What a projector is, and the list of all.

use leadflow_event_store::database::{self, ProtectError};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::{Executor, PgConnection, PgPool};

use crate::checkpoint::{Checkpoint, CheckpointState};
use crate::{PageError, analytics, inbox, leads, usage};

/// What names a read model and makes its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The read model's name, e.g. `inbox`.
    pub name: &'static str,
    /// Version of its tables and fold. Another meaning or another shape is another version, built anew beside the
    /// old one.
    pub version: u32,
    /// SQL that makes its tables, without a schema's name.
    pub tables: &'static str,
}

impl Definition {
    /// The schema that holds its tables, e.g. `inbox_v1`.
    #[must_use]
    pub fn schema(&self) -> String {
        format!("{}_v{}", self.name, self.version)
    }

    /// Its row in `checkpoints`.
    #[must_use]
    pub fn consumer(&self) -> String {
        format!("projector/{}/{}", self.name, self.version)
    }
}

/// A fold from the log to tables. It has no side effects, and reads neither clock nor network.
pub trait Projector: Send + Sync + 'static {
    /// What it is called and where its rows are.
    fn definition(&self) -> Definition;

    /// Whether its rows show what events say about people.
    fn personal_values(&self) -> PersonalValues;

    /// Folds a page into the rows. The transaction's search path is the read model's schema.
    fn apply(
        &self,
        rows: &mut PgConnection,
        events: &[RecordedEvent],
    ) -> impl Future<Output = Result<(), PageError>> + Send;
}

/// Every read model of this program.
#[must_use]
pub fn all() -> [Definition; 4] {
    [inbox::DEFINITION, leads::DEFINITION, usage::DEFINITION, analytics::DEFINITION]
}

/// The schema of each.
#[must_use]
pub fn schemas() -> Vec<String> {
    all().iter().map(Definition::schema).collect()
}

/// Makes the tables and checkpoints of read models that have none yet, and gives all of them the grants and policies
/// that they lack: a role may have been made since. Doing it twice is fine, also by two processes at once.
///
/// # Errors
/// [`ProtectError`].
pub async fn prepare(owner: &PgPool) -> Result<(), ProtectError> {
    for definition in all() {
        let schema = definition.schema();
        let mut tx = owner.begin().await?;
        sqlx::query("select pg_advisory_xact_lock(hashtext($1))").bind(&schema).execute(&mut *tx).await?;
        let exists: bool = sqlx::query_scalar("select exists (select from pg_namespace where nspname = $1)")
            .bind(&schema)
            .fetch_one(&mut *tx)
            .await?;
        if !exists {
            let ddl = format!("create schema {schema}; set local search_path = {schema}; {}", definition.tables);
            tx.execute(ddl.as_str()).await?;
            tx.execute("set local search_path to default").await?;
        }
        Checkpoint::register(&mut tx, &definition.consumer(), 0, CheckpointState::Building).await?;
        database::protect_schema(&mut tx, &schema).await?;
        database::grant_schema(&mut tx, &schema).await?;
        tx.commit().await?;
    }
    Ok(())
}
