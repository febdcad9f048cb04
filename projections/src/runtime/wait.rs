//! Waiting until a read model shows what was written.

use std::time::Duration;

use sqlx::PgPool;

use super::{CheckpointState, ProjectorProgress};
use crate::Definition;

/// Whether a read model shows a position yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It does.
    Current,
    /// The wait ended first.
    Lagging,
    /// The position's event is parked, and waiting is of no use.
    Parked,
    /// Its projector can't work; waiting is of no use.
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
            if let Some(here) = &here {
                let reached = *here.borrow();
                if reached.position >= position && !reached.has_parked {
                    return Ok(Freshness::Current);
                }
            }
            let (there, state, is_parked): (i64, String, bool) = sqlx::query_as(
                "select c.position, c.state, \
                        exists (select from parked_events p where p.consumer = c.consumer and p.position = $2) \
                 from checkpoints c where c.consumer = $1",
            )
            .bind(definition.consumer())
            .bind(position)
            .fetch_one(pool)
            .await?;
            if is_parked {
                return Ok(Freshness::Parked);
            }
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
