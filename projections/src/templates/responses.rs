//! From events to the answers that a business keeps ready.

use leadflow_domain::response_template::{Intent, ResponseTemplateEvent};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;

use crate::PageError;

pub(super) async fn response(
    rows: &mut PgConnection,
    recorded: &RecordedEvent,
    event: &ResponseTemplateEvent,
) -> Result<(), PageError> {
    let id = recorded.stream.as_uuid();
    let write = match event {
        ResponseTemplateEvent::Created(response) => sqlx::query(
            "insert into response_templates (response_template_id, tenant_id, title, intent, body, created_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (response_template_id) do update set title = excluded.title, intent = excluded.intent, \
                 body = excluded.body, created_at = excluded.created_at, version = excluded.version",
        )
        .bind(id)
        .bind(recorded.tenant.as_uuid())
        .bind(response.title.as_str())
        .bind(response.intent.as_ref().map(Intent::as_str))
        .bind(response.body.as_str())
        .bind(jiff_sqlx::Timestamp::from(recorded.recorded_at))
        .bind(recorded.version),
        ResponseTemplateEvent::Changed { before: _, response } => sqlx::query(
            "update response_templates set title = $2, intent = $3, body = $4, version = $5 \
             where response_template_id = $1",
        )
        .bind(id)
        .bind(response.title.as_str())
        .bind(response.intent.as_ref().map(Intent::as_str))
        .bind(response.body.as_str())
        .bind(recorded.version),
        ResponseTemplateEvent::Removed { .. } => {
            sqlx::query("delete from response_templates where response_template_id = $1").bind(id)
        }
    };
    write.execute(rows).await?;
    Ok(())
}
