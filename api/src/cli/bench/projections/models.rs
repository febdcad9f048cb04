//! The read models by name: each is folded by its own projector.

use anyhow::{bail, ensure};
use leadflow_event_store::database::{grant_schema, protect_schema};
use leadflow_event_store::{LogReader, PersonalValues};
use leadflow_projections::bulk::{self, Bookmark, Folded};
use leadflow_projections::inbox::InboxProjector;
use leadflow_projections::leads::LeadsProjector;
use leadflow_projections::usage::UsageProjector;
use leadflow_projections::{Definition, PageError, Projector};
use sqlx::{Executor, PgConnection, PgPool};

/// Keeps nothing: a measurement that ends early begins anew.
struct Unkept;

impl Bookmark for Unkept {
    async fn move_to(&mut self, _rows: &mut PgConnection, _to: i64) -> Result<bool, PageError> {
        Ok(true)
    }

    fn committed(&mut self, _to: i64) {}
}

/// Moves the checkpoint of a read model that nobody else works for.
pub(super) struct Checkpointed(pub(super) String);

impl Bookmark for Checkpointed {
    async fn move_to(&mut self, rows: &mut PgConnection, to: i64) -> Result<bool, PageError> {
        sqlx::query("update checkpoints set position = $2, state = 'live' where consumer = $1")
            .bind(&self.0)
            .bind(to)
            .execute(rows)
            .await?;
        Ok(true)
    }

    fn committed(&mut self, _to: i64) {}
}

/// Does something with the projector of a definition, whose type no definition tells.
macro_rules! with_projector {
    ($definition:expr, |$projector:ident| $then:expr) => {
        match $definition.name {
            "inbox" => {
                let $projector = InboxProjector;
                $then
            }
            "leads" => {
                let $projector = LeadsProjector;
                $then
            }
            "usage" => {
                let $projector = UsageProjector;
                $then
            }
            other => bail!("no projector of {other} is known here"),
        }
    };
}

/// Whether a read model opens personal values.
pub(super) fn personal_values(definition: &Definition) -> anyhow::Result<PersonalValues> {
    with_projector!(definition, |projector| Ok(projector.personal_values()))
}

/// Folds the log into the tables of `schema` as a rebuild does.
pub(super) async fn fold(
    definition: &Definition,
    reader: &LogReader,
    pool: &PgPool,
    schema: &str,
    (after, to): (i64, i64),
    checkpoint: Option<Checkpointed>,
) -> anyhow::Result<()> {
    let folded = with_projector!(definition, |projector| {
        let stretch = bulk::stretch(&projector, after, to);
        match checkpoint {
            Some(mut mark) => bulk::fold(&projector, reader, pool, schema, stretch, &mut mark).await?,
            None => bulk::fold(&projector, reader, pool, schema, stretch, &mut Unkept).await?,
        }
    });
    ensure!(folded == Folded::All, "somebody else folds {schema}");
    Ok(())
}

/// An empty schema with a read model's tables, as `prepare` would make it.
pub(super) async fn make(owner: &PgPool, definition: &Definition, schema: &str) -> anyhow::Result<()> {
    let mut tx = owner.begin().await?;
    // Only names of our own are in it.
    let ddl = format!("create schema {schema}; set local search_path = {schema}; {}", definition.tables);
    tx.execute(ddl.as_str()).await?;
    tx.execute("set local search_path to default").await?;
    protect_schema(&mut tx, schema).await?;
    grant_schema(&mut tx, schema).await?;
    tx.commit().await?;
    Ok(())
}

pub(super) async fn remove(owner: &PgPool, schema: &str) -> anyhow::Result<()> {
    owner.execute(format!("drop schema {schema} cascade").as_str()).await?;
    Ok(())
}

/// The tables of a schema.
pub(super) async fn tables(owner: &PgPool, schema: &str) -> anyhow::Result<Vec<String>> {
    let tables = sqlx::query_scalar("select tablename::text from pg_tables where schemaname = $1 order by 1");
    Ok(tables.bind(schema).fetch_all(owner).await?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_read_model_has_its_projector_here() {
        for definition in leadflow_projections::all() {
            super::personal_values(&definition).unwrap();
        }
    }
}
