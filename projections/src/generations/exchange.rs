//! Which generation is read. Schemas and checkpoints are renamed in one transaction, so that whoever reads meets the
//! one or the other: names are resolved statement by statement, prepared ones too.

use std::time::Duration;

use sqlx::{Executor, PgConnection, PgPool, Postgres, Transaction};
use tokio::time::Instant;
use uuid::Uuid;

use super::GenerationError;
use crate::projector::alone_at;
use crate::{Definition, Generation};

/// What a swap came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swapped {
    /// The position at which one took the other's place.
    pub position: i64,
    /// How long the read model stood still.
    pub took: Duration,
}

/// How long the one before may take to come up to the one that is read.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it may take while the one that is read is held up for it.
const PATIENCE_HELD: Duration = Duration::from_millis(500);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Holds a checkpoint where it is; not for long, should this process not be there any more.
pub(super) async fn hold(tx: &mut PgConnection, consumer: &str) -> Result<i64, GenerationError> {
    tx.execute("set local idle_in_transaction_session_timeout = '60s'").await?;
    sqlx::query_scalar("select position from checkpoints where consumer = $1 for update")
        .bind(consumer)
        .fetch_optional(tx)
        .await?
        .ok_or_else(|| GenerationError::Missing(consumer.to_owned()))
}

/// What `process` built takes the place of the one that is read, whose checkpoint `held` holds.
pub(super) async fn next_to_serving(
    mut held: Transaction<'static, Postgres>,
    definition: &Definition,
    process: Uuid,
) -> Result<(), GenerationError> {
    alone_at(&mut held, definition).await?;
    let of = |generation| definition.consumer_of(generation);
    let is_ours: bool = sqlx::query_scalar(
        "select exists (select from checkpoints n, checkpoints s \
             where n.consumer = $1 and s.consumer = $2 and n.holder = $3 and n.position = s.position)",
    )
    .bind(of(Generation::Next))
    .bind(of(Generation::Serving))
    .bind(process)
    .fetch_one(&mut *held)
    .await?;
    if !is_ours {
        return Err(GenerationError::TakenOver);
    }
    // Caught up as the other is. What the other could not do, this one has done.
    sqlx::query(
        "update checkpoints n set error = null, state = case s.state when 'stopped' then 'live' else s.state end \
         from checkpoints s where n.consumer = $1 and s.consumer = $2",
    )
    .bind(of(Generation::Next))
    .bind(of(Generation::Serving))
    .execute(&mut *held)
    .await?;
    rename(&mut held, definition, Generation::Serving, Generation::Previous).await?;
    rename(&mut held, definition, Generation::Next, Generation::Serving).await?;
    held.commit().await?;
    Ok(())
}

/// The generation before takes its place again; the one that is read becomes the one before, so that this can be
/// undone too.
///
/// # Errors
/// [`GenerationError`], also when no process brings the one before up to the one that is read.
pub async fn undo(owner: &PgPool, definition: &Definition) -> Result<Swapped, GenerationError> {
    let (serving, previous) = (definition.consumer(), definition.consumer_of(Generation::Previous));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let begun = Instant::now();
        let mut held = owner.begin().await?;
        let wanted = hold(&mut held, &serving).await?;
        let position = loop {
            let position: Option<i64> = sqlx::query_scalar("select position from checkpoints where consumer = $1")
                .bind(&previous)
                .fetch_optional(owner)
                .await?;
            let position = position.ok_or_else(|| {
                GenerationError::Missing(format!("generation of {} before the one that is read", definition.name))
            })?;
            if position >= wanted || begun.elapsed() > PATIENCE_HELD {
                break position;
            }
            tokio::time::sleep(LOOK).await;
        };
        if position >= wanted {
            alone_at(&mut held, definition).await?;
            hold(&mut held, &previous).await?;
            let aside = format!("{}_aside", definition.schema());
            held.execute(format!("alter schema {} rename to {aside}", definition.schema()).as_str()).await?;
            rename_consumer(&mut held, &serving, &aside).await?;
            rename(&mut held, definition, Generation::Previous, Generation::Serving).await?;
            let before = definition.schema_of(Generation::Previous);
            held.execute(format!("alter schema {aside} rename to {before}").as_str()).await?;
            rename_consumer(&mut held, &aside, &previous).await?;
            held.commit().await?;
            return Ok(Swapped { position, took: begun.elapsed() });
        }
        held.rollback().await?;
        if Instant::now() > deadline {
            return Err(GenerationError::Behind { position, wanted });
        }
        // The one that is read goes on for a while.
        tokio::time::sleep(PATIENCE_HELD).await;
    }
}

async fn rename(
    tx: &mut PgConnection,
    definition: &Definition,
    from: Generation,
    to: Generation,
) -> Result<(), sqlx::Error> {
    let (from_schema, to_schema) = (definition.schema_of(from), definition.schema_of(to));
    tx.execute(format!("alter schema {from_schema} rename to {to_schema}").as_str()).await?;
    rename_consumer(tx, &definition.consumer_of(from), &definition.consumer_of(to)).await
}

/// A higher epoch and no holder: whoever is in the midst of a page finds at its end that it was not his.
async fn rename_consumer(tx: &mut PgConnection, from: &str, to: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update checkpoints set consumer = $2, epoch = epoch + 1, holder = null, lease_until = null \
         where consumer = $1",
    )
    .bind(from)
    .bind(to)
    .execute(&mut *tx)
    .await?;
    sqlx::query("update parked_events set consumer = $2 where consumer = $1").bind(from).bind(to).execute(tx).await?;
    Ok(())
}
