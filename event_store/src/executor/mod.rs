//! The one door from a command to events: load, decide, append, retry.
//!
//! Commands of one stream are decided one after another, each on the state the one before it leaves, and travel to
//! the log together: a burst on one conversation is one group, not a chain of conflicts. Other processes may write
//! the same stream; the append checks the version and the event that each was decided on, also of those that came to
//! no event, and the decision is made again.

mod answer;
mod attempt;
mod before;
pub(crate) mod compose;
mod context;

pub(crate) use compose::{NotComposed, compose};

pub use answer::{Done, ExecuteError, Receipt};
pub use context::{CommandContext, RestsOn};

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use leadflow_domain::{Decide, StreamId};
use tokio::sync::oneshot;

use self::answer::Answer;
use crate::{Closed, EventStore, entropy};

/// How often a decision is made while other processes are faster.
const ATTEMPTS: u32 = 10;

struct Pending<A: Decide> {
    command: A::Command,
    context: CommandContext,
    answer: oneshot::Sender<Answer<A>>,
}

/// Executes the commands of one kind of aggregate. Cheap to clone.
pub struct Executor<A: Decide> {
    /// Shared, so that whoever has an executor for each kind of aggregate is not large by it.
    store: Arc<EventStore>,
    /// Streams that somebody is working on, each with what has queued up meanwhile.
    streams: Arc<Mutex<HashMap<StreamId, Vec<Pending<A>>>>>,
}

impl<A: Decide> Clone for Executor<A> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), streams: Arc::clone(&self.streams) }
    }
}

impl<A> Executor<A>
where
    A: Decide + Clone + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    /// Decides on what `store` has, and appends to it.
    #[must_use]
    pub fn new(store: &EventStore) -> Self {
        Self { store: Arc::new(store.clone()), streams: Arc::default() }
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
}

/// Forgets a stream's queue when its worker ends; after an orderly end there is none left.
struct Abandon<'a, A>
where
    A: Decide + Clone + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    executor: &'a Executor<A>,
    stream: StreamId,
}

impl<A> Drop for Abandon<'_, A>
where
    A: Decide + Clone + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.executor.queues().remove(&self.stream);
        }
    }
}
