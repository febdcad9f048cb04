//! What workers ask: which conversations are set aside until a time that has come. Of all tenants.

use jiff::Timestamp;
use leadflow_domain::{ConversationId, TenantId};
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::SCHEMA;
use super::rows::timestamp;

/// A conversation that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueConversation {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which.
    pub id: ConversationId,
    /// Until when it is set aside.
    pub until: Timestamp,
}

/// At most `limit` conversations that are set aside until a time which has come by the database's clock, earliest first:
/// those behind `after`, if it is given.
///
/// # Errors
/// The database's.
pub async fn due_conversations(
    pool: &PgPool,
    after: Option<DueConversation>,
    limit: i64,
) -> Result<Vec<DueConversation>, sqlx::Error> {
    // `statement_timestamp` and not `clock_timestamp`: an index can be asked by it.
    let sql = format!(
        "select tenant_id, conversation_id, snoozed_until from {SCHEMA}.conversations \
         where snoozed_until <= statement_timestamp() and (snoozed_until, conversation_id) > ($1, $2) \
         order by snoozed_until, conversation_id limit $3"
    );
    // Nothing was ever set aside until then.
    let (until, id) = after.map_or((Timestamp::UNIX_EPOCH, Uuid::nil()), |after| (after.until, after.id.as_uuid()));
    let rows = sqlx::query(&sql).bind(jiff_sqlx::Timestamp::from(until)).bind(id).bind(limit).fetch_all(pool).await?;
    let due = rows.iter().map(|row| {
        Ok(DueConversation {
            tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
            id: ConversationId::from_uuid(row.try_get("conversation_id")?),
            until: timestamp(row, "snoozed_until")?,
        })
    });
    due.collect()
}
