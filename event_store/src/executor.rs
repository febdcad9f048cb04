//! The one door from a command to events: load, handle, append, retry.
//!
//! Commands of one stream are decided one after another, each on the state the one before it leaves, and travel to
//! the log together: a burst on one conversation is one group, not a chain of conflicts. Other processes may write
//! the same stream; the version at append tells, and the decision is made again.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use leadflow_domain::{CommandId, Decide, ReservationChange, StreamId, TenantId};
use thiserror::Error;
use tokio::sync::oneshot;

use crate::append::{Append, Appended, NewEvent};
use crate::reader::Loaded;
use crate::{Actor, Appender, Closed, LogReader, Metadata, ReadError, entropy};

/// How often a decision is made while other processes are faster.
const ATTEMPTS: u32 = 10;

/// Whose command it is, and why.
#[derive(Debug, Clone)]
pub struct CommandContext {
    /// The tenant it is for.
    pub tenant: TenantId,
    /// Repeating a command with the same id is harmless.
    pub id: CommandId,
    /// Who asks.
    pub actor: Actor,
    /// The request that all of this began with.
    pub correlation: String,
    /// The event that led to it, if one did.
    pub causation: Option<String>,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// What was done.
    pub done: Done,
    /// Where the stream's newest event stands in the log: this command's last, if it has any.
    pub position: i64,
    /// The stream's version after it.
    pub version: i64,
}

/// What a command did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Its events are in the log now.
    Appended,
    /// Its events were in the log before this call.
    Before,
    /// Nothing: it was already so.
    AlreadySo,
}

/// Why a command came to nothing.
#[derive(Debug, Error)]
pub enum ExecuteError<R: std::error::Error + 'static> {
    /// The rules forbid it.
    #[error(transparent)]
    Refused(R),
    /// A unique fact it would take is another stream's.
    #[error("another one has it: {holder}")]
    Reserved {
        /// The stream that owns it.
        holder: StreamId,
    },
    /// The stream is another tenant's.
    #[error("there is no such stream")]
    ForeignStream,
    /// The database can't store what it says.
    #[error("it can't be stored: {reason}")]
    Unstorable {
        /// The database's word.
        reason: String,
    },
    /// Others kept being faster; ask again.
    #[error("too many others change this at once; ask again")]
    Contended,
    /// The database can't be reached, or did not say what became of it; ask again with the same id.
    #[error("the event log can't be reached; ask again: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// The stream can't be read.
    #[error(transparent)]
    Unreadable(Arc<ReadError>),
    /// The process is stopping; ask again.
    #[error(transparent)]
    Stopping(#[from] Closed),
}

type Answer<A> = Result<Receipt, ExecuteError<<A as Aggregate>::Error>>;

struct Pending<A: Decide> {
    command: A::Command,
    context: CommandContext,
    answer: oneshot::Sender<Answer<A>>,
}

/// Executes the commands of one kind of aggregate. Cheap to clone.
pub struct Executor<A: Decide> {
    reader: LogReader,
    appender: Appender,
    /// Streams that somebody is working on, each with what has queued up meanwhile.
    streams: Arc<Mutex<HashMap<StreamId, Vec<Pending<A>>>>>,
}

impl<A: Decide> Clone for Executor<A> {
    fn clone(&self) -> Self {
        Self { reader: self.reader.clone(), appender: self.appender.clone(), streams: Arc::clone(&self.streams) }
    }
}

