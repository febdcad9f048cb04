//! What a provider knew a business by is destroyed when it counts no more, whoever said so.

use leadflow_domain::channel::ChannelEvent;
use leadflow_domain::source::SourceEvent;
use leadflow_domain::{CredentialId, Event};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use crate::provider_credentials;

pub(super) const CONSUMER: &str = "reactor/destroy_credentials";

/// Destroys credentials that were replaced or removed.
pub struct DestroyCredentials;

impl Consumer for DestroyCredentials {
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
        let over: Vec<CredentialId> = events.iter().filter_map(over).collect();
        if !over.is_empty() {
            provider_credentials::destroy(rows, &over).await?;
        }
        Ok(())
    }
}

/// What counts no more.
fn over(recorded: &RecordedEvent) -> Option<CredentialId> {
    match &recorded.event {
        Event::Channel(
            ChannelEvent::WhatsAppCredentialsRotated { replaced: credential, .. }
            | ChannelEvent::WhatsAppCredentialsRemoved { credential }
            | ChannelEvent::SocialAccountConnected { replaced: Some(credential), .. }
            | ChannelEvent::SocialAccountDisconnected { credential: Some(credential), .. },
        )
        | Event::Source(
            SourceEvent::CredentialsRotated { replaced: credential, .. }
            | SourceEvent::CredentialsRemoved { credential },
        ) => Some(*credential),
        Event::Channel(
            ChannelEvent::WhatsAppNumberConnected(_)
            | ChannelEvent::WhatsAppNumberDisconnected { .. }
            | ChannelEvent::WhatsAppCredentialsEntered { .. }
            | ChannelEvent::SendingStopped { .. }
            | ChannelEvent::SendingResumed {}
            | ChannelEvent::HealthTold { .. }
            | ChannelEvent::SocialAccountConnected { replaced: None, .. }
            | ChannelEvent::SocialAccountDisconnected { credential: None, .. },
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
