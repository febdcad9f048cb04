//! What follows the log.

use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::{Executor, PgConnection};

use super::PageError;
use crate::{Generation, Projector};

/// What follows the log.
pub trait Consumer: Send + Sync + 'static {
    /// Its row in `checkpoints`.
    fn consumer(&self) -> String;

    /// Whether it needs what events say about people.
    fn personal_values(&self) -> PersonalValues;

    /// What it does outside the transaction, before it. A page may come again after a crash, so this must be safe to
    /// repeat.
    fn act(&self, events: &[RecordedEvent]) -> impl Future<Output = Result<(), PageError>> + Send;

    /// What it writes, in the transaction that moves its checkpoint.
    fn write(
        &self,
        rows: &mut PgConnection,
        events: &[RecordedEvent],
    ) -> impl Future<Output = Result<(), PageError>> + Send;
}

/// A projector as a consumer: it writes one generation of its read model, and does nothing else.
#[derive(Debug)]
pub(crate) struct Fold<P> {
    pub(crate) projector: P,
    pub(crate) generation: Generation,
}

impl<P: Projector> Consumer for Fold<P> {
    fn consumer(&self) -> String {
        self.projector.definition().consumer_of(self.generation)
    }

    fn personal_values(&self) -> PersonalValues {
        self.projector.personal_values()
    }

    async fn act(&self, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let schema = self.projector.definition().schema_of(self.generation);
        rows.execute(format!("set local search_path = {schema}").as_str()).await?;
        self.projector.apply(rows, events).await?;
        rows.execute("set local search_path to default").await?;
        Ok(())
    }
}
