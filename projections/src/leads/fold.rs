//! From events to leads. A lead's latest word on how it was captured counts: the aggregate has settled which message
//! came first.

use std::collections::HashMap;

use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::contact::ContactEvent;
use leadflow_domain::conversation::ConversationEvent;
use leadflow_domain::group::GroupEvent;
use leadflow_domain::lead::{Capture, LeadEvent};
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_domain::tenant::TenantEvent;
use leadflow_domain::{Event, TenantId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use sqlx::PgConnection;
use uuid::Uuid;

use super::DEFINITION;
use crate::word::Word;
use crate::{Definition, PageError, Projector};

/// Keeps the leads.
#[derive(Debug, Clone, Copy)]
pub struct LeadsProjector;

impl Projector for LeadsProjector {
    fn definition(&self) -> Definition {
        DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let mut captures: HashMap<Uuid, (TenantId, &Capture)> = HashMap::new();
        for recorded in events {
            match &recorded.event {
                Event::Lead(LeadEvent::Captured(capture) | LeadEvent::CaptureCorrected(capture)) => {
                    captures.insert(recorded.stream.as_uuid(), (recorded.tenant, capture));
                }
                // No lead's business.
                Event::Lead(LeadEvent::Qualified(_) | LeadEvent::Disqualified(_))
                | Event::Tenant(
                    TenantEvent::Registered { .. } | TenantEvent::ScheduleSet { .. } | TenantEvent::ScheduleRemoved {},
                )
                | Event::Channel(
                    ChannelEvent::WhatsAppNumberConnected(_) | ChannelEvent::WhatsAppNumberDisconnected { .. },
                )
                | Event::Contact(
                    ContactEvent::IntroducedByPhone { .. }
                    | ContactEvent::IntroducedByUserId { .. }
                    | ContactEvent::IdentifierAdded { .. }
                    | ContactEvent::IdentifierChanged { .. }
                    | ContactEvent::IdentifierConflicted { .. }
                    | ContactEvent::Erased { .. }
                    | ContactEvent::MarketingPreferenceTold { .. }
                    | ContactEvent::Listed { .. }
                    | ContactEvent::Unlisted { .. },
                )
                | Event::Conversation(
                    ConversationEvent::Opened { .. }
                    | ConversationEvent::MessageReceived { .. }
                    | ConversationEvent::Reacted { .. }
                    | ConversationEvent::MessageEdited { .. }
                    | ConversationEvent::MessageRevoked { .. }
                    | ConversationEvent::Read {}
                    | ConversationEvent::Resolved {}
                    | ConversationEvent::Reopened {}
                    | ConversationEvent::PrioritySet { .. }
                    | ConversationEvent::MessageCorrected { .. }
                    | ConversationEvent::MessageImported { .. }
                    | ConversationEvent::Called { .. }
                    | ConversationEvent::OpenedWithGroup { .. }
                    | ConversationEvent::Assigned { .. }
                    | ConversationEvent::Unassigned {}
                    | ConversationEvent::NoteAdded { .. }
                    | ConversationEvent::Labelled { .. }
                    | ConversationEvent::Unlabelled { .. }
                    | ConversationEvent::Snoozed { .. }
                    | ConversationEvent::Woken {},
                )
                | Event::OutboundMessage(
                    OutboundMessageEvent::Echoed { .. }
                    | OutboundMessageEvent::Reacted { .. }
                    | OutboundMessageEvent::Edited { .. }
                    | OutboundMessageEvent::Revoked { .. }
                    | OutboundMessageEvent::StatusReported { .. }
                    | OutboundMessageEvent::Corrected { .. }
                    | OutboundMessageEvent::Imported { .. },
                )
                | Event::Group(
                    GroupEvent::Introduced { .. }
                    | GroupEvent::Created { .. }
                    | GroupEvent::Deleted { .. }
                    | GroupEvent::ParticipantJoined { .. }
                    | GroupEvent::ParticipantLeft { .. }
                    | GroupEvent::JoinRequested { .. }
                    | GroupEvent::JoinRequestWithdrawn { .. }
                    | GroupEvent::ParticipantKept { .. }
                    | GroupEvent::Described { .. }
                    | GroupEvent::Suspended { .. }
                    | GroupEvent::Reinstated { .. }
                    | GroupEvent::RequestFailed { .. }
                    | GroupEvent::Remarked { .. },
                ) => {}
            }
        }
        write(rows, &captures).await?;
        Ok(())
    }
}

async fn write(rows: &mut PgConnection, captures: &HashMap<Uuid, (TenantId, &Capture)>) -> Result<(), sqlx::Error> {
    if captures.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into leads (lead_id, tenant_id, contact_id, conversation_id, status, source, captured_at) \
         select id, tenant, contact, conversation, 'new', source, captured_at \
         from unnest($1, $2, $3, $4, $5, $6) as t (id, tenant, contact, conversation, source, captured_at) \
         on conflict (lead_id) do update set \
             conversation_id = excluded.conversation_id, source = excluded.source, \
             captured_at = excluded.captured_at",
    )
    .bind(captures.keys().copied().collect::<Vec<_>>())
    .bind(captures.values().map(|(tenant, _)| tenant.as_uuid()).collect::<Vec<_>>())
    .bind(captures.values().map(|(_, capture)| capture.contact.as_uuid()).collect::<Vec<_>>())
    .bind(captures.values().map(|(_, capture)| capture.conversation.as_uuid()).collect::<Vec<_>>())
    .bind(captures.values().map(|(_, capture)| capture.source.word()).collect::<Vec<_>>())
    .bind(captures.values().map(|(_, capture)| jiff_sqlx::Timestamp::from(capture.captured_at)).collect::<Vec<_>>())
    .execute(rows)
    .await?;
    Ok(())
}
