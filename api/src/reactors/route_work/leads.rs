//! What is told of a lead is answered in a conversation with its contact, and that is what somebody sees to. Whoever has no number is
//! seen to as a lead, until she has.

use jiff::SignedDuration;
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::lead::{Lead, LeadCommand, LeadEvent, LeadSource, Submission};
use leadflow_domain::routing::{CampaignKey, Request, RoutingOrder, WorkItem};
use leadflow_domain::{ContactId, LeadId, MemberId};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::PageError;

use super::conversations::{self, Origin};
use super::place::Place;
use super::told::{Told, done};

/// How long ago somebody told of her interest whom nobody sees to any more: she was found in a page's past.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What an event asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step<'a> {
    /// She told of her interest: somebody is to answer.
    Answer(&'a Submission),
    /// There is something to see to for her after all.
    ComeUp(ContactId),
    /// Somebody said who sees to it.
    Hand(MemberId),
    /// Nobody needs to see to it.
    Release,
    /// Routing has decided who sees to it.
    Take(MemberId),
}

pub(super) fn step<'a>(recorded: &RecordedEvent, event: &'a LeadEvent) -> Option<Step<'a>> {
    match event {
        LeadEvent::Submitted(submission) => is_news(recorded, submission).then_some(Step::Answer(submission)),
        LeadEvent::SpamUnmarked { contact } => Some(Step::ComeUp(*contact)),
        LeadEvent::Transferred { to: Some(member), .. } => Some(Step::Hand(*member)),
        LeadEvent::Transferred { to: None, .. }
        | LeadEvent::Disqualified(_)
        | LeadEvent::Converted { .. }
        | LeadEvent::Lost { .. }
        | LeadEvent::SpamMarked { .. } => Some(Step::Release),
        LeadEvent::Captured(_)
        | LeadEvent::CaptureCorrected(_)
        | LeadEvent::Qualified(_)
        | LeadEvent::Moved { .. }
        | LeadEvent::Tagged { .. }
        | LeadEvent::Untagged { .. }
        | LeadEvent::NoteAdded { .. }
        | LeadEvent::CompanySet { .. }
        | LeadEvent::AttributeSet { .. } => None,
    }
}

/// What a file brings, and what is found in the past of a page, is there to be worked on and nothing that somebody waits for.
fn is_news(recorded: &RecordedEvent, submission: &Submission) -> bool {
    submission.source != LeadSource::Import && recorded.recorded_at.duration_since(submission.submitted_at) <= NEWS
}

/// She told of her interest: it is answered in a conversation, if she can be written to, and somebody sees to that; else to the lead.
pub(super) async fn answer(told: &Told<'_>, id: LeadId, submission: &Submission) -> Result<(), PageError> {
    let (lead, _) = told.load::<Lead>(id).await?;
    if lead.is_spam() {
        return Ok(());
    }
    // A provider's key that is longer than any is no pool's.
    let campaign = submission.origin.campaign_id.as_deref().and_then(|key| CampaignKey::parse(key).ok());
    match Place::of(told, submission.contact).await? {
        Some(Place { contact, channel, conversation }) => {
            let place = submission.from;
            let receive = ConversationCommand::ReceiveSubmission {
                contact,
                channel,
                submission: submission.submission,
                submitted_at: submission.submitted_at,
            };
            done(told.desk.conversations.execute(conversation, receive, told.context("submission")).await)?;
            match told.is_routed {
                true => conversations::ask(told, conversation, Origin { campaign, place, lead: Some(id) }).await,
                false => Ok(()),
            }
        }
        None if told.is_routed && lead.owner().is_none() => {
            let request = Request { campaign, lead_source: submission.from, ..Request::of(WorkItem::Lead(id)) };
            told.routing("routing", RoutingOrder::Ask { request }).await
        }
        None => Ok(()),
    }
}

pub(super) async fn take(told: &Told<'_>, id: LeadId, step: Step<'_>) -> Result<(), PageError> {
    let work = WorkItem::Lead(id);
    match step {
        Step::Answer(submission) => answer(told, id, submission).await,
        Step::ComeUp(contact) => come_up(told, id, contact).await,
        Step::Hand(member) if told.state().await?.knows(work) => {
            told.routing("routing", RoutingOrder::Hand { work, member }).await
        }
        Step::Release => told.routing("routing", RoutingOrder::Release { work }).await,
        Step::Take(member) if told.state().await?.agent(work) == Some(member) => {
            // If people were faster, it is as they said.
            let take = LeadCommand::Take { member };
            done(told.desk.leads.execute(id, take, told.context("lead")).await)
        }
        Step::Hand(_) | Step::Take(_) => Ok(()),
    }
}

/// Whoever has a conversation is seen to there.
async fn come_up(told: &Told<'_>, id: LeadId, contact: ContactId) -> Result<(), PageError> {
    let (lead, _) = told.load::<Lead>(id).await?;
    if lead.owner().is_some() || lead.is_spam() || Place::begun(told, contact).await?.is_some() {
        return Ok(());
    }
    told.routing("routing", RoutingOrder::Ask { request: Request::of(WorkItem::Lead(id)) }).await
}
