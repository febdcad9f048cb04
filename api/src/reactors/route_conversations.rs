//! What a customer wants of nobody in particular goes to somebody: routing is asked who sees to it, and told what people say
//! and when it is settled. What routing decides is done.
//!
//! A conversation is asked for when its customer writes or calls while it is nobody's, and when it comes up again: then who had
//! it keeps it if routing says so, else it is nobody's until it is another's. A business without pools is left alone.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use leadflow_domain::conversation::{Conversation, ConversationCommand, ConversationEvent};
use leadflow_domain::member::MemberEvent;
use leadflow_domain::routing::{Request, Routing, RoutingCommand, RoutingEvent, RoutingOrder, WorkItem};
use leadflow_domain::{CommandId, ConversationId, Event, MemberId, Refusal, RoutingId, TenantId};
use leadflow_event_store::{
    Actor, ActorKind, CommandContext, ExecuteError, Executor, LogReader, PersonalValues, ReadError, Receipt,
    RecordedActor, RecordedEvent,
};
use leadflow_projections::{Consumer, PageError};
use sqlx::PgConnection;

use crate::commands::Commands;

pub(super) const CONSUMER: &str = "reactor/route_conversations";

/// Its name, as the log has it.
const NAME: &str = "route_conversations";

/// Asks routing for what is nobody's, and does what it decides.
pub struct RouteConversations {
    log: LogReader,
    conversations: Executor<Conversation>,
    routing: Executor<Routing>,
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
        let (conversations, routing) = (commands.conversations.clone(), commands.routing.clone());
        Self { log, conversations, routing }
    }

    /// Takes the steps of one business, in their order.
    async fn take(&self, tenant: TenantId, steps: Vec<(&RecordedEvent, Step)>) -> Result<(), PageError> {
        let routing = self.log.load::<Routing>(RoutingId::of(tenant).into()).await.map_err(|error| unread(&error))?;
        if !routing.state.is_in_use() {
            return Ok(());
        }
        let now = self.log.now().await.map_err(|error| unread(&error.into()))?;
        for (cause, step) in steps {
            let told = Told { reactor: self, cause, now };
            match step {
                Step::Ask(id) => told.ask(id).await?,
                Step::AskAgain(id) => told.ask_again(id).await?,
                Step::Hand(id, member) => told.hand(id, member).await?,
                Step::Release(id) => told.routing(RoutingOrder::Release { work: WorkItem::Conversation(id) }).await?,
                Step::Take(id, member) => told.give(id, member).await?,
                Step::LeaveBusiness(member) => told.routing(RoutingOrder::LeaveBusiness { member }).await?,
            }
        }
        Ok(())
    }
}

/// An event that leads to something, at a time.
struct Told<'a> {
    reactor: &'a RouteConversations,
    cause: &'a RecordedEvent,
    now: Timestamp,
}

