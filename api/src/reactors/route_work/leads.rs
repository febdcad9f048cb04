//! What is told of a lead is answered in a conversation with its contact, and that is what somebody sees to. Whoever has no number is
//! seen to as a lead, until she has.

use jiff::SignedDuration;
use leadflow_domain::contact::{Contact, Standing};
use leadflow_domain::conversation::{Conversation, ConversationCommand};
use leadflow_domain::lead::{Lead, LeadCommand, LeadEvent, LeadSource, Submission};
use leadflow_domain::routing::{CampaignKey, Request, RoutingOrder, WorkItem};
use leadflow_domain::{ContactId, LeadId, MemberId};
use leadflow_event_store::RecordedEvent;
use leadflow_projections::PageError;

use super::conversations::{self, Origin};
use super::place::Place;
use super::told::{ROUTING, Told, done};

/// How long ago somebody told of her interest whom nobody sees to any more: she was found in a page's past.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What an event asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step<'a> {
    /// She told of her interest: somebody is to answer.
    Answer(&'a Submission),
    /// It is spam: nobody needs to see to it, nor to the conversation with its contact.
    Spam(ContactId),
    /// Somebody said who sees to it.
    Hand(MemberId),
    /// People said that nobody in particular is to see to it.
    PutDown,
    /// It was settled.
    Settle,
    /// Whom it is about was erased.
    Forget,
    /// Routing has decided who sees to it.
    Take(MemberId),
}

pub(super) fn step<'a>(recorded: &RecordedEvent, event: &'a LeadEvent) -> Option<Step<'a>> {
    match event {
        LeadEvent::Submitted(submission) => is_news(recorded, submission).then_some(Step::Answer(submission)),
        LeadEvent::SpamMarked { contact } => Some(Step::Spam(*contact)),
        LeadEvent::Transferred { to: Some(member), .. } => Some(Step::Hand(*member)),
        LeadEvent::Transferred { to: None, .. } => Some(Step::PutDown),
        LeadEvent::Disqualified(_) | LeadEvent::Converted { .. } | LeadEvent::Lost { .. } => Some(Step::Settle),
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

/// What a file brings, and what is found in the past of a page, is there to be worked on and nothing that somebody waits for.
fn is_news(recorded: &RecordedEvent, submission: &Submission) -> bool {
    submission.source != LeadSource::Import && recorded.recorded_at.duration_since(submission.submitted_at) <= NEWS
}

pub(super) async fn take(told: &mut Told<'_>, id: LeadId, step: Step<'_>) -> Result<(), PageError> {
    let work = WorkItem::Lead(id);
    match step {
        Step::Answer(submission) => answer(told, id, submission).await,
        _ if !told.is_routed => Ok(()),
        Step::Hand(member) if told.routing().await?.knows(work) => hand(told, id, member).await,
        Step::Spam(contact) if !told.is_again || told.load::<Lead>(id).await?.0.is_spam() => {
            told.release(ROUTING, work).await?;
            match Place::begun(told, contact).await? {
                Some(place) => told.release("conversation", WorkItem::Conversation(place.conversation)).await,
                None => Ok(()),
            }
        }
        Step::PutDown if !told.is_again || told.load::<Lead>(id).await?.0.owner().is_none() => {
            told.release(ROUTING, work).await
        }
        Step::Settle if !told.is_again || !told.load::<Lead>(id).await?.0.wants_somebody() => {
            told.release(ROUTING, work).await
        }
        Step::Forget => told.release(ROUTING, work).await,
        Step::Take(member) if told.routing().await?.agent(work) == Some(member) => give(told, id, member).await,
        // It is otherwise by now: a page that is acted on again knows the rest of itself.
        Step::Hand(_) | Step::PutDown | Step::Settle | Step::Spam(_) | Step::Take(_) => Ok(()),
    }
}

/// She told of her interest: it is answered in a conversation, if she can be written to, and somebody sees to that; else to the lead.
async fn answer(told: &mut Told<'_>, id: LeadId, submission: &Submission) -> Result<(), PageError> {
    let (lead, _) = told.load::<Lead>(id).await?;
    let (contact, _) = told.load::<Contact>(submission.contact).await?;
    if lead.is_spam() || contact.standing() == Standing::Erased {
        return Ok(());
    }
    // A provider's key that is longer than any is no pool's.
    let campaign = submission.origin.campaign_id.as_deref().and_then(|key| CampaignKey::parse(key).ok());
    let place = submission.from;
    if let Some(Place { contact, channel, conversation }) = Place::of(told, submission.contact).await? {
        let rested = told.load::<Conversation>(conversation).await?.0.is_at_rest();
        let (submission, submitted_at) = (submission.submission, submission.submitted_at);
        let receive = ConversationCommand::ReceiveSubmission { contact, channel, submission, submitted_at };
        done(told.desk.conversations.execute(conversation, receive, told.context("submission")).await)?;
        let origin = Origin { campaign, place, lead: Some(id) };
        return match (told.is_routed, rested) {
            (false, _) => Ok(()),
            (true, true) => conversations::ask_again(told, conversation, origin).await,
            (true, false) => conversations::ask(told, conversation, origin).await,
        };
    }
    // A page that is acted on again knows the rest of itself.
    if !told.is_routed || !lead.wants_somebody() || is_somebody_s(told, &lead).await? {
        return Ok(());
    }
    let request = Request { campaign, lead_source: place, ..Request::of(WorkItem::Lead(id)) };
    told.order(ROUTING, RoutingOrder::Ask { request }).await
}

/// Whether it is hers who works here.
async fn is_somebody_s(told: &mut Told<'_>, lead: &Lead) -> Result<bool, PageError> {
    match lead.owner() {
        Some(owner) => Ok(!told.has_left(owner).await?),
        None => Ok(false),
    }
}

/// Somebody said who sees to it; if nobody has said otherwise since.
async fn hand(told: &mut Told<'_>, id: LeadId, member: MemberId) -> Result<(), PageError> {
    let (lead, _) = told.load::<Lead>(id).await?;
    if lead.owner() != Some(member) {
        return Ok(());
    }
    told.order(ROUTING, RoutingOrder::Hand { work: WorkItem::Lead(id), member }).await
}

/// What is nobody's who works here is hers; if people were faster, it is as they said.
async fn give(told: &mut Told<'_>, id: LeadId, member: MemberId) -> Result<(), PageError> {
    let (lead, _) = told.load::<Lead>(id).await?;
    if is_somebody_s(told, &lead).await? {
        return Ok(());
    }
    let take = LeadCommand::Take { member, after: lead.owner() };
    done(told.desk.leads.execute(id, take, told.context("lead")).await)
}

/// She is one person with others: where there is a conversation with one of them, that counts, and their leads beside it do not.
pub(super) async fn merged(told: &mut Told<'_>, contact: ContactId) -> Result<(), PageError> {
    if Place::begun(told, contact).await?.is_none() {
        return Ok(());
    }
    for one in Place::person(told, contact).await? {
        told.release(&one.to_string(), WorkItem::Lead(LeadId::of(one))).await?;
    }
    Ok(())
}
