//! What comes in goes to somebody: routing is asked who sees to it, and told what people say and when it is settled. What routing
//! decides is done. A business without pools is left alone.

mod conversations;
mod leads;

pub use conversations::RouteConversations;
pub use leads::RouteLeads;

use std::collections::BTreeMap;

use jiff::Timestamp;
use leadflow_domain::routing::{Routing, RoutingCommand, RoutingOrder};
use leadflow_domain::{CommandId, Decide, Refusal, RoutingId, StreamId, TenantId};
use leadflow_event_store::{
    Actor, ActorKind, CommandContext, ExecuteError, Executor, LogReader, ReadError, Receipt, RecordedActor,
    RecordedEvent,
};
use leadflow_projections::PageError;

pub(super) const CONSUMERS: [&str; 2] = [conversations::CONSUMER, leads::CONSUMER];

/// How a reactor asks routing.
struct Desk {
    /// The reactor's name, as the log has it.
    name: &'static str,
    /// Its row in `checkpoints`.
    consumer: &'static str,
    log: LogReader,
    routing: Executor<Routing>,
}

impl Desk {
    /// The time by which the steps of a business are taken; `None` when it has no pools.
    async fn opens(&self, tenant: TenantId) -> Result<Option<Timestamp>, PageError> {
        if !self.routing_of(tenant).await?.is_in_use() {
            return Ok(None);
        }
        self.log.now().await.map(Some).map_err(|error| unread(&error.into()))
    }

    async fn routing_of(&self, tenant: TenantId) -> Result<Routing, PageError> {
        Ok(self.load::<Routing>(RoutingId::of(tenant)).await?.0)
    }

    /// What a stream comes to, and its version.
    async fn load<A: Decide>(&self, id: impl Into<StreamId>) -> Result<(A, i64), PageError> {
        let loaded = self.log.load::<A>(id.into()).await.map_err(|error| unread(&error))?;
        Ok((loaded.state, loaded.version))
    }

    /// What an event leads to.
    fn told<'a>(&'a self, cause: &'a RecordedEvent, now: Timestamp) -> Told<'a> {
        Told { desk: self, cause, now }
    }

    /// Whether the reactor did it itself.
    fn did(&self, recorded: &RecordedEvent) -> bool {
        RecordedActor::parse(&recorded.actor)
            .is_some_and(|actor| actor.kind == ActorKind::Reactor && actor.id.as_deref() == Some(self.name))
    }
}

/// An event that leads to something, at a time.
struct Told<'a> {
    desk: &'a Desk,
    cause: &'a RecordedEvent,
    now: Timestamp,
}

impl Told<'_> {
    /// Routing as it stands.
    async fn state(&self) -> Result<Routing, PageError> {
        self.desk.routing_of(self.cause.tenant).await
    }

    async fn routing(&self, what: RoutingOrder) -> Result<(), PageError> {
        self.routing_of("routing", what).await
    }

    /// The same, of an event that leads to several: `of` tells them apart.
    async fn routing_of(&self, of: &str, what: RoutingOrder) -> Result<(), PageError> {
        let id = RoutingId::of(self.cause.tenant);
        done(self.desk.routing.execute(id, RoutingCommand { what, now: self.now }, self.context(of)).await)
    }

    /// An event leads to one command of each at most.
    fn context(&self, of: &str) -> CommandContext {
        let event = self.cause.id.to_string();
        let id = CommandId::derive(self.cause.tenant, self.desk.consumer, &[&event, of]);
        CommandContext::new(self.cause.tenant, id, Actor::Reactor(self.desk.name), self.cause.correlation.clone())
            .caused_by(event)
    }
}

/// Each business's, in their order.
fn by_business<'a, Step>(
    steps: impl IntoIterator<Item = (&'a RecordedEvent, Step)>,
) -> BTreeMap<TenantId, Vec<(&'a RecordedEvent, Step)>> {
    let mut businesses = BTreeMap::<_, Vec<_>>::new();
    for (recorded, step) in steps {
        businesses.entry(recorded.tenant).or_default().push((recorded, step));
    }
    businesses
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
