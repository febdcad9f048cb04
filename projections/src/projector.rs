//! What a projector is, and the list of all.

use leadflow_event_store::database::{self, ProtectError};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::{Executor, PgConnection, PgPool};

use crate::{
    Checkpoint, CheckpointState, PageError, Runtime, analytics, audit, inbox, leads, people, templates, usage,
};

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
    /// The schema that holds the tables that are read, e.g. `inbox_v1`.
    #[must_use]
    pub fn schema(&self) -> String {
        self.schema_of(Generation::Serving)
    }

    /// The schema of one generation, e.g. `inbox_v1_next`.
    #[must_use]
    pub fn schema_of(&self, generation: Generation) -> String {
        let Self { name, version, .. } = self;
        format!("{name}_v{version}{}", generation.suffix().replace('/', "_"))
    }

    /// The row in `checkpoints` of what is read.
    #[must_use]
    pub fn consumer(&self) -> String {
        self.consumer_of(Generation::Serving)
    }

    /// The row in `checkpoints` of one generation.
    #[must_use]
    pub fn consumer_of(&self, generation: Generation) -> String {
        let Self { name, version, .. } = self;
        format!("projector/{name}/{version}{}", generation.suffix())
    }
}

impl Generation {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Serving, Self::Next, Self::Previous];

    /// What its consumers' names end with.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Serving => "",
            Self::Next => "/next",
            Self::Previous => "/previous",
        }
    }
}

/// Which building of a definition (`generations`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// The one that is read.
    Serving,
    /// The one that is built to be read.
    Next,
    /// The one that was read before, and can come back.
    Previous,
}

/// A fold from the log to tables. It has no side effects, and reads neither clock nor network.
pub trait Projector: std::fmt::Debug + Send + Sync + 'static {
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

/// What can be done with a projector, whichever it is.
pub trait WithProjector {
    /// What it comes to.
    type Output;

    /// Does it.
    fn with<P: Projector + Clone>(self, projector: P) -> impl Future<Output = Self::Output>;
}

/// The one list of read models.
macro_rules! read_models {
    ($($model:ident: $projector:expr),+ $(,)?) => {
        /// Every read model of this program.
        #[must_use]
        pub fn all() -> Vec<Definition> {
            vec![$($model::DEFINITION),+]
        }

        /// Runs the projector of each.
        pub fn project_all(runtime: &mut Runtime) {
            $(runtime.project($projector);)+
        }

        /// Does something with the projector of the read model `name`; `None` when there is no such.
        pub async fn with_projector<W: WithProjector>(name: &str, work: W) -> Option<W::Output> {
            $(if name == $model::DEFINITION.name {
                return Some(work.with($projector).await);
            })+
            None
        }
    };
}

read_models! {
    inbox: inbox::InboxProjector,
    leads: leads::LeadsProjector,
    usage: usage::UsageProjector,
    analytics: analytics::AnalyticsProjector,
    people: people::PeopleProjector,
    audit: audit::AuditProjector,
    templates: templates::TemplatesProjector,
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
        make(owner, &definition, Generation::Serving).await?;
    }
    Ok(())
}

/// Keeps all others who make, rename or drop a generation of this read model away until the transaction ends.
pub(crate) async fn alone_at(tx: &mut PgConnection, definition: &Definition) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtext($1))").bind(definition.schema()).execute(tx).await?;
    Ok(())
}

/// Makes one generation's tables and checkpoint, if there are none yet, with grants and policies.
///
/// # Errors
/// [`ProtectError`].
pub(crate) async fn make(owner: &PgPool, definition: &Definition, generation: Generation) -> Result<(), ProtectError> {
    let schema = definition.schema_of(generation);
    let mut tx = owner.begin().await?;
    alone_at(&mut tx, definition).await?;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_namespace where nspname = $1)")
        .bind(&schema)
        .fetch_one(&mut *tx)
        .await?;
    if !exists {
        let ddl = format!("create schema {schema}; set local search_path = {schema}; {}", definition.tables);
        tx.execute(ddl.as_str()).await?;
        tx.execute("set local search_path to default").await?;
    }
    Checkpoint::register(&mut tx, &definition.consumer_of(generation), 0, CheckpointState::Building).await?;
    database::protect_schema(&mut tx, &schema).await?;
    database::grant_schema(&mut tx, &schema).await?;
    tx.commit().await?;
    Ok(())
}
