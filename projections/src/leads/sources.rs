//! Places that leads come from, as they stand.

use leadflow_domain::channel::AppKey;
use leadflow_domain::source::{MissedLead, Opening, Page, SourceEvent};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use sqlx::types::Json;

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
        // Little happens to them.
        for (recorded, event) in &self.0 {
            let set = |what: &str| format!("update sources set version = $2, {what} where source_id = $1");
            let at = jiff_sqlx::Timestamp::from(recorded.recorded_at);
            let sql = match event {
                SourceEvent::Opened(_) => {
                    "insert into sources (source_id, version, tenant_id, kind, name, is_open, opened_at) \
                     values ($1, $2, $3, $4, $5, true, $6) on conflict (source_id) do nothing"
                        .to_owned()
                }
                SourceEvent::Closed {} => set("is_open = false"),
                SourceEvent::Reopened {} => set("is_open = true"),
                SourceEvent::Renamed { .. } => set("name = $3"),
                SourceEvent::SlugGiven { .. } => set("slug = $3"),
                SourceEvent::FormSet(_) => set("form = $3"),
                SourceEvent::PageConnected(_) => set("page_id = $3, app = $4"),
                SourceEvent::CredentialsEntered { .. } => set("has_credentials = true"),
                SourceEvent::CredentialsRemoved { .. } => {
                    set("has_credentials = false, stopped_at = null, stopped_code = null")
                }
                SourceEvent::ReadingResumed {} => set("stopped_at = null, stopped_code = null"),
                SourceEvent::MappingChanged(_) => set("mapping = $3"),
                SourceEvent::NetworksChanged { .. } => set("networks = $3"),
                SourceEvent::ReadingStopped { .. } => set("stopped_at = $3, stopped_code = $4"),
                SourceEvent::LeadMissed(_) => {
                    set("missed_leads = missed_leads + 1, last_missed_at = $3, last_missed_code = $4")
                }
                // What it is closed with says so; and which credentials count is nothing to show.
                SourceEvent::PageDisconnected { .. }
                | SourceEvent::CredentialsRotated { .. }
                | SourceEvent::BackfillAsked { .. }
                | SourceEvent::TokenIssued { .. } => "update sources set version = $2 where source_id = $1".to_owned(),
            };
            let write = sqlx::query(&sql).bind(recorded.stream.as_uuid()).bind(recorded.version);
            let write = match event {
                SourceEvent::Opened(Opening { kind, name }) => {
                    write.bind(recorded.tenant.as_uuid()).bind(kind.word()).bind(name.as_str()).bind(at)
                }
                SourceEvent::Renamed { name } => write.bind(name.as_str()),
                SourceEvent::SlugGiven { slug } => write.bind(slug.as_str()),
                SourceEvent::FormSet(form) => write.bind(Json(form)),
                SourceEvent::PageConnected(Page { page_id, app }) => {
                    write.bind(page_id.as_str()).bind(app.as_ref().map(AppKey::as_str))
                }
                SourceEvent::ReadingStopped { code } | SourceEvent::LeadMissed(MissedLead { code, .. }) => {
                    write.bind(at).bind(code)
                }
                SourceEvent::MappingChanged(mapping) => write.bind(Json(mapping)),
                SourceEvent::NetworksChanged { networks } => {
                    write.bind(networks.iter().map(ToString::to_string).collect::<Vec<_>>())
                }
                SourceEvent::Closed {}
                | SourceEvent::Reopened {}
                | SourceEvent::PageDisconnected { .. }
                | SourceEvent::CredentialsEntered { .. }
                | SourceEvent::CredentialsRotated { .. }
                | SourceEvent::CredentialsRemoved { .. }
                | SourceEvent::ReadingResumed {}
                | SourceEvent::BackfillAsked { .. }
                | SourceEvent::TokenIssued { .. } => write,
            };
            write.execute(&mut *rows).await?;
        }
        Ok(())
    }
}
