//! From events to API keys. Each row is written by its own stream alone, whose first event makes it.

use leadflow_domain::api_key::ApiKeyEvent;
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;

use super::words::{RoleKind, words};
use crate::PageError;
use crate::word::Word;

pub(super) async fn api_key(
    rows: &mut PgConnection,
    recorded: &RecordedEvent,
    event: &ApiKeyEvent,
) -> Result<(), PageError> {
    let (id, at) = (recorded.stream.as_uuid(), jiff_sqlx::Timestamp::from(recorded.recorded_at));
    let write = match event {
        ApiKeyEvent::Issued(terms) => sqlx::query(
            "insert into api_keys (api_key_id, tenant_id, name, role, role_id, scope, issued_at, expires_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (api_key_id) do update set name = excluded.name, role = excluded.role, \
                 role_id = excluded.role_id, scope = excluded.scope, issued_at = excluded.issued_at, \
                 expires_at = excluded.expires_at, revoked_at = null, version = excluded.version",
        )
        .bind(id)
        .bind(recorded.tenant.as_uuid())
        .bind(terms.name.as_str())
        .bind(RoleKind::of(terms.role).word())
        .bind(RoleKind::own(terms.role))
        .bind(terms.scope.map(words))
        .bind(at)
        .bind(terms.expires_at.map(jiff_sqlx::Timestamp::from))
        .bind(recorded.version),
        ApiKeyEvent::Revoked {} => {
            sqlx::query("update api_keys set revoked_at = $2, version = $3 where api_key_id = $1")
                .bind(id)
                .bind(at)
                .bind(recorded.version)
        }
        // What it was refused shows nowhere.
        ApiKeyEvent::Denied { .. } => {
            sqlx::query("update api_keys set version = $2 where api_key_id = $1").bind(id).bind(recorded.version)
        }
    };
    write.execute(rows).await?;
    Ok(())
}