impl<A> Executor<A>
where
    A: Decide + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    /// Loads through `reader` and appends through `appender`.
    #[must_use]
    pub fn new(reader: LogReader, appender: Appender) -> Self {
        Self { reader, appender, streams: Arc::default() }
    }

    /// Decides `command` on its stream and appends what follows. Once begun it is carried through, also when the
    /// caller goes away.
    ///
    /// # Errors
    /// [`ExecuteError`]: a refusal, or why it could not be carried out.
    pub async fn execute(
        &self,
        stream: impl Into<StreamId>,
        command: A::Command,
        context: CommandContext,
    ) -> Result<Receipt, ExecuteError<A::Error>> {
        self.submit(stream.into(), command, context).await
    }

    /// As [`Self::execute`], in two steps: the command has its place in its stream's queue when this returns, so that
    /// commands submitted one after the other are decided in that order.
    ///
    /// # Errors
    /// The future's: as [`Self::execute`].
    pub fn submit(
        &self,
        stream: StreamId,
        command: A::Command,
        context: CommandContext,
    ) -> impl Future<Output = Result<Receipt, ExecuteError<A::Error>>> + Send + use<A> {
        let (answer, answered) = oneshot::channel();
        let pending = Pending { command, context, answer };
        let nobody_works_on_it = match self.queues().entry(stream) {
            Entry::Occupied(mut queue) => {
                queue.get_mut().push(pending);
                false
            }
            Entry::Vacant(place) => {
                place.insert(vec![pending]);
                true
            }
        };
        if nobody_works_on_it {
            let this = self.clone();
            tokio::spawn(async move { this.work_on(stream).await });
        }
        async move { answered.await.map_err(|_| Closed)? }
    }

    fn queues(&self) -> std::sync::MutexGuard<'_, HashMap<StreamId, Vec<Pending<A>>>> {
        // The map is whole after every statement that touches it.
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works off a stream's queue until it is empty.
    async fn work_on(&self, stream: StreamId) {
        // Should a decision panic, nobody would work on the stream any more: whoever waits is told, and the next
        // command begins anew.
        let _abandon = Abandon { executor: self, stream };
        loop {
            let waiting = {
                let mut queues = self.queues();
                match queues.get_mut(&stream) {
                    Some(queue) if !queue.is_empty() => std::mem::take(queue),
                    Some(_) | None => {
                        queues.remove(&stream);
                        return;
                    }
                }
            };
            self.settle(stream, waiting).await;
        }
    }

    /// Decides and appends `waiting`, again and again until each has its answer.
    async fn settle(&self, stream: StreamId, mut waiting: Vec<Pending<A>>) {
        for attempt in 1..=ATTEMPTS {
            waiting = self.attempt(stream, waiting).await;
            if waiting.is_empty() {
                return;
            }
            tokio::time::sleep(entropy::jitter(Duration::from_millis(2) * attempt)).await;
        }
        for pending in waiting {
            let _ = pending.answer.send(Err(ExecuteError::Contended));
        }
    }

    /// One round: what is left must be decided again.
    async fn attempt(&self, stream: StreamId, waiting: Vec<Pending<A>>) -> Vec<Pending<A>> {
        let Loaded { mut state, mut version, mut position, tenant } = match self.reader.load::<A>(stream).await {
            Ok(loaded) => loaded,
            Err(error) => {
                let error = Arc::new(error);
                for pending in waiting {
                    let _ = pending.answer.send(Err(unreadable(&error)));
                }
                return Vec::new();
            }
        };
        let mut decided = Vec::with_capacity(waiting.len());
        for pending in waiting {
            if tenant.is_some_and(|tenant| tenant != pending.context.tenant) {
                decided.push((pending, Decided::<A>::Now(Err(ExecuteError::ForeignStream))));
                continue;
            }
            let sink = EventSink::default();
            let outcome = match state.handle(pending.command.clone(), &(), &sink).await {
                Err(refusal) => Decided::Now(Err(ExecuteError::Refused(refusal))),
                Ok(()) => match sink.collect().await {
                    events if events.is_empty() => Decided::AlreadySo { version },
                    events => {
                        let append = compose::<A>(stream, version, &pending.context, &events);
                        version += i64::try_from(events.len()).unwrap_or(i64::MAX);
                        match append {
                            Err(reason) => Decided::Now(Err(ExecuteError::Unstorable { reason })),
                            Ok(append) => match self.appender.enqueue(append).await {
                                Ok(appended) => Decided::OnAppend(appended),
                                Err(closed) => Decided::Now(Err(closed.into())),
                            },
                        }
                    }
                },
            };
            decided.push((pending, outcome));
        }

        // Each was decided on the state the one before it leaves. From the first that came to something else, the
        // rest stand on sand and are decided again.
        let (mut again, mut on_sand) = (Vec::new(), false);
        for (pending, outcome) in decided {
            let answer = match outcome {
                Decided::Now(_) | Decided::AlreadySo { .. } if on_sand => None,
                Decided::Now(answer) => {
                    // What could not be queued had been decided, and the rest were decided on it.
                    on_sand |= matches!(answer, Err(ExecuteError::Unstorable { .. } | ExecuteError::Stopping(_)));
                    Some(answer)
                }
                Decided::AlreadySo { version } => Some(Ok(Receipt { done: Done::AlreadySo, position, version })),
                Decided::OnAppend(appended) => {
                    let appended = appended.await;
                    match appended {
                        Ok(Appended::Now { last_position, .. }) => position = last_position,
                        _ => on_sand = true,
                    }
                    settled::<A>(appended)
                }
            };
            match answer {
                Some(answer) => drop(pending.answer.send(answer)),
                None => again.push(pending),
            }
        }
        again
    }
}

