//! Places that leads come from, as they stand.

use leadflow_domain::source::{Opening, SourceEvent};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;

use crate::PageError;
use crate::word::Word;

/// What a page tells of sources.
#[derive(Default)]
pub(super) struct Sources<'a>(Vec<(&'a RecordedEvent, &'a SourceEvent)>);

impl<'a> Sources<'a> {
    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, event: &'a SourceEvent) {
        self.0.push((recorded, event));
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), PageError> {
        // Few are ever opened.
        for (recorded, event) in &self.0 {
            let stands = |is_open: bool| {
                sqlx::query("update sources set is_open = $2, version = $3 where source_id = $1")
                    .bind(recorded.stream.as_uuid())
                    .bind(is_open)
                    .bind(recorded.version)
            };
            let write = match event {
                SourceEvent::Opened(Opening { kind, name }) => sqlx::query(
                    "insert into sources (source_id, tenant_id, kind, name, is_open, opened_at, version) \
                     values ($1, $2, $3, $4, true, $5, $6) on conflict (source_id) do nothing",
                )
                .bind(recorded.stream.as_uuid())
                .bind(recorded.tenant.as_uuid())
                .bind(kind.word())
                .bind(name.as_str())
                .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at))
                .bind(recorded.version),
                SourceEvent::Closed {} => stands(false),
                SourceEvent::Reopened {} => stands(true),
            };
            write.execute(&mut *rows).await?;
        }
        Ok(())
    }
}
