//! Who is erased goes from the raw deliveries too, and does not come back by a file of leads that is yet to be read.

use std::sync::Arc;

use leadflow_domain::contact::ContactEvent;
use leadflow_domain::{ContactId, Event};
use leadflow_event_store::{Keys, PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::{PgConnection, PgPool};

use crate::{lead_imports, webhooks};

pub(super) const CONSUMER: &str = "reactor/erase_from_deliveries";

/// Takes an erased contact's items out of the deliveries they came in.
pub struct EraseFromDeliveries {
    pool: PgPool,
    keys: Arc<Keys>,
}

impl EraseFromDeliveries {
    /// Rewrites the deliveries behind `pool`.
    #[must_use]
    pub fn new(pool: PgPool, keys: Arc<Keys>) -> Self {
        Self { pool, keys }
    }
}

impl Consumer for EraseFromDeliveries {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, events: &[RecordedEvent]) -> Result<(), PageError> {
        let erased: Vec<ContactId> = events.iter().filter_map(erased).collect();
        if erased.is_empty() {
            return Ok(());
        }
        webhooks::erase_contacts(&self.pool, &self.keys, &erased).await?;
        Ok(())
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        for recorded in events {
            if let Event::Contact(ContactEvent::Erased { identifiers }) = &recorded.event {
                lead_imports::was_erased(&mut *rows, recorded.tenant, identifiers).await?;
            }
        }
        Ok(())
    }
}

/// Who is erased by an event.
pub(super) fn erased(recorded: &RecordedEvent) -> Option<ContactId> {
    match &recorded.event {
        Event::Contact(ContactEvent::Erased { .. }) => Some(ContactId::from_uuid(recorded.stream.as_uuid())),
        Event::Contact(
            ContactEvent::IntroducedByPhone { .. }
            | ContactEvent::IntroducedByUserId { .. }
            | ContactEvent::Introduced { .. }
            | ContactEvent::IdentifierAdded { .. }
            | ContactEvent::IdentifierChanged { .. }
            | ContactEvent::IdentifierConflicted { .. }
            | ContactEvent::MarketingPreferenceTold { .. }
            | ContactEvent::Listed { .. }
            | ContactEvent::Unlisted { .. }
            | ContactEvent::Merged { .. }
            | ContactEvent::Unmerged { .. }
            | ContactEvent::ToldApart { .. },
        )
        | Event::Tenant(_)
        | Event::Channel(_)
        | Event::Conversation(_)
        | Event::OutboundMessage(_)
        | Event::Lead(_)
        | Event::Group(_)
        | Event::Member(_)
        | Event::Team(_)
        | Event::Role(_)
        | Event::ApiKey(_)
        | Event::Template(_)
        | Event::Source(_)
        | Event::ResponseTemplate(_)
        | Event::Routing(_) => None,
    }
}