impl Told<'_> {
    async fn ask(&self, id: ConversationId) -> Result<(), PageError> {
        let (conversation, _) = self.load(id).await?;
        match conversation.assignee() {
            None => self.request(id, &conversation, None).await,
            Some(_) => Ok(()),
        }
    }

    async fn ask_again(&self, id: ConversationId) -> Result<(), PageError> {
        let (conversation, _) = self.load(id).await?;
        let Some(last) = conversation.assignee() else { return self.request(id, &conversation, None).await };
        let work = WorkItem::Conversation(id);
        // Whom no pool has, only people gave it to.
        if !self.routing_state().await?.is_in_a_pool(last) {
            return Ok(());
        }
        self.request(id, &conversation, Some(last)).await?;
        let routing = self.routing_state().await?;
        if routing.knows(work) && routing.agent(work) != Some(last) {
            self.take_from(id, last).await?;
        }
        Ok(())
    }

    /// It is nobody's until another takes it; if it is hers still.
    async fn take_from(&self, id: ConversationId, last: MemberId) -> Result<(), PageError> {
        loop {
            let (conversation, version) = self.load(id).await?;
            if conversation.assignee() != Some(last) {
                return Ok(());
            }
            let context = self.context("conversation").expecting(Some(version));
            match self.reactor.conversations.execute(id, ConversationCommand::Unassign, context).await {
                // Something else happened to it meanwhile.
                Err(ExecuteError::AnotherVersion { .. }) => {}
                answer => return done(answer),
            }
        }
    }

    async fn request(
        &self,
        id: ConversationId,
        conversation: &Conversation,
        last_agent: Option<MemberId>,
    ) -> Result<(), PageError> {
        let Some((_, channel)) = conversation.between().filter(|_| !conversation.is_resolved()) else { return Ok(()) };
        let work = WorkItem::Conversation(id);
        let request = Request { work, team: None, campaign: None, channel: Some(channel), last_agent };
        self.routing(RoutingOrder::Ask { request }).await
    }

    async fn hand(&self, id: ConversationId, member: MemberId) -> Result<(), PageError> {
        if self.load(id).await?.0.is_resolved() {
            return Ok(());
        }
        self.routing(RoutingOrder::Hand { work: WorkItem::Conversation(id), member }).await
    }

    async fn load(&self, id: ConversationId) -> Result<(Conversation, i64), PageError> {
        let loaded = self.reactor.log.load::<Conversation>(id.into()).await.map_err(|error| unread(&error))?;
        Ok((loaded.state, loaded.version))
    }

    async fn routing_state(&self) -> Result<Routing, PageError> {
        let stream = RoutingId::of(self.cause.tenant).into();
        Ok(self.reactor.log.load::<Routing>(stream).await.map_err(|error| unread(&error))?.state)
    }

    async fn routing(&self, what: RoutingOrder) -> Result<(), PageError> {
        let (id, context) = (RoutingId::of(self.cause.tenant), self.context("routing"));
        done(self.reactor.routing.execute(id, RoutingCommand { what, now: self.now }, context).await)
    }

    /// What is nobody's is hers; if people were faster, it is as they said.
    async fn give(&self, id: ConversationId, member: MemberId) -> Result<(), PageError> {
        let take = ConversationCommand::Take { member };
        done(self.reactor.conversations.execute(id, take, self.context("conversation")).await)
    }

    /// An event leads to one command of each at most.
    fn context(&self, of: &str) -> CommandContext {
        let event = self.cause.id.to_string();
        let id = CommandId::derive(self.cause.tenant, CONSUMER, &[&event, of]);
        CommandContext::new(self.cause.tenant, id, Actor::Reactor(NAME), self.cause.correlation.clone())
            .caused_by(event)
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
        let mut tenants: BTreeMap<TenantId, Vec<(&RecordedEvent, Step)>> = BTreeMap::new();
        for (recorded, step) in steps(events) {
            tenants.entry(recorded.tenant).or_default().push((recorded, step));
        }
        try_join_all(tenants.into_iter().map(|(tenant, steps)| self.take(tenant, steps))).await?;
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

/// Whether this reactor did it itself.
fn is_our_own(recorded: &RecordedEvent) -> bool {
    RecordedActor::parse(&recorded.actor)
        .is_some_and(|actor| actor.kind == ActorKind::Reactor && actor.id.as_deref() == Some(NAME))
}

/// What a page asks for, in its order. Of several messages one after another the first asks.
fn steps(events: &[RecordedEvent]) -> Vec<(&RecordedEvent, Step)> {
    let mut asked = BTreeSet::new();
    let mut steps = Vec::new();
    for recorded in events {
        let Some(step) = step(recorded) else { continue };
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

fn step(recorded: &RecordedEvent) -> Option<Step> {
    match &recorded.event {
        Event::Conversation(event) => of_conversation(recorded, event),
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

fn of_conversation(recorded: &RecordedEvent, event: &ConversationEvent) -> Option<Step> {
    let id = ConversationId::from_uuid(recorded.stream.as_uuid());
    match event {
        ConversationEvent::MessageReceived { message, .. } => message.is_written().then_some(Step::Ask(id)),
        ConversationEvent::Called { call, .. } => call.is_from_customer().then_some(Step::Ask(id)),
        ConversationEvent::Reopened {} => Some(Step::AskAgain(id)),
        ConversationEvent::Assigned { member } => Some(Step::Hand(id, *member)),
        // What it took from somebody it has asked for.
        ConversationEvent::Unassigned {} => (!is_our_own(recorded)).then_some(Step::Release(id)),
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

fn unread(error: &ReadError) -> PageError {
    match error {
        ReadError::Database(_) => PageError::Later(error.to_string()),
        ReadError::Unreadable(_) | ReadError::Key(_) => PageError::Refused(format!("it can't be routed: {error}")),
    }
}

/// What was refused stays as it is: no pool serves it, or somebody was faster.
fn done<R: Refusal>(answer: Result<Receipt, ExecuteError<R>>) -> Result<(), PageError> {
    match answer {
        Ok(_)
        | Err(ExecuteError::Refused(_) | ExecuteError::RefusedBefore(_) | ExecuteError::AnotherVersion { .. }) => {
            Ok(())
        }
        Err(error @ (ExecuteError::Unavailable { .. } | ExecuteError::Contended | ExecuteError::Stopping(_))) => {
            Err(PageError::Later(error.to_string()))
        }
        Err(
            error @ (ExecuteError::Reserved { .. }
            | ExecuteError::NotHeld
            | ExecuteError::ForeignStream
            | ExecuteError::Erased
            | ExecuteError::KeyReused
            | ExecuteError::Unstorable { .. }
            | ExecuteError::Unreadable(_)),
        ) => Err(PageError::Refused(format!("it can't be routed: {error}"))),
    }
}
