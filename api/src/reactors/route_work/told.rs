//! How the reactor asks, and how it tells.

use leadflow_domain::conversation::Conversation;
use leadflow_domain::lead::Lead;
use leadflow_domain::member::Member;
use leadflow_domain::routing::{Routing, RoutingCommand, RoutingOrder, WorkItem};
use leadflow_domain::{CommandId, Decide, MemberId, Refusal, RoutingId, StreamId, TenantId};
use leadflow_event_store::{
    Actor, ActorKind, CommandContext, ExecuteError, Executor, LogReader, ReadError, Receipt, RecordedActor,
    RecordedEvent,
};
use leadflow_projections::PageError;

use super::NAME;
use crate::commands::Commands;

/// Its name before it saw to leads: what it did then is its own, too.
const FORMER_NAME: &str = "route_conversations";

/// What ids of commands are derived from: what it did under that name it does not do again.
const COMMANDS: &str = "reactor/route_conversations";

/// What routing is told of the very thing that an event is about.
pub(super) const ROUTING: &str = "routing";

/// What is read, and what decides.
pub(super) struct Desk {
    pub(super) log: LogReader,
    pub(super) conversations: Executor<Conversation>,
    pub(super) leads: Executor<Lead>,
    routing: Executor<Routing>,
}

impl Desk {
    pub(super) fn new(log: LogReader, commands: &Commands) -> Self {
        let (conversations, leads) = (commands.conversations.clone(), commands.leads.clone());
        Self { log, conversations, leads, routing: commands.routing.clone() }
    }

    /// What a stream comes to, and its version.
    async fn load<A: Decide>(&self, id: impl Into<StreamId>) -> Result<(A, i64), PageError> {
        let loaded = self.log.load::<A>(id.into()).await.map_err(|error| unread(&error))?;
        Ok((loaded.state, loaded.version))
    }
}

/// What is known of a business's routing, until something is told to it. It is as large as the work that is open.
#[derive(Default)]
pub(super) struct Known(Option<Routing>);

impl Known {
    pub(super) async fn routing(&mut self, desk: &Desk, tenant: TenantId) -> Result<&Routing, PageError> {
        let routing = match self.0.take() {
            Some(routing) => routing,
            None => desk.load::<Routing>(RoutingId::of(tenant)).await?.0,
        };
        Ok(self.0.insert(routing))
    }
}

/// An event that leads to something.
pub(super) struct Told<'a> {
    pub(super) desk: &'a Desk,
    pub(super) cause: &'a RecordedEvent,
    /// Whether the business has pools.
    pub(super) is_routed: bool,
    /// Whether the page was acted on before, up to somewhere: then whatever it lets go may have been asked for since, and is let go only
    /// where the rest of the page says the same.
    pub(super) is_again: bool,
    pub(super) known: &'a mut Known,
}

impl Told<'_> {
    pub(super) fn tenant(&self) -> TenantId {
        self.cause.tenant
    }

    /// What a stream comes to, and its version.
    pub(super) async fn load<A: Decide>(&self, id: impl Into<StreamId>) -> Result<(A, i64), PageError> {
        self.desk.load(id).await
    }

    /// Routing as it stood when the page was begun, or after what was last told to it from here. Nobody else makes work known to it.
    pub(super) async fn routing(&mut self) -> Result<&Routing, PageError> {
        self.known.routing(self.desk, self.cause.tenant).await
    }

    /// Whether she worked for the business and does not any more. Whoever has left is in no pool.
    pub(super) async fn has_left(&mut self, member: MemberId) -> Result<bool, PageError> {
        let is_in_a_pool = self.routing().await?.is_in_a_pool(member);
        Ok(!is_in_a_pool && self.load::<Member>(member).await?.0.has_left())
    }

    /// Nobody needs to see to `work` any more, if routing knows of it.
    pub(super) async fn release(&mut self, of: &str, work: WorkItem) -> Result<(), PageError> {
        match self.routing().await?.knows(work) {
            true => self.order(of, RoutingOrder::Release { work }).await,
            false => Ok(()),
        }
    }

    /// Tells routing. Of an event that leads to several commands `of` tells them apart.
    pub(super) async fn order(&mut self, of: &str, what: RoutingOrder) -> Result<(), PageError> {
        *self.known = Known::default();
        let now = self.desk.log.now().await.map_err(|error| unread(&error.into()))?;
        let (id, context) = (RoutingId::of(self.tenant()), self.context(of));
        done(self.desk.routing.execute(id, RoutingCommand { what, now }, context).await)
    }

    /// An event leads to one command of each at most.
    pub(super) fn context(&self, of: &str) -> CommandContext {
        let id = command(self.tenant(), self.cause, of);
        let context = CommandContext::new(self.tenant(), id, Actor::Reactor(NAME), self.cause.correlation.clone());
        context.caused_by(self.cause.id.to_string())
    }
}

/// The command of this name that `cause` leads to.
pub(super) fn command(tenant: TenantId, cause: &RecordedEvent, of: &str) -> CommandId {
    CommandId::derive(tenant, COMMANDS, &[&cause.id.to_string(), of])
}

/// Whether this reactor did it itself.
pub(super) fn is_our_own(recorded: &RecordedEvent) -> bool {
    RecordedActor::parse(&recorded.actor).is_some_and(|actor| {
        actor.kind == ActorKind::Reactor && actor.id.is_some_and(|name| name == NAME || name == FORMER_NAME)
    })
}

pub(super) fn unread(error: &ReadError) -> PageError {
    match error {
        ReadError::Database(_) => PageError::Later(error.to_string()),
        ReadError::Unreadable(_) | ReadError::Key(_) => PageError::Refused(format!("it can't be routed: {error}")),
    }
}

/// What was refused stays as it is: no pool serves it, or somebody was faster.
pub(super) fn done<R: Refusal>(answer: Result<Receipt, ExecuteError<R>>) -> Result<(), PageError> {
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
