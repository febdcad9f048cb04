//! How far each consumer of the log is.

use std::time::Duration;

use sqlx::{PgPool, Row};

use super::CheckpointState;

/// A consumer of the log and where it stands.
#[derive(Debug, Clone)]
pub struct ConsumerStatus {
    /// `projector/NAME/VERSION`, with `/next` or `/previous` for another generation; or `reactor/NAME`.
    pub consumer: String,
    /// Up to here each event was dealt with or is parked.
    pub position: i64,
    /// Events that were dealt with. With those that are parked they are as many as the position.
    pub applied: i64,
    /// Events that are parked.
    pub parked: i64,
    /// The newest event of the log.
    pub head: i64,
    /// Building, live or stopped.
    pub state: CheckpointState,
    /// Why it can't work.
    pub error: Option<String>,
    /// For how long the event after its position has been waiting for it; zero when there is none.
    pub lag: Duration,
}

impl ConsumerStatus {
    /// Whether each event up to its position was dealt with or is parked, by count.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.applied + self.parked == self.position
    }
}

/// Every consumer, by name.
///
/// # Errors
/// The database's.
pub async fn statuses(pool: &PgPool) -> Result<Vec<ConsumerStatus>, sqlx::Error> {
    let rows = sqlx::query(
        "select c.consumer, c.position, c.applied, c.state, c.error, \
                (select count(*) from parked_events p where p.consumer = c.consumer) as parked, \
                (select coalesce(max(position), 0) from events) as head, \
                coalesce(extract(epoch from clock_timestamp() - \
                    (select e.recorded_at from events e where e.position = c.position + 1)), 0)::float8 as lag \
         from checkpoints c order by c.consumer",
    )
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ConsumerStatus {
                consumer: row.try_get("consumer")?,
                position: row.try_get("position")?,
                applied: row.try_get("applied")?,
                parked: row.try_get("parked")?,
                head: row.try_get("head")?,
                state: CheckpointState::parse(row.try_get("state")?)?,
                error: row.try_get("error")?,
                lag: Duration::try_from_secs_f64(row.try_get("lag")?).unwrap_or_default(),
            })
        })
        .collect()
}
