//! The read models by name: each is folded by its own projector.

use anyhow::Context;
use leadflow_event_store::database::{grant_schema, protect_schema};
use leadflow_event_store::{PersonalValues, entropy};
use leadflow_projections::generations::{self, GenerationError, Workshop};
use leadflow_projections::{Definition, Generation, Projector, WithProjector, with_projector};
use sqlx::{Executor, PgPool};
use tokio_util::sync::CancellationToken;

use super::log::Log;

struct Asked;

impl WithProjector for Asked {
    type Output = PersonalValues;

    async fn with<P: Projector + Clone>(self, projector: P) -> PersonalValues {
        projector.personal_values()
    }
}

/// Whether a read model opens personal values.
pub(super) async fn personal_values(definition: &Definition) -> anyhow::Result<PersonalValues> {
    with_projector(definition.name, Asked).await.with_context(|| format!("{} has no projector", definition.name))
}

struct Folded(Workshop, Generation, i64);

impl WithProjector for Folded {
    type Output = Result<(), GenerationError>;

    async fn with<P: Projector + Clone>(self, projector: P) -> Self::Output {
        let Self(workshop, generation, until) = self;
        generations::fold(workshop, projector, generation, until).await
    }
}

/// Folds the log into a generation as a rebuild does.
pub(super) async fn fold(log: &Log, definition: &Definition, generation: Generation) -> anyhow::Result<()> {
    let workshop = Workshop {
        owner: log.owner.clone(),
        pool: log.app.pool.clone(),
        reader: log.app.store.reader().clone(),
        process: entropy::uuid(),
        stop: CancellationToken::new(),
    };
    let folded = with_projector(definition.name, Folded(workshop, generation, log.head())).await;
    Ok(folded.with_context(|| format!("{} has no projector", definition.name))??)
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

/// The tables of a schema, each with its columns but those that Postgres makes of others.
pub(super) async fn tables(owner: &PgPool, schema: &str) -> anyhow::Result<Vec<(String, String)>> {
    let tables = sqlx::query_as(
        "select c.relname::text, string_agg(quote_ident(a.attname), ', ' order by a.attnum) \
         from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
         where c.relnamespace = $1::regnamespace and c.relkind = 'r' and a.attgenerated = '' group by 1 order by 1",
    );
    Ok(tables.bind(schema).fetch_all(owner).await?)
}
