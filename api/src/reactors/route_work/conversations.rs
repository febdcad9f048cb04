//! A conversation is asked for when its customer writes, calls or tells of her interest elsewhere while it is nobody's, and when it
//! comes up again: then who had it keeps it if routing says so, else it is nobody's until it is another's. So it is, too, where whoever had
//! it does not work here any more. What a team is asked to see to is asked of this team, and nobody else is given it. It counts in place of
//! the customer's lead, and who has that goes on with her.

use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationEvent, Counterpart};
use leadflow_domain::lead::Lead;
use leadflow_domain::routing::{CampaignKey, Request, RoutingOrder, WorkItem};
use leadflow_domain::{ConversationId, LeadId, MemberId, SourceId, StreamId, TeamId};
use leadflow_event_store::{ExecuteError, RecordedEvent};
use leadflow_projections::PageError;

use super::told::{ROUTING, Told, done, is_our_own};

/// What an event asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Somebody is to see to it, if nobody does.
    Ask,
    /// It came up again: whoever had it keeps it, if routing says so.
    AskAgain,
    /// Somebody said who sees to it.
    Hand(MemberId),
    /// Somebody said which team is to see to it.
    AskTeam,
    /// It was settled.
    Settle,
    /// People said that nobody in particular is to see to it.
    PutDown,
    /// Routing has decided who sees to it.
    Take(MemberId),
}

/// By what a customer came, where that is known.
#[derive(Debug, Default)]
pub(super) struct Origin {
    pub(super) campaign: Option<CampaignKey>,
    pub(super) place: Option<SourceId>,
    /// The lead that it is about; that of the conversation's contact, where it is about none in particular.
    pub(super) lead: Option<LeadId>,
}

pub(super) fn step(recorded: &RecordedEvent, event: &ConversationEvent) -> Option<Step> {
    match event {
        ConversationEvent::MessageReceived { message, .. } => message.is_written().then_some(Step::Ask),
        ConversationEvent::Called { call, .. } => call.is_from_customer().then_some(Step::Ask),
        ConversationEvent::Reopened {} => Some(Step::AskAgain),
        ConversationEvent::Assigned { member } => Some(Step::Hand(*member)),
        ConversationEvent::AssignedToTeam { .. } => Some(Step::AskTeam),
        // What it took from somebody it has asked for.
        ConversationEvent::Unassigned {} => (!is_our_own(recorded)).then_some(Step::PutDown),
        ConversationEvent::Resolved {} => Some(Step::Settle),
        // Whoever tells of a submission asks for it, as it knows by what she came.
        ConversationEvent::SubmissionReceived { .. }
        | ConversationEvent::Opened { .. }
        | ConversationEvent::OpenedWithGroup { .. }
        | ConversationEvent::MessageImported { .. }
        | ConversationEvent::Reacted { .. }
        | ConversationEvent::MessageEdited { .. }
        | ConversationEvent::MessageRevoked { .. }
        | ConversationEvent::MessageCorrected { .. }
        | ConversationEvent::Read {}
        | ConversationEvent::PrioritySet { .. }
        | ConversationEvent::NoteAdded { .. }
        | ConversationEvent::Labelled { .. }
        | ConversationEvent::Unlabelled { .. }
        | ConversationEvent::Snoozed { .. }
        | ConversationEvent::Woken {}
        | ConversationEvent::Answered { .. } => None,
    }
}

pub(super) async fn take(told: &mut Told<'_>, id: ConversationId, step: Step) -> Result<(), PageError> {
    let work = WorkItem::Conversation(id);
    match step {
        Step::Ask => ask(told, id, Origin::default()).await,
        Step::AskAgain => ask_again(told, id, Origin::default()).await,
        Step::Hand(member) => hand(told, id, member).await,
        Step::AskTeam => ask_team(told, id).await,
        Step::Settle if !told.is_again || told.load::<Conversation>(id).await?.0.is_resolved() => {
            told.release(ROUTING, work).await
        }
        Step::PutDown if !told.is_again || is_nobody_s(told, id).await? => told.release(ROUTING, work).await,
        Step::Take(member) if told.routing().await?.agent(work) == Some(member) => {
            let team = told.routing().await?.team(work);
            give(told, id, member, team).await
        }
        // It is otherwise by now: a page that is acted on again knows the rest of itself.
        Step::Settle | Step::PutDown | Step::Take(_) => Ok(()),
    }
}

async fn is_nobody_s(told: &Told<'_>, id: ConversationId) -> Result<bool, PageError> {
    let (conversation, _) = told.load::<Conversation>(id).await?;
    Ok(conversation.assignee().is_none() && conversation.team().is_none())
}

/// Somebody is to see to it, if nobody does.
pub(super) async fn ask(told: &mut Told<'_>, id: ConversationId, origin: Origin) -> Result<(), PageError> {
    let (conversation, _) = told.load::<Conversation>(id).await?;
    // A team is asked further on in the log, and that is told there: what is asked for once keeps its place.
    let is_its_own = told.cause.stream == StreamId::from(id);
    if is_its_own && conversation.team_asked_at().is_some_and(|at| told.cause.version < at) {
        return Ok(());
    }
    let lead = origin.lead.or_else(|| lead_of(&conversation));
    let has = match conversation.assignee() {
        Some(agent) if !told.has_left(agent).await? => return release(told, lead).await,
        has => has,
    };
    let (owner, is_open) = match lead {
        Some(lead) => {
            let (lead, _) = told.load::<Lead>(lead).await?;
            (lead.owner(), lead.is_open() && !conversation.is_resolved())
        }
        None => (None, false),
    };
    match owner {
        // Whom people gave what is open to, and no pool has, is seen to by her; unless they asked a team.
        Some(owner)
            if has.is_none() && conversation.team().is_none() && is_open && is_of_people_alone(told, owner).await? =>
        {
            give(told, id, owner, None).await?;
            release(told, lead).await
        }
        owner => request_instead(told, id, &conversation, Origin { lead, ..origin }, owner, has).await,
    }
}

