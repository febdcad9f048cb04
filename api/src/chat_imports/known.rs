//! What is known of a customer and of her conversation before a file of theirs is told.

use std::time::Duration;

use jiff::Timestamp;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::{ConversationId, IdentifierHash, TenantId};
use leadflow_projections::{Freshness, inbox, wait_until};
use sqlx::PgPool;

use super::importer::Importer;
use super::messages::BEGIN;
use super::not_imported::NotImported;

/// How long the inbox is waited for: what it does not show yet must not be told a second time.
const PATIENCE: Duration = Duration::from_secs(10);

/// When somebody with this phone was erased last, if anybody was.
pub(super) async fn erased_at(
    pool: &PgPool,
    tenant: TenantId,
    phone: &IdentifierHash,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let at: Option<jiff_sqlx::Timestamp> = sqlx::query_scalar(
        "select max(recorded_at) from events \
         where event_type = 'contact.erased' and tenant_id = $1 and position($2 in payload::text) > 0",
    )
    .bind(tenant.as_uuid())
    .bind(phone.as_str())
    .fetch_one(pool)
    .await?;
    Ok(at.map(jiff_sqlx::Timestamp::to_jiff))
}

impl Importer {
    /// Since when LeadFlow has the conversation by other means than files: received as it was written, or told by WhatsApp's history.
    pub(super) async fn here_since(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
    ) -> Result<Option<Timestamp>, NotImported> {
        // Of what has not begun nothing is there to be shown.
        if self.log.begun::<Conversation>(&[conversation.into()]).await?.is_empty() {
            return Ok(None);
        }
        let head = self.log.head().await?;
        let shown = wait_until(&self.pool, &self.progress, &inbox::DEFINITION, (Some(tenant), head), PATIENCE).await?;
        match shown {
            Freshness::Current => {}
            Freshness::Lagging | Freshness::Parked | Freshness::Stopped => {
                let why =
                    "the inbox does not show yet what is known of the conversation (is `leadflow serve` running?)";
                return Err(NotImported::NotNow(why.to_owned()));
            }
        }
        Ok(inbox::earliest_message_besides(&self.pool, tenant, conversation, BEGIN).await?)
    }
}
