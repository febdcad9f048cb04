//! How far each consumer of the log is.

use std::time::Duration;

use sqlx::{PgPool, Row};

use super::CheckpointState;
use crate::Generation;

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
    /// The streams that they are of.
    pub parked_streams: i64,
    /// The newest event of the log.
    pub head: i64,
    /// Building, live or stopped.
    pub state: CheckpointState,
    /// Why it can't work.
    pub error: Option<String>,
    /// For how long the event after its position has been waiting for it; zero when there is none.
    pub lag: Duration,
}

/// The projector that a consumer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectorName<'a> {
    /// The read model's name.
    pub name: &'a str,
    /// Version of its tables and fold.
    pub version: u32,
    /// Which building of it.
    pub generation: Generation,
}

impl ConsumerStatus {
    /// The projector that it is, if it is one.
    #[must_use]
    pub fn projector(&self) -> Option<ProjectorName<'_>> {
        let (name, rest) = self.consumer.strip_prefix("projector/")?.split_once('/')?;
        let version = rest.trim_end_matches(|last: char| !last.is_ascii_digit());
        let generation = Generation::ALL.into_iter().find(|of| of.suffix() == &rest[version.len()..])?;
        Some(ProjectorName { name, version: version.parse().ok()?, generation })
    }

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
                p.events as parked, p.streams as parked_streams, \
                (select coalesce(max(position), 0) from events) as head, \
                coalesce(extract(epoch from clock_timestamp() - \
                    (select e.recorded_at from events e where e.position = c.position + 1)), 0)::float8 as lag \
         from checkpoints c cross join lateral ( \
             select count(*) as events, count(distinct (p.aggregate_type, p.stream_id)) as streams \
             from parked_events p where p.consumer = c.consumer \
         ) p order by c.consumer",
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
                parked_streams: row.try_get("parked_streams")?,
                head: row.try_get("head")?,
                state: CheckpointState::parse(row.try_get("state")?)?,
                error: row.try_get("error")?,
                lag: Duration::try_from_secs_f64(row.try_get("lag")?).unwrap_or_default(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(consumer: &str) -> ConsumerStatus {
        let (state, lag) = (CheckpointState::Live, Duration::ZERO);
        let consumer = consumer.to_owned();
        ConsumerStatus {
            consumer,
            position: 0,
            applied: 0,
            parked: 0,
            parked_streams: 0,
            head: 0,
            state,
            error: None,
            lag,
        }
    }

    #[test]
    fn a_projector_is_known_by_its_name() {
        for definition in crate::all() {
            for generation in Generation::ALL {
                let status = named(&definition.consumer_of(generation));
                let expected = ProjectorName { name: definition.name, version: definition.version, generation };
                assert_eq!(status.projector(), Some(expected));
            }
        }
        for other in ["reactor/capture_lead", "projector/inbox", "projector/inbox/", "projector/inbox/6/later"] {
            assert_eq!(named(other).projector(), None, "{other}");
        }
    }
}
