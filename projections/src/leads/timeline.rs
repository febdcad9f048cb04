//! What happened with each contact, an event a row: what kind of thing it was, when, and where more is told of it.

use jiff::Timestamp;
use leadflow_domain::lead::Capture;
use leadflow_domain::{ContactId, ConversationId, LeadId, OutboundMessageId};
use leadflow_event_store::RecordedEvent;
use sqlx::PgConnection;
use uuid::Uuid;

use super::words::TimelineKind;
use crate::word::Word;

/// Something that happened.
pub(super) struct Entry {
    kind: TimelineKind,
    at: Timestamp,
    conversation: Option<Uuid>,
    outbound_message: Option<Uuid>,
    lead: Option<Uuid>,
}

impl Entry {
    pub(super) fn new(kind: TimelineKind, at: Timestamp) -> Self {
        Self { kind, at, conversation: None, outbound_message: None, lead: None }
    }

    pub(super) fn captured(kind: TimelineKind, capture: &Capture) -> Self {
        let entry = Self::new(kind, capture.captured_at);
        match capture.conversation {
            Some(conversation) => entry.in_conversation(conversation),
            None => entry,
        }
    }

    pub(super) fn in_conversation(self, conversation: ConversationId) -> Self {
        Self { conversation: Some(conversation.as_uuid()), ..self }
    }

    pub(super) fn of_message(self, message: OutboundMessageId) -> Self {
        Self { outbound_message: Some(message.as_uuid()), ..self }
    }

    pub(super) fn of_lead(self, lead: LeadId) -> Self {
        Self { lead: Some(lead.as_uuid()), ..self }
    }
}

/// What a page adds.
#[derive(Default)]
pub(super) struct Timeline<'a> {
    told: Vec<Told<'a>>,
    /// What happened in a conversation, and with whom that is was told when it was opened.
    in_threads: Vec<(&'a RecordedEvent, Entry)>,
}

/// What says with whom it happened.
struct Told<'a> {
    recorded: &'a RecordedEvent,
    contact: ContactId,
    entry: Entry,
}

impl<'a> Timeline<'a> {
    pub(super) fn put(&mut self, recorded: &'a RecordedEvent, contact: ContactId, entry: Entry) {
        self.told.push(Told { recorded, contact, entry });
    }

    /// What happened in `conversation`, whoever it is with. Of a group's it is nobody's.
    pub(super) fn put_in_thread(&mut self, recorded: &'a RecordedEvent, conversation: ConversationId, entry: Entry) {
        self.in_threads.push((recorded, entry.in_conversation(conversation)));
    }

    pub(super) async fn write(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        self.write_told(rows).await?;
        // An opening is always a stream's first event, so it is there by now.
        self.write_in_threads(rows).await
    }

    async fn write_told(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.told.is_empty() {
            return Ok(());
        }
        let recorded = || self.told.iter().map(|told| told.recorded);
        let entries = || self.told.iter().map(|told| &told.entry);
        // An erasure that was parked was told at once, and is told again in its place.
        sqlx::query(
            "insert into timeline (position, tenant_id, event_id, contact_id, kind, at, conversation_id, \
                                   outbound_message_id, lead_id) \
             select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (position) do nothing",
        )
        .bind(recorded().map(|recorded| recorded.position).collect::<Vec<_>>())
        .bind(recorded().map(|recorded| recorded.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(recorded().map(|recorded| recorded.id.as_uuid()).collect::<Vec<_>>())
        .bind(self.told.iter().map(|told| told.contact.as_uuid()).collect::<Vec<_>>())
        .bind(entries().map(|entry| entry.kind.word()).collect::<Vec<_>>())
        .bind(entries().map(|entry| jiff_sqlx::Timestamp::from(entry.at)).collect::<Vec<_>>())
        .bind(entries().map(|entry| entry.conversation).collect::<Vec<_>>())
        .bind(entries().map(|entry| entry.outbound_message).collect::<Vec<_>>())
        .bind(entries().map(|entry| entry.lead).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }

    async fn write_in_threads(&self, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.in_threads.is_empty() {
            return Ok(());
        }
        let recorded = || self.in_threads.iter().map(|(recorded, _)| recorded);
        let entries = || self.in_threads.iter().map(|(_, entry)| entry);
        sqlx::query(
            "insert into timeline (position, tenant_id, event_id, contact_id, kind, at, conversation_id) \
             select t.position, t.tenant, t.event, opened.contact_id, t.kind, t.at, t.conversation \
             from unnest($1, $2, $3, $4, $5, $6) as t (position, tenant, event, kind, at, conversation) \
             join timeline opened \
                 on opened.conversation_id = t.conversation and opened.kind = 'conversation_opened'",
        )
        .bind(recorded().map(|recorded| recorded.position).collect::<Vec<_>>())
        .bind(recorded().map(|recorded| recorded.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(recorded().map(|recorded| recorded.id.as_uuid()).collect::<Vec<_>>())
        .bind(entries().map(|entry| entry.kind.word()).collect::<Vec<_>>())
        .bind(entries().map(|entry| jiff_sqlx::Timestamp::from(entry.at)).collect::<Vec<_>>())
        .bind(entries().map(|entry| entry.conversation).collect::<Vec<_>>())
        .execute(rows)
        .await?;
        Ok(())
    }
}
