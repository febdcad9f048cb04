//! What waited in a delivery is translated once it need not wait any longer.

use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::outbound_message::OutboundMessageEvent;
use leadflow_domain::source::SourceEvent;
use leadflow_domain::{Event, OutboundMessageId, SourceId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use crate::webhooks::{self, Awaited};

pub(super) const CONSUMER: &str = "reactor/resume_deliveries";

/// Has deliveries translated again whose items wait for what an event brought.
#[derive(Debug, Clone, Copy)]
pub struct ResumeDeliveries;

impl Consumer for ResumeDeliveries {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let arrived: Vec<Awaited> = events.iter().filter_map(arrived).collect();
        webhooks::resume(rows, &arrived).await?;
        let mapped: Vec<SourceId> = events.iter().filter_map(mapped).collect();
        if !mapped.is_empty() {
            webhooks::resume_mapped(rows, &mapped).await?;
        }
        Ok(())
    }
}

/// The source whose fields mean something else from now on.
fn mapped(recorded: &RecordedEvent) -> Option<SourceId> {
    let is_mapped = matches!(recorded.event, Event::Source(SourceEvent::MappingChanged(_)));
    is_mapped.then(|| SourceId::from_uuid(recorded.stream.as_uuid()))
}

/// What an item may have waited for.
fn arrived(recorded: &RecordedEvent) -> Option<Awaited> {
    match &recorded.event {
        Event::Channel(ChannelEvent::WhatsAppNumberConnected(number)) => {
            Some(Awaited::Number(number.phone_number_id.clone()))
        }
        Event::Channel(ChannelEvent::SocialAccountConnected { account, .. }) => {
            Some(Awaited::Account(account.network, account.account_id.clone()))
        }
        // Its statuses may have come before it.
        Event::OutboundMessage(_) if recorded.version == 1 => Some(Awaited::Message(recorded.stream)),
        // So may those that came before the provider's own answer, and say of which message they are by its id alone.
        Event::OutboundMessage(OutboundMessageEvent::Accepted { channel, message, .. }) => {
            Some(Awaited::Message(OutboundMessageId::known_to_provider(*channel, &message.hash).into()))
        }
        Event::Source(SourceEvent::PageConnected(page)) => Some(Awaited::Page(page.page_id.clone())),
        Event::Channel(
            ChannelEvent::WhatsAppNumberDisconnected { .. }
            | ChannelEvent::WhatsAppCredentialsEntered { .. }
            | ChannelEvent::WhatsAppCredentialsRotated { .. }
            | ChannelEvent::WhatsAppCredentialsRemoved { .. }
            | ChannelEvent::SendingStopped { .. }
            | ChannelEvent::SendingResumed {}
            | ChannelEvent::HealthTold { .. }
            | ChannelEvent::SocialAccountDisconnected { .. },
        )
        | Event::Tenant(_)
        | Event::Contact(_)
        | Event::Conversation(_)
        | Event::OutboundMessage(_)
        | Event::Lead(_)
        | Event::Group(_)
        | Event::Member(_)
        | Event::Team(_)
        | Event::Role(_)
        | Event::ApiKey(_)
        | Event::Template(_)
        | Event::Pipeline(_)
        | Event::Source(_)
        | Event::ResponseTemplate(_)
        | Event::Routing(_) => None,
    }
}
