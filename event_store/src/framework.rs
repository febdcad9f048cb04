//! `cqrs_es::EventStore` over the same load and the same append, for whoever brings a `CqrsFramework`.
//!
//! The trait knows no command ids, receipts or retries: that is what [`crate::Executor`] is for. Here a conflict is the
//! caller's to repeat, and the command's id is the metadata's `command`, or drawn.

use std::collections::HashMap;
use std::marker::PhantomData;

use cqrs_es::{AggregateContext, AggregateError, EventEnvelope};
use leadflow_domain::{CommandId, Decide, StreamId, TenantId};

use crate::append::{Appended, ERASED};
use crate::executor::{NotComposed, compose};
use crate::reader::Loaded;
use crate::recorded::decode;
use crate::{Actor, CommandContext, EventStore, ReadError, entropy};

/// The log as cqrs-es sees it, on behalf of one tenant.
#[derive(Clone)]
pub struct FrameworkStore<A> {
    store: EventStore,
    tenant: TenantId,
    actor: Actor,
    aggregate: PhantomData<fn() -> A>,
}

impl<A> FrameworkStore<A> {
    /// Streams of `tenant`, changed on behalf of `actor`.
    #[must_use]
    pub fn new(store: &EventStore, tenant: TenantId, actor: Actor) -> Self {
        Self { store: store.clone(), tenant, actor, aggregate: PhantomData }
    }
}

/// An aggregate between its load and its commit.
pub struct FrameworkContext<A> {
    stream: StreamId,
    stands_on: Loaded<A>,
    changed: A,
}

impl<A: Decide> AggregateContext<A> for FrameworkContext<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.changed
    }
}

type Failed<A> = AggregateError<<A as cqrs_es::Aggregate>::Error>;

impl<A> cqrs_es::EventStore<A> for FrameworkStore<A>
where
    A: Decide + Clone + 'static,
{
    type AC = FrameworkContext<A>;

    /// Personal values come sealed.
    async fn load_events(&self, aggregate_id: &str) -> Result<Vec<EventEnvelope<A>>, Failed<A>> {
        let stream = parse::<A>(aggregate_id)?;
        let events = self
            .store
            .reader
            .stream(A::TYPE, stream, 0, i64::MAX)
            .await
            .map_err(|error| unreadable::<A>(error.into()))?;
        events
            .into_iter()
            .filter(|raw| raw.tenant == self.tenant)
            .map(|raw| {
                let payload = decode::event::<A>(raw.position, &raw.event_type, &raw.event_version, &raw.payload)
                    .map_err(|error| AggregateError::DeserializationError(Box::new(error)))?;
                let sequence = usize::try_from(raw.version).unwrap_or_default();
                Ok(EventEnvelope { aggregate_id: aggregate_id.to_owned(), sequence, payload, metadata: HashMap::new() })
            })
            .collect()
    }

    async fn load_aggregate(&self, aggregate_id: &str) -> Result<Self::AC, Failed<A>> {
        let stream = parse::<A>(aggregate_id)?;
        let mut stands_on = self.store.reader.load::<A>(stream).await.map_err(unreadable::<A>)?;
        if stands_on.tenant.is_some_and(|tenant| tenant != self.tenant) {
            // Another tenant's does not exist; a commit on it will be told.
            stands_on = Loaded::default();
        }
        Ok(FrameworkContext { stream, changed: stands_on.state.clone(), stands_on })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: Self::AC,
        mut metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, Failed<A>> {
        let FrameworkContext { stream, stands_on, .. } = context;
        let id = match metadata.get("command") {
            Some(id) => id.parse().map_err(unexpected::<A>)?,
            None => CommandId::from_uuid(entropy::uuid()),
        };
        let correlation = metadata.remove("correlation").unwrap_or_default();
        let mut command = CommandContext::new(self.tenant, id, self.actor.clone(), correlation);
        command.causation = metadata.remove("causation");
        let decided = Ok(events.clone());
        let composed = compose(&self.store.subject_keys, stream, &stands_on, &command, &decided).await;
        let composed = composed.map_err(|error| match error {
            NotComposed::Unstorable(reason) => unexpected::<A>(Told(reason)),
            NotComposed::Key(error) => unreadable::<A>(error.into()),
        })?;
        let subject = composed.append.subject.clone();
        let appended = self.store.appender.enqueue(composed.append).await.map_err(unexpected::<A>)?;
        match appended.await.map_err(unexpected::<A>)? {
            Appended::Now { .. } => self.store.subject_keys.confirmed(subject.as_ref()),
            Appended::Stands { .. } if events.is_empty() => return Ok(Vec::new()),
            // There were events, and nothing can be sealed for their person any more.
            Appended::Stands { .. } => return Err(unexpected::<A>(Told(ERASED.to_owned()))),
            Appended::Conflict => return Err(AggregateError::AggregateConflict),
            Appended::KeyChanged => {
                if let Some(subject) = subject {
                    self.store.subject_keys.forget(subject.whose());
                }
                return Err(AggregateError::AggregateConflict);
            }
            Appended::ForeignStream => return Err(unexpected::<A>(Told("there is no such stream".to_owned()))),
            Appended::Unavailable { reason } => {
                return Err(AggregateError::DatabaseConnectionError(Box::new(Told(reason))));
            }
            otherwise @ (Appended::Before { .. }
            | Appended::Reserved { .. }
            | Appended::NotHeld
            | Appended::KeyReused
            | Appended::Unstorable { .. }) => return Err(unexpected::<A>(Told(format!("{otherwise:?}")))),
        }
        let first = usize::try_from(stands_on.version).unwrap_or_default() + 1;
        Ok((first..)
            .zip(events)
            .map(|(sequence, payload)| EventEnvelope {
                aggregate_id: stream.to_string(),
                sequence,
                payload,
                metadata: metadata.clone(),
            })
            .collect())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Told(String);

fn parse<A: Decide>(aggregate_id: &str) -> Result<StreamId, Failed<A>> {
    aggregate_id.parse().map_err(unexpected::<A>)
}

fn unexpected<A: Decide>(error: impl std::error::Error + Send + Sync + 'static) -> Failed<A> {
    AggregateError::UnexpectedError(Box::new(error))
}

fn unreadable<A: Decide>(error: ReadError) -> Failed<A> {
    match error {
        ReadError::Database(error) => AggregateError::DatabaseConnectionError(Box::new(error)),
        error @ (ReadError::Unreadable(_) | ReadError::Key(_)) => AggregateError::DeserializationError(Box::new(error)),
    }
}
