//! How far each consumer of the log is, and waiting until one is far enough.

use std::time::Duration;

use sqlx::{PgPool, Row};

use crate::runtime::ProjectorProgress;
use crate::{CheckpointState, Definition};

/// A consumer of the log and where it stands.
#[derive(Debug, Clone)]
pub struct ConsumerStatus {
    /// `projector/NAME/VERSION` or `reactor/NAME`.
    pub consumer: String,
    /// Last event it has dealt with.
    pub position: i64,
    /// The newest event of the log.
    pub head: i64,
    /// Building, live or stopped.
    pub state: CheckpointState,
    /// Why it stopped.
    pub error: Option<String>,
}

/// Every consumer, by name.
///
/// # Errors
/// The database's.
pub async fn statuses(pool: &PgPool) -> Result<Vec<ConsumerStatus>, sqlx::Error> {
    let rows = sqlx::query(
        "select consumer, position, state, error, (select coalesce(max(position), 0) from events) as head \
         from checkpoints order by consumer",
    )
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ConsumerStatus {
                consumer: row.try_get("consumer")?,
                position: row.try_get("position")?,
                head: row.try_get("head")?,
                state: CheckpointState::parse(row.try_get("state")?)?,
                error: row.try_get("error")?,
            })
        })
        .collect()
}

/// Whether a read model shows a position yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It does.
    Current,
    /// The wait ended first.
    Lagging,
    /// Its projector has stopped; waiting is of no use.
    Stopped,
}

/// How often another process's progress is looked up.
const LOOK_UP: Duration = Duration::from_millis(20);

/// Waits, at most `patience`, until the read model shows `position`. Progress of this process is seen at once,
/// another's by looking it up.
///
/// # Errors
/// The database's.
pub async fn wait_until(
    pool: &PgPool,
    progress: &ProjectorProgress,
    definition: &Definition,
    position: i64,
    patience: Duration,
) -> Result<Freshness, sqlx::Error> {
    let mut here = progress.of(definition);
    let looking_up = async {
        loop {
            if let Some(here) = &here
                && *here.borrow() >= position
            {
                return Ok(Freshness::Current);
            }
            let (there, state): (i64, String) =
                sqlx::query_as("select position, state from checkpoints where consumer = $1")
                    .bind(definition.consumer())
                    .fetch_one(pool)
                    .await?;
            if there >= position {
                return Ok(Freshness::Current);
            }
            if CheckpointState::parse(&state)? == CheckpointState::Stopped {
                return Ok(Freshness::Stopped);
            }
            match &mut here {
                Some(told) => {
                    if let Ok(Err(_gone)) = tokio::time::timeout(LOOK_UP, told.changed()).await {
                        here = None;
                    }
                }
                None => tokio::time::sleep(LOOK_UP).await,
            }
        }
    };
    tokio::time::timeout(patience, looking_up).await.unwrap_or(Ok(Freshness::Lagging))
}
