//! The rows that ours stores, for the contender that stores the same and does nothing else.

use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::BenchError;
use crate::bed::Bed;
use crate::closed_loop::Client;
use crate::message::Workload;
use crate::ours::{self, Ours};

/// What all rows of one kind have in common.
#[derive(Debug, Clone)]
pub(crate) struct SampleRow {
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: String,
    pub(crate) metadata: String,
}

/// The rows of a message that opens its thread, in order.
#[derive(Debug, Clone)]
pub(crate) struct Sample(Vec<SampleRow>);

impl Sample {
    pub(crate) async fn capture(bed: &Bed) -> Result<Self, BenchError> {
        let database = bed.database().await?;
        let ours = Ours::open(database.options.clone(), ours::CACHE, 0).await?;
        for mut client in ours.clients(Workload::Opening, 1).await? {
            client.command().await?;
        }
        let rows = sqlx::query(
            "select event_type, event_version, payload::text as payload, metadata::text as metadata from events \
             where aggregate_type = 'conversation' order by position",
        )
        .fetch_all(&ours.pool)
        .await?;
        ours.close().await;
        bed.drop(database).await?;
        Ok(Self(rows.iter().map(SampleRow::of).collect::<Result<_, sqlx::Error>>()?))
    }

    /// The rows of one command.
    pub(crate) fn rows(&self, workload: Workload) -> &[SampleRow] {
        let opening = self.0.len();
        match workload {
            Workload::Opening => &self.0,
            Workload::Growing => &self.0[opening.saturating_sub(1)..],
        }
    }
}

impl SampleRow {
    fn of(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            event_type: row.try_get("event_type")?,
            event_version: row.try_get("event_version")?,
            payload: row.try_get("payload")?,
            metadata: row.try_get("metadata")?,
        })
    }
}
