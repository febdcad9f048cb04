//! The messages that a page tells of, and what was done to messages.

use jiff::Timestamp;
use leadflow_domain::{ContactId, ConversationId, StreamId};
use leadflow_event_store::RecordedEvent;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::shown::Shown;
use super::words::MessageDirection;
use crate::word::Word;

/// Where a message or act stands.
pub(super) struct Place {
    pub(super) conversation: StreamId,
    /// Who wrote or did it, or for whom it is.
    pub(super) contact: ContactId,
    pub(super) direction: MessageDirection,
    /// The stream of a message of the business, by which its statuses find it.
    pub(super) outbound: Option<Uuid>,
}

impl Place {
    /// What the customer wrote or did, in the conversation's own stream.
    pub(super) fn inbound(recorded: &RecordedEvent, contact: ContactId) -> Self {
        Self { conversation: recorded.stream, contact, direction: MessageDirection::Inbound, outbound: None }
    }

    /// What the business wrote or did; `message` is the event of the message itself.
    pub(super) fn outbound(conversation: ConversationId, contact: ContactId, message: Option<&RecordedEvent>) -> Self {
        let outbound = message.map(|recorded| recorded.stream.as_uuid());
        Self { conversation: conversation.into(), contact, direction: MessageDirection::Outbound, outbound }
    }
}

/// A message, or what was done to one.
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) provider_id: String,
    pub(super) sent_at: Timestamp,
    pub(super) shown: Shown,
    pub(super) replies_to: Option<String>,
    pub(super) about: Option<String>,
}

#[derive(Default)]
pub(super) struct Messages {
    pub(super) id: Vec<Uuid>,
    pub(super) tenant: Vec<Uuid>,
    pub(super) conversation: Vec<Uuid>,
    pub(super) contact: Vec<Uuid>,
    pub(super) outbound: Vec<Option<Uuid>>,
    pub(super) provider_id: Vec<String>,
    pub(super) direction: Vec<&'static str>,
    pub(super) kind: Vec<&'static str>,
    pub(super) body: Vec<Option<String>>,
    pub(super) content: Vec<Option<Value>>,
    pub(super) replies_to: Vec<Option<String>>,
    pub(super) about: Vec<Option<String>>,
    pub(super) sent_at: Vec<jiff_sqlx::Timestamp>,
}

impl Messages {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, row: Row) {
        self.id.push(recorded.id.as_uuid());
        self.tenant.push(recorded.tenant.as_uuid());
        self.conversation.push(row.place.conversation.as_uuid());
        self.contact.push(row.place.contact.as_uuid());
        self.outbound.push(row.place.outbound);
        self.direction.push(row.place.direction.word());
        // Of an erased person the kind is left, as `forget` leaves it.
        let Shown { kind, text, content } = row.shown;
        let is_known = !row.provider_id.is_empty();
        self.kind.push(kind.word());
        self.body.push(text.filter(|_| is_known));
        self.content.push(content.filter(|_| is_known));
        self.provider_id.push(row.provider_id);
        self.replies_to.push(row.replies_to);
        self.about.push(row.about);
        self.sent_at.push(row.sent_at.into());
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.id.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into messages (message_id, tenant_id, conversation_id, contact_id, outbound_message_id, \
                                   provider_message_id, direction, kind, body, content, replies_to, about, sent_at) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(&self.id)
        .bind(&self.tenant)
        .bind(&self.conversation)
        .bind(&self.contact)
        .bind(&self.outbound)
        .bind(&self.provider_id)
        .bind(&self.direction)
        .bind(&self.kind)
        .bind(&self.body)
        .bind(&self.content)
        .bind(&self.replies_to)
        .bind(&self.about)
        .bind(&self.sent_at)
        .execute(rows)
        .await?;
        Ok(())
    }
}
