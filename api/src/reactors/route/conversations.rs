//! What a customer wants of nobody in particular goes to somebody.
//!
//! A conversation is asked for when its customer writes or calls while it is nobody's, and when it comes up again: then who had
//! it keeps it if routing says so, else it is nobody's until it is another's. Who sees to the customer's lead is asked first, and
//! from then on the conversation counts in place of the lead.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationEvent};
use leadflow_domain::lead::Lead;
use leadflow_domain::member::MemberEvent;
use leadflow_domain::routing::{Request, RoutingEvent, RoutingOrder, WorkItem};
use leadflow_domain::{ConversationId, Event, LeadId, MemberId, TenantId};
use leadflow_event_store::{ExecuteError, Executor, LogReader, PersonalValues, RecordedEvent};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use super::{Desk, Told, by_business, done};
use crate::commands::Commands;

pub(super) const CONSUMER: &str = "reactor/route_conversations";

/// Asks routing for what is nobody's, and does what it decides.
pub struct RouteConversations {
    desk: Desk,
    conversations: Executor<Conversation>,
}

/// What an event asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Somebody is to see to it, if nobody does.
    Ask(ConversationId),
    /// It came up again: whoever had it keeps it, if routing says so.
    AskAgain(ConversationId),
    /// Somebody said who sees to it.
    Hand(ConversationId, MemberId),
    /// Nobody needs to see to it.
    Release(ConversationId),
    /// Routing has decided who sees to it.
    Take(ConversationId, MemberId),
    /// She does not work here any more.
    LeaveBusiness(MemberId),
}

impl RouteConversations {
    /// Reads from `log` and decides through `commands`.
    #[must_use]
    pub fn new(log: LogReader, commands: &Commands) -> Self {
        let desk = Desk { name: "route_conversations", consumer: CONSUMER, log, routing: commands.routing.clone() };
        Self { desk, conversations: commands.conversations.clone() }
    }

    /// Takes the steps of one business, in their order.
    async fn take(&self, tenant: TenantId, steps: Vec<(&RecordedEvent, Step)>) -> Result<(), PageError> {
        let Some(now) = self.desk.opens(tenant).await? else { return Ok(()) };
        for (cause, step) in steps {
            let told = self.desk.told(cause, now);
            match step {
                Step::Ask(id) => self.ask(&told, id).await?,
                Step::AskAgain(id) => self.ask_again(&told, id).await?,
                Step::Hand(id, member) => self.hand(&told, id, member).await?,
                Step::Release(id) => told.routing(RoutingOrder::Release { work: WorkItem::Conversation(id) }).await?,
                Step::Take(id, member) => self.give(&told, id, member).await?,
                Step::LeaveBusiness(member) => told.routing(RoutingOrder::LeaveBusiness { member }).await?,
            }
        }
        Ok(())
    }

    async fn ask(&self, told: &Told<'_>, id: ConversationId) -> Result<(), PageError> {
        let (conversation, _) = self.load(id).await?;
        match conversation.assignee() {
            None => self.request(told, id, &conversation, None).await,
            Some(_) => Ok(()),
        }
    }

    async fn ask_again(&self, told: &Told<'_>, id: ConversationId) -> Result<(), PageError> {
        let (conversation, _) = self.load(id).await?;
        let Some(last) = conversation.assignee() else {
            return self.request(told, id, &conversation, None).await;
        };
        let work = WorkItem::Conversation(id);
        // Whom no pool has, only people gave it to.
        if !told.state().await?.is_in_a_pool(last) {
            return Ok(());
        }
        self.request(told, id, &conversation, Some(last)).await?;
        let routing = told.state().await?;
        if routing.knows(work) && routing.agent(work) != Some(last) {
            self.take_from(told, id, last).await?;
        }
        Ok(())
    }

    /// It is nobody's until another takes it; if it is hers still.
    async fn take_from(&self, told: &Told<'_>, id: ConversationId, last: MemberId) -> Result<(), PageError> {
        loop {
            let (conversation, version) = self.load(id).await?;
            if conversation.assignee() != Some(last) {
                return Ok(());
            }
            let context = told.context("conversation").expecting(Some(version));
            match self.conversations.execute(id, ConversationCommand::Unassign, context).await {
                // Something else happened to it meanwhile.
                Err(ExecuteError::AnotherVersion { .. }) => {}
                answer => return done(answer),
            }
        }
    }

    async fn request(
        &self,
        told: &Told<'_>,
        id: ConversationId,
        conversation: &Conversation,
        last_agent: Option<MemberId>,
    ) -> Result<(), PageError> {
        let Some((contact, channel)) = conversation.between().filter(|_| !conversation.is_resolved()) else {
            return Ok(());
        };
        let lead = LeadId::of(contact);
        let last_agent = match last_agent {
            None => self.desk.load::<Lead>(lead).await?.0.owner(),
            Some(_) => last_agent,
        };
        let (work, channel) = (WorkItem::Conversation(id), Some(channel));
        let request = Request { work, team: None, campaign: None, lead_source: None, channel, last_agent };
        told.routing(RoutingOrder::Ask { request }).await?;
        if told.state().await?.knows(WorkItem::Lead(lead)) {
            told.routing_of("lead", RoutingOrder::Release { work: WorkItem::Lead(lead) }).await?;
        }
        Ok(())
    }