/// It came up again: whoever had it keeps it if routing says so.
pub(super) async fn ask_again(told: &mut Told<'_>, id: ConversationId, origin: Origin) -> Result<(), PageError> {
    let (conversation, _) = told.load::<Conversation>(id).await?;
    let Some(last) = conversation.assignee() else { return ask(told, id, origin).await };
    if is_of_people_alone(told, last).await? {
        return Ok(());
    }
    let lead = origin.lead.or_else(|| lead_of(&conversation));
    request_instead(told, id, &conversation, Origin { lead, ..origin }, Some(last), Some(last)).await
}

/// Whether no pool has her, so that only people give her anything; and she works here.
async fn is_of_people_alone(told: &mut Told<'_>, member: MemberId) -> Result<bool, PageError> {
    Ok(!told.routing().await?.is_in_a_pool(member) && !told.has_left(member).await?)
}

/// Asks for it, of the team that is to see to it if one is, and takes it from whoever `has` it if it is not hers any more.
async fn request_instead(
    told: &mut Told<'_>,
    id: ConversationId,
    conversation: &Conversation,
    origin: Origin,
    last_agent: Option<MemberId>,
    has: Option<MemberId>,
) -> Result<(), PageError> {
    let Some((_, channel)) = conversation.between().filter(|_| !conversation.is_resolved()) else { return Ok(()) };
    let work = WorkItem::Conversation(id);
    let team = conversation.team();
    let request = Request {
        team,
        campaign: origin.campaign,
        lead_source: origin.place,
        channel: Some(channel),
        last_agent: last_agent.filter(|_| team.is_none()),
        instead_of: origin.lead.map(WorkItem::Lead),
        ..Request::of(work)
    };
    told.order(ROUTING, RoutingOrder::Ask { request }).await?;
    let Some(has) = has else { return Ok(()) };
    let routing = told.routing().await?;
    if routing.knows(work) && routing.agent(work) != Some(has) {
        take_from(told, id, has).await?;
    }
    Ok(())
}

/// It is nobody's until another takes it; if it is hers still.
async fn take_from(told: &mut Told<'_>, id: ConversationId, last: MemberId) -> Result<(), PageError> {
    loop {
        let (conversation, version) = told.load::<Conversation>(id).await?;
        if conversation.assignee() != Some(last) {
            return Ok(());
        }
        let context = told.context("unassign").expecting(Some(version));
        match told.desk.conversations.execute(id, ConversationCommand::Unassign, context).await {
            // Something else happened to it meanwhile.
            Err(ExecuteError::AnotherVersion { .. }) => {}
            answer => return done(answer),
        }
    }
}

/// Somebody said who sees to it; if nobody has said otherwise since.
async fn hand(told: &mut Told<'_>, id: ConversationId, member: MemberId) -> Result<(), PageError> {
    let (conversation, _) = told.load::<Conversation>(id).await?;
    if conversation.is_resolved() || conversation.assignee() != Some(member) {
        return Ok(());
    }
    told.order(ROUTING, RoutingOrder::Hand { work: WorkItem::Conversation(id), member }).await?;
    release(told, lead_of(&conversation)).await
}

/// A team is to see to it: whoever had it has room again, and it is somebody's of the team's pool, by turns; if nobody has said otherwise
/// since, and no other event says the same.
async fn ask_team(told: &mut Told<'_>, id: ConversationId) -> Result<(), PageError> {
    let (conversation, _) = told.load::<Conversation>(id).await?;
    if conversation.is_resolved() || conversation.team_asked_at() != Some(told.cause.version) {
        return Ok(());
    }
    let channel = conversation.between().map(|(_, channel)| channel);
    let request = Request { team: conversation.team(), channel, ..Request::of(WorkItem::Conversation(id)) };
    told.order(ROUTING, RoutingOrder::PassOn { request }).await?;
    release(told, lead_of(&conversation)).await
}

/// What is nobody's is hers; if people were faster, it is as they said. `team`: which team was asked, if one was.
async fn give(told: &Told<'_>, id: ConversationId, member: MemberId, team: Option<TeamId>) -> Result<(), PageError> {
    loop {
        let (conversation, version) = told.load::<Conversation>(id).await?;
        if conversation.team().is_some_and(|asked| team != Some(asked)) {
            return Ok(());
        }
        let context = told.context("conversation").expecting(Some(version));
        match told.desk.conversations.execute(id, ConversationCommand::Take { member }, context).await {
            // Something else happened to it meanwhile.
            Err(ExecuteError::AnotherVersion { .. }) => {}
            answer => return done(answer),
        }
    }
}

/// The conversation counts, and not the lead beside it.
async fn release(told: &mut Told<'_>, lead: Option<LeadId>) -> Result<(), PageError> {
    match lead {
        Some(lead) => told.release("lead", WorkItem::Lead(lead)).await,
        None => Ok(()),
    }
}

fn lead_of(conversation: &Conversation) -> Option<LeadId> {
    match conversation.between()? {
        (Counterpart::Contact(contact), _) => Some(LeadId::of(contact)),
        (Counterpart::Group(_), _) => None,
    }
}
