//! Leads of before are read where somebody asks for them; and what is read of a page waits while its credentials are not taken.

use std::time::Duration;

use leadflow_domain::source::SourceEvent;
use leadflow_domain::{Event, SourceId};
use leadflow_event_store::{PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use crate::jobs::{NewJob, enqueue, resume_lane, stop_lane};
use crate::page_leads::{self, BACKFILL_LEADS};

pub(super) const CONSUMER: &str = "reactor/read_leads";

/// Enqueues backfills, and stops and resumes what reads leads.
#[derive(Debug, Clone, Copy)]
pub struct ReadLeads;

impl Consumer for ReadLeads {
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
        for recorded in events {
            if let Event::Source(event) = &recorded.event {
                write(rows, recorded, event).await?;
            }
        }
        Ok(())
    }
}

async fn write(rows: &mut PgConnection, recorded: &RecordedEvent, event: &SourceEvent) -> Result<(), sqlx::Error> {
    // All that is read of a page is paced, and stopped, by its source.
    let lane = recorded.stream.to_string();
    match event {
        SourceEvent::BackfillAsked { since } => {
            let source = SourceId::from_uuid(recorded.stream.as_uuid());
            let (whose, at) = ((recorded.tenant, source), recorded.recorded_at);
            page_leads::ask(&mut *rows, whose, recorded.position, *since, at).await?;
            let job = NewJob {
                tenant: recorded.tenant,
                kind: BACKFILL_LEADS,
                queue: format!("backfill:{source}"),
                lane,
                subject: recorded.stream,
                position: recorded.position,
                after: Duration::ZERO,
            };
            enqueue(rows, &[job]).await
        }
        SourceEvent::ReadingStopped { code } => {
            stop_lane(rows, &lane, &format!("the provider does not take the page's credentials, code {code}")).await
        }
        // What waits finds out by itself where its page is not connected any more.
        SourceEvent::ReadingResumed {} | SourceEvent::CredentialsRemoved { .. } => resume_lane(rows, &lane).await,
        SourceEvent::Opened(_)
        | SourceEvent::Closed {}
        | SourceEvent::Reopened {}
        | SourceEvent::Renamed { .. }
        | SourceEvent::SlugGiven { .. }
        | SourceEvent::FormSet(_)
        | SourceEvent::PageConnected(_)
        | SourceEvent::PageDisconnected { .. }
        | SourceEvent::CredentialsEntered { .. }
        | SourceEvent::CredentialsRotated { .. }
        | SourceEvent::LeadMissed(_)
        | SourceEvent::MappingChanged(_)
        | SourceEvent::NetworksChanged { .. }
        | SourceEvent::TokenIssued { .. } => Ok(()),
    }
}
