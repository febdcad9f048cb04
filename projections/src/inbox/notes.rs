//! The notes that a page tells of.

use leadflow_domain::Personal;
use leadflow_domain::conversation::{Counterpart, Note};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Notes {
    id: Vec<Uuid>,
    tenant: Vec<Uuid>,
    conversation: Vec<Uuid>,
    contact: Vec<Option<Uuid>>,
    body: Vec<Option<String>>,
    noted_at: Vec<jiff_sqlx::Timestamp>,
}

impl Notes {
    pub(super) fn put(&mut self, recorded: &RecordedEvent, about: Counterpart, text: &Personal<Note>) {
        self.id.push(recorded.id.as_uuid());
        self.tenant.push(recorded.tenant.as_uuid());
        self.conversation.push(recorded.stream.as_uuid());
        self.contact.push(match about {
            Counterpart::Contact(contact) => Some(contact.as_uuid()),
            Counterpart::Group(_) => None,
        });
        self.body.push(text.known().map(|text| text.as_str().to_owned()));
        self.noted_at.push(recorded.recorded_at.into());
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.id.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into notes (note_id, tenant_id, conversation_id, contact_id, body, noted_at) \
             select * from unnest($1, $2, $3, $4, $5, $6)",
        )
        .bind(&self.id)
        .bind(&self.tenant)
        .bind(&self.conversation)
        .bind(&self.contact)
        .bind(&self.body)
        .bind(&self.noted_at)
        .execute(rows)
        .await?;
        Ok(())
    }
}
