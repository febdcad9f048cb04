//! What somebody tells by a form, or is entered of her, goes to somebody who sees to it.
//!
//! A lead is asked for with each submission while it is nobody's. Once its contact writes, the conversation counts in place of it
//! ([`conversations`](super::conversations)); a lead that was never asked for, as it began with a message, is none of routing's.

use futures_util::future::try_join_all;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::lead::{Lead, LeadCommand, LeadEvent, Submission};
use leadflow_domain::routing::{CampaignKey, Request, RoutingEvent, RoutingOrder, WorkItem};
use leadflow_domain::{Event, LeadId, MemberId, TenantId};
use leadflow_event_store::{Executor, LogReader, PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use super::{Desk, Told, by_business, done};
use crate::commands::Commands;

pub(super) const CONSUMER: &str = "reactor/route_leads";

/// Asks routing for leads that are nobody's, and does what it decides.
pub struct RouteLeads {
    desk: Desk,
    leads: Executor<Lead>,
}

/// What an event asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step<'a> {
    /// Somebody is to see to it, if nobody does.
    Ask(LeadId, &'a Submission),
    /// Somebody said who sees to it.
    Hand(LeadId, MemberId),
    /// Nobody needs to see to it.
    Release(LeadId),
    /// Routing has decided who sees to it.
    Take(LeadId, MemberId),
}

impl RouteLeads {
    /// Reads from `log` and decides through `commands`.
    #[must_use]
    pub fn new(log: LogReader, commands: &Commands) -> Self {
        let desk = Desk { name: "route_leads", consumer: CONSUMER, log, routing: commands.routing.clone() };
        Self { desk, leads: commands.leads.clone() }
    }

    /// Takes the steps of one business, in their order.
    async fn take(&self, tenant: TenantId, steps: Vec<(&RecordedEvent, Step<'_>)>) -> Result<(), PageError> {
        let Some(now) = self.desk.opens(tenant).await? else { return Ok(()) };
        for (cause, step) in steps {
            let told = self.desk.told(cause, now);
            match step {
                Step::Ask(id, submission) => self.ask(&told, id, submission).await?,
                Step::Hand(id, member) => Self::hand(&told, id, member).await?,
                Step::Release(id) => told.routing(RoutingOrder::Release { work: WorkItem::Lead(id) }).await?,
                Step::Take(id, member) => {
                    // If people were faster, it is as they said.
                    let take = LeadCommand::Take { member };
                    done(self.leads.execute(id, take, told.context("lead")).await)?;
                }
            }
        }
        Ok(())
    }

    async fn ask(&self, told: &Told<'_>, id: LeadId, submission: &Submission) -> Result<(), PageError> {
        let (lead, _) = self.desk.load::<Lead>(id).await?;
        if lead.owner().is_some() || !lead.is_open() {
            return Ok(());
        }
        // Who talks with her already.
        let last_agent = match lead.conversation() {
            Some(conversation) => self.desk.load::<Conversation>(conversation).await?.0.assignee(),
            None => None,
        };
        // A provider's key that is longer than any is no pool's.
        let campaign = submission.origin.campaign_id.as_deref().and_then(|key| CampaignKey::parse(key).ok());
        let (work, lead_source) = (WorkItem::Lead(id), submission.from);
        let request = Request { work, team: None, campaign, lead_source, channel: None, last_agent };
        told.routing(RoutingOrder::Ask { request }).await
    }

    async fn hand(told: &Told<'_>, id: LeadId, member: MemberId) -> Result<(), PageError> {
        let work = WorkItem::Lead(id);
        if !told.state().await?.knows(work) {
            return Ok(());
        }
        told.routing(RoutingOrder::Hand { work, member }).await
    }
}

impl Consumer for RouteLeads {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, events: &[RecordedEvent]) -> Result<(), PageError> {
        let steps = events.iter().filter_map(|recorded| Some((recorded, step(&self.desk, recorded)?)));
        try_join_all(by_business(steps).into_iter().map(|(tenant, steps)| self.take(tenant, steps))).await?;
        Ok(())
    }

    async fn write(&self, _rows: &mut PgConnection, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }
}

fn step<'a>(desk: &Desk, recorded: &'a RecordedEvent) -> Option<Step<'a>> {
    match &recorded.event {
        Event::Lead(event) => of_lead(desk, recorded, event),
        Event::Routing(RoutingEvent::Assigned { work: WorkItem::Lead(id), member, .. }) => {
            Some(Step::Take(*id, *member))
        }
        Event::Routing(_)
        | Event::Conversation(_)
        | Event::Member(_)
        | Event::Tenant(_)
        | Event::Channel(_)
        | Event::Contact(_)
        | Event::OutboundMessage(_)
        | Event::Group(_)
        | Event::Team(_)
        | Event::Role(_)
        | Event::ApiKey(_)
        | Event::Template(_)
        | Event::Pipeline(_)
        | Event::Source(_)
        | Event::ResponseTemplate(_) => None,
    }
}

fn of_lead<'a>(desk: &Desk, recorded: &'a RecordedEvent, event: &'a LeadEvent) -> Option<Step<'a>> {
    let id = LeadId::from_uuid(recorded.stream.as_uuid());
    match event {
        LeadEvent::Submitted(submission) => Some(Step::Ask(id, submission)),
        LeadEvent::Transferred { to: Some(member), .. } => Some(Step::Hand(id, *member)),
        LeadEvent::Transferred { to: None, .. } => (!desk.did(recorded)).then_some(Step::Release(id)),
        LeadEvent::Disqualified(_)
        | LeadEvent::Converted { .. }
        | LeadEvent::Lost { .. }
        | LeadEvent::SpamMarked { .. } => Some(Step::Release(id)),
        LeadEvent::Captured(_)
        | LeadEvent::CaptureCorrected(_)
        | LeadEvent::Qualified(_)
        | LeadEvent::Moved { .. }
        | LeadEvent::SpamUnmarked { .. }
        | LeadEvent::Tagged { .. }
        | LeadEvent::Untagged { .. }
        | LeadEvent::NoteAdded { .. }
        | LeadEvent::CompanySet { .. }
        | LeadEvent::AttributeSet { .. } => None,
    }
}