/// Forgets a stream's queue when its worker ends; after an orderly end there is none left.
struct Abandon<'a, A>
where
    A: Decide + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    executor: &'a Executor<A>,
    stream: StreamId,
}

impl<A> Drop for Abandon<'_, A>
where
    A: Decide + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.executor.queues().remove(&self.stream);
        }
    }
}

enum Decided<A: Decide> {
    /// Decided without an append: refused, or unable.
    Now(Answer<A>),
    /// Nothing to append.
    AlreadySo { version: i64 },
    /// The log has the last word.
    OnAppend(oneshot::Receiver<Appended>),
}

/// The answer to what the log said; `None` when the decision must be made again.
fn settled<A: Decide>(appended: Result<Appended, oneshot::error::RecvError>) -> Option<Answer<A>> {
    Some(match appended {
        Ok(Appended::Now { last_position, version }) => {
            Ok(Receipt { done: Done::Appended, position: last_position, version })
        }
        Ok(Appended::Before { last_position, version }) => {
            Ok(Receipt { done: Done::Before, position: last_position, version })
        }
        Ok(Appended::Conflict) => return None,
        Ok(Appended::Reserved { holder }) => Err(ExecuteError::Reserved { holder }),
        Ok(Appended::ForeignStream) => Err(ExecuteError::ForeignStream),
        Ok(Appended::Unstorable { reason }) => Err(ExecuteError::Unstorable { reason }),
        Ok(Appended::Unavailable { reason }) => Err(ExecuteError::Unavailable { reason }),
        Err(_) => Err(Closed.into()),
    })
}

fn unreadable<R: std::error::Error + 'static>(error: &Arc<ReadError>) -> ExecuteError<R> {
    match error.as_ref() {
        ReadError::Database(error) => ExecuteError::Unavailable { reason: error.to_string() },
        ReadError::Unreadable { .. } => ExecuteError::Unreadable(Arc::clone(error)),
    }
}

fn compose<A: Decide>(
    stream: StreamId,
    expected_version: i64,
    context: &CommandContext,
    events: &[A::Event],
) -> Result<Append, String> {
    let metadata = Metadata {
        tenant: context.tenant,
        actor: context.actor.to_string(),
        command: context.id,
        correlation: context.correlation.clone(),
        causation: context.causation.clone(),
    };
    let new_events = (0..)
        .zip(events)
        .map(|(ordinal, event)| {
            Ok(NewEvent {
                id: context.id.event(ordinal),
                event_type: event.event_type(),
                event_version: event.event_version(),
                payload: serde_json::to_string(event)?,
            })
        })
        .collect::<Result<_, serde_json::Error>>()
        .map_err(|error| error.to_string())?;
    let reservations: Vec<ReservationChange> = events.iter().flat_map(A::reservations).collect();
    Ok(Append {
        tenant: context.tenant,
        aggregate_type: A::TYPE,
        stream,
        expected_version,
        command: context.id,
        metadata: serde_json::to_string(&metadata).map_err(|error| error.to_string())?,
        events: new_events,
        reservations,
    })
}
