//! Reactors: they read the log and act. What they do twice is done once: a command's id is derived from the event
//! that led to it.

mod capture_lead;

pub use capture_lead::CaptureLead;

use leadflow_projections::{Checkpoint, CheckpointState};
use sqlx::PgPool;

/// Every reactor's row in `checkpoints`.
pub(crate) const ALL: [&str; 1] = [capture_lead::CONSUMER];

/// Makes the checkpoints of reactors that have none yet, at the head of this moment: a new reactor does not act on
/// history.
///
/// # Errors
/// The database's.
pub async fn register(owner: &PgPool) -> Result<(), sqlx::Error> {
    let mut tx = owner.begin().await?;
    let head: i64 = sqlx::query_scalar("select coalesce(max(position), 0) from events").fetch_one(&mut *tx).await?;
    for consumer in ALL {
        Checkpoint::register(&mut tx, consumer, head, CheckpointState::Live).await?;
    }
    tx.commit().await
}