    async fn hand(&self, told: &Told<'_>, id: ConversationId, member: MemberId) -> Result<(), PageError> {
        if self.load(id).await?.0.is_resolved() {
            return Ok(());
        }
        told.routing(RoutingOrder::Hand { work: WorkItem::Conversation(id), member }).await
    }

    async fn load(&self, id: ConversationId) -> Result<(Conversation, i64), PageError> {
        self.desk.load(id).await
    }

    /// What is nobody's is hers; if people were faster, it is as they said.
    async fn give(&self, told: &Told<'_>, id: ConversationId, member: MemberId) -> Result<(), PageError> {
        let take = ConversationCommand::Take { member };
        done(self.conversations.execute(id, take, told.context("conversation")).await)
    }
}

impl Consumer for RouteConversations {
    fn consumer(&self) -> String {
        CONSUMER.to_owned()
    }

    fn personal_values(&self) -> PersonalValues {
        PersonalValues::Sealed
    }

    async fn act(&self, events: &[RecordedEvent]) -> Result<(), PageError> {
        let businesses = by_business(steps(&self.desk, events));
        try_join_all(businesses.into_iter().map(|(tenant, steps)| self.take(tenant, steps))).await?;
        Ok(())
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        let asked = |recorded: &RecordedEvent| matches!(recorded.event, Event::Routing(RoutingEvent::Requested { .. }));
        let waiting: BTreeMap<TenantId, i64> =
            events.iter().filter(|one| asked(one)).map(|one| (one.tenant, one.position)).collect();
        if !waiting.is_empty() {
            crate::routing::note_waiting(rows, &waiting).await?;
        }
        Ok(())
    }
}

/// What a page asks for, in its order. Of several messages one after another the first asks.
fn steps<'a>(desk: &Desk, events: &'a [RecordedEvent]) -> Vec<(&'a RecordedEvent, Step)> {
    let mut asked = BTreeSet::new();
    let mut steps = Vec::new();
    for recorded in events {
        let Some(step) = step(desk, recorded) else { continue };
        let is_news = match step {
            Step::Ask(id) => asked.insert(id),
            Step::AskAgain(id) | Step::Hand(id, _) | Step::Release(id) | Step::Take(id, _) => {
                asked.remove(&id);
                true
            }
            Step::LeaveBusiness(_) => true,
        };
        if is_news {
            steps.push((recorded, step));
        }
    }
    steps
}

fn step(desk: &Desk, recorded: &RecordedEvent) -> Option<Step> {
    match &recorded.event {
        Event::Conversation(event) => of_conversation(desk, recorded, event),
        Event::Routing(RoutingEvent::Assigned { work: WorkItem::Conversation(id), member, .. }) => {
            Some(Step::Take(*id, *member))
        }
        Event::Member(MemberEvent::Deactivated {}) => {
            Some(Step::LeaveBusiness(MemberId::from_uuid(recorded.stream.as_uuid())))
        }
        Event::Routing(
            RoutingEvent::Assigned { work: WorkItem::Lead(_), .. }
            | RoutingEvent::PoolCreated { .. }
            | RoutingEvent::PoolChanged { .. }
            | RoutingEvent::PoolMembersSet { .. }
            | RoutingEvent::PoolRemoved { .. }
            | RoutingEvent::CapacitySet { .. }
            | RoutingEvent::WorkingHoursSet { .. }
            | RoutingEvent::WentAway { .. }
            | RoutingEvent::CameBack { .. }
            | RoutingEvent::LeavePlanned { .. }
            | RoutingEvent::LeaveCancelled { .. }
            | RoutingEvent::MemberLeft { .. }
            | RoutingEvent::Requested { .. }
            | RoutingEvent::Handed { .. }
            | RoutingEvent::Released { .. },
        )
        | Event::Member(
            MemberEvent::Registered { .. }
            | MemberEvent::Invited { .. }
            | MemberEvent::Joined { .. }
            | MemberEvent::InvitationWithdrawn {}
            | MemberEvent::Renamed { .. }
            | MemberEvent::RoleChanged { .. }
            | MemberEvent::TeamChanged { .. }
            | MemberEvent::Reactivated { .. }
            | MemberEvent::PasswordSet {}
            | MemberEvent::SecondFactorEnabled {}
            | MemberEvent::SecondFactorDisabled {}
            | MemberEvent::Denied { .. },
        )
        | Event::Tenant(_)
        | Event::Channel(_)
        | Event::Contact(_)
        | Event::OutboundMessage(_)
        | Event::Lead(_)
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

fn of_conversation(desk: &Desk, recorded: &RecordedEvent, event: &ConversationEvent) -> Option<Step> {
    let id = ConversationId::from_uuid(recorded.stream.as_uuid());
    match event {
        ConversationEvent::MessageReceived { message, .. } => message.is_written().then_some(Step::Ask(id)),
        ConversationEvent::Called { call, .. } => call.is_from_customer().then_some(Step::Ask(id)),
        ConversationEvent::Reopened {} => Some(Step::AskAgain(id)),
        ConversationEvent::Assigned { member } => Some(Step::Hand(id, *member)),
        // What it took from somebody it has asked for.
        ConversationEvent::Unassigned {} => (!desk.did(recorded)).then_some(Step::Release(id)),
        ConversationEvent::Resolved {} => Some(Step::Release(id)),
        ConversationEvent::Opened { .. }
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
