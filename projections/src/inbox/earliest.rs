//! What whoever imports a chat asks: since when a conversation is known by other means.

use jiff::Timestamp;
use leadflow_domain::{ConversationId, TenantId};
use sqlx::{PgPool, Row};

use super::SCHEMA;

/// When the first message of a conversation was written, or something was first done in it, besides messages whose provider's id begins
/// with `besides`; none where there is nothing else.
///
/// # Errors
/// The database's.
pub async fn earliest_message_besides(
    pool: &PgPool,
    tenant: TenantId,
    conversation: ConversationId,
    besides: &str,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let sql = format!(
        "select min(sent_at) as at from {SCHEMA}.messages \
         where tenant_id = $1 and conversation_id = $2 and not starts_with(provider_message_id, $3)"
    );
    let asked = sqlx::query(&sql).bind(tenant.as_uuid()).bind(conversation.as_uuid()).bind(besides);
    let row = asked.fetch_one(pool).await?;
    Ok(row.try_get::<Option<jiff_sqlx::Timestamp>, _>("at")?.map(jiff_sqlx::Timestamp::to_jiff))
}
