//! Waiting until everything that was stored can be seen.

use std::time::Duration;

use leadflow_projections::statuses;
use sqlx::PgPool;
use tokio::time::Instant;

use crate::health::is_ours;
use crate::webhooks;

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until no delivery waits and every consumer of the log is at its head, at most `patience`; whether it came to
/// that. A reactor's commands move the head, so all must be there at one moment.
///
/// # Errors
/// The database's.
pub async fn settle(pool: &PgPool, patience: Duration) -> Result<bool, sqlx::Error> {
    let deadline = Instant::now() + patience;
    loop {
        if webhooks::waiting(pool).await? == 0
            && statuses(pool)
                .await?
                .iter()
                .filter(|consumer| is_ours(&consumer.consumer))
                .all(|consumer| consumer.position == consumer.head)
        {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        tokio::time::sleep(LOOK).await;
    }
}
