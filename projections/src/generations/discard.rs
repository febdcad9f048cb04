//! Dropping what is not read any more.

use sqlx::{Executor, PgPool};

use super::GenerationError;
use crate::projector::alone_at;
use crate::runtime::NOBODY;
use crate::{Definition, Generation, all};

/// Drops a generation that is not the one that is read.
///
/// # Errors
/// [`GenerationError`], also when it is not there.
pub async fn discard(owner: &PgPool, definition: &Definition, generation: Generation) -> Result<(), GenerationError> {
    if generation == Generation::Serving {
        return Err(GenerationError::InUse(definition.schema()));
    }
    if drop_if_there(owner, definition, generation).await? {
        return Ok(());
    }
    Err(GenerationError::Missing(definition.schema_of(generation)))
}

/// Drops the read model `name` of another version than this program's, with all its generations. Programs of that
/// version can't serve any more.
///
/// # Errors
/// [`GenerationError`], also when it is not there.
pub async fn drop_version(owner: &PgPool, name: &str, version: u32) -> Result<(), GenerationError> {
    let Some(ours) = all().into_iter().find(|definition| definition.name == name) else {
        return Err(GenerationError::Missing(format!("read model {name}")));
    };
    let old = Definition { version, ..ours };
    if old == ours {
        return Err(GenerationError::InUse(old.schema()));
    }
    let mut was_there = false;
    for generation in [Generation::Next, Generation::Previous, Generation::Serving] {
        was_there |= drop_if_there(owner, &old, generation).await?;
    }
    if was_there { Ok(()) } else { Err(GenerationError::Missing(old.schema())) }
}

/// Whether there was one.
pub(super) async fn drop_if_there(
    owner: &PgPool,
    definition: &Definition,
    generation: Generation,
) -> Result<bool, GenerationError> {
    // First its lease goes to nobody: a page in hand comes to its end and is dropped, none begins.
    sqlx::query("update checkpoints set epoch = epoch + 1, holder = $2 where consumer = $1")
        .bind(definition.consumer_of(generation))
        .bind(NOBODY)
        .execute(owner)
        .await?;
    loop {
        match drop_tables_and_rows(owner, definition, generation).await {
            // That page, or a read, holds one table and waits for another, as this does: it comes to its end first.
            Err(error) if is_deadlock(&error) => {}
            was_there => return Ok(was_there?),
        }
    }
}

fn is_deadlock(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "40P01")
}

async fn drop_tables_and_rows(
    owner: &PgPool,
    definition: &Definition,
    generation: Generation,
) -> Result<bool, sqlx::Error> {
    let (schema, consumer) = (definition.schema_of(generation), definition.consumer_of(generation));
    let mut tx = owner.begin().await?;
    alone_at(&mut tx, definition).await?;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_namespace where nspname = $1)")
        .bind(&schema)
        .fetch_one(&mut *tx)
        .await?;
    if exists {
        tx.execute(format!("drop schema {schema} cascade").as_str()).await?;
    }
    sqlx::query("delete from parked_events where consumer = $1").bind(&consumer).execute(&mut *tx).await?;
    let row = sqlx::query("delete from checkpoints where consumer = $1").bind(&consumer).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(exists || row.rows_affected() > 0)
}
