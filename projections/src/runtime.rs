//! The runtime of all that follows the log: page by page, what is written and the checkpoint in one transaction.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use leadflow_event_store::{LogReader, PersonalValues, RecordedEvent};
use sqlx::{Executor, PgConnection, PgPool};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::checkpoint::LEASE;
use crate::{Advance, Checkpoint, Definition, Lease, PageError, Projector};

/// Events of a page. Larger pages rebuild faster, smaller ones show sooner and hold their transaction shorter.
pub(crate) const PAGE: i64 = 1_000;

/// How often the log is looked at when nobody calls.
const POLL: Duration = Duration::from_millis(200);

/// How long a consumer waits before it tries a page again that failed for a passing reason.
const PAUSE: Duration = Duration::from_millis(500);

/// What a consumer of the log needs to follow it.
#[derive(Debug, Clone)]
pub struct Follow {
    /// Reads the log.
    pub reader: LogReader,
    /// Wakes when this process has appended. A hint only: polling is the floor.
    pub head: watch::Receiver<i64>,
    /// Ends the following.
    pub stop: CancellationToken,
}

impl Follow {
    /// Returns when there may be something new, or it is time to look. False when it is time to stop.
    pub async fn something_new(&mut self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            changed = self.head.changed() => {
                if changed.is_err() {
                    // The appender is gone; only polling is left.
                    tokio::time::sleep(POLL).await;
                }
                true
            }
            () = tokio::time::sleep(POLL) => true,
        }
    }

    /// Waits for `time`. False when it is time to stop.
    pub async fn pause(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.stop.cancelled()).await.is_err()
    }
}

/// What follows the log.
pub trait Consumer: Send + Sync + 'static {
    /// Its row in `checkpoints`.
    fn consumer(&self) -> String;

    /// Whether it needs what events say about people.
    fn personal_values(&self) -> PersonalValues;

    /// What it does outside the transaction, before it. A page may come again after a crash, so this must be safe to
    /// repeat.
    fn act(&self, events: &[RecordedEvent]) -> impl Future<Output = Result<(), PageError>> + Send;

    /// What it writes, in the transaction that moves its checkpoint.
    fn write(
        &self,
        rows: &mut PgConnection,
        events: &[RecordedEvent],
    ) -> impl Future<Output = Result<(), PageError>> + Send;
}

/// A projector as a consumer: it writes, and does nothing else.
struct Fold<P>(P);

impl<P: Projector> Consumer for Fold<P> {
    fn consumer(&self) -> String {
        self.0.definition().consumer()
    }

    fn personal_values(&self) -> PersonalValues {
        self.0.personal_values()
    }

    async fn act(&self, _events: &[RecordedEvent]) -> Result<(), PageError> {
        Ok(())
    }

    async fn write(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        rows.execute(format!("set local search_path = {}", self.0.definition().schema()).as_str()).await?;
        self.0.apply(rows, events).await?;
        rows.execute("set local search_path to default").await?;
        Ok(())
    }
}

/// How far this process's consumers are.
#[derive(Debug, Clone, Default)]
pub struct ProjectorProgress(Arc<HashMap<String, watch::Receiver<i64>>>);

impl ProjectorProgress {
    /// The progress of one read model, if this process has its projector.
    #[must_use]
    pub fn of(&self, definition: &Definition) -> Option<watch::Receiver<i64>> {
        self.0.get(&definition.consumer()).cloned()
    }
}

/// Runs what follows the log.
#[derive(Debug)]
pub struct Runtime {
    pool: PgPool,
    follow: Follow,
    process: Uuid,
    alone: bool,
    tasks: TaskTracker,
    progress: HashMap<String, watch::Receiver<i64>>,
}

impl Runtime {
    /// For the process `process`. `alone`: no other process can be at work on this database, so that leases found
    /// are those of the dead.
    #[must_use]
    pub fn new(pool: PgPool, follow: Follow, process: Uuid, alone: bool) -> Self {
        Self { pool, follow, process, alone, tasks: TaskTracker::new(), progress: HashMap::new() }
    }

    /// Runs `projector` until the process stops.
    pub fn project<P: Projector>(&mut self, projector: P) {
        self.follow(Fold(projector));
    }

    /// Runs `consumer` until the process stops.
    pub fn follow<C: Consumer>(&mut self, consumer: C) {
        let (told, progress) = watch::channel(0);
        self.progress.insert(consumer.consumer(), progress);
        let run = Run {
            checkpoint: Checkpoint::new(self.pool.clone(), consumer.consumer(), self.process),
            pool: self.pool.clone(),
            follow: self.follow.clone(),
            alone: self.alone,
            consumer,
            told,
        };
        self.tasks.spawn(run.run());
    }

    /// How far they are, and what to wait for when the process stops.
    #[must_use]
    pub fn started(self) -> (ProjectorProgress, TaskTracker) {
        self.tasks.close();
        (ProjectorProgress(Arc::new(self.progress)), self.tasks)
    }
}

struct Run<C> {
    consumer: C,
    pool: PgPool,
    checkpoint: Checkpoint,
    follow: Follow,
    alone: bool,
    told: watch::Sender<i64>,
}

/// How a page ended.
enum Page {
    /// There was none.
    Empty,
    /// Dealt with and committed; the lease stands at its end.
    Done(Lease),
    /// Somebody else works for this consumer now.
    LeaseLost,
}

impl<C: Consumer> Run<C> {
    async fn run(mut self) {
        loop {
            match self.checkpoint.lease(self.alone).await {
                Ok(Some(lease)) => {
                    tracing::info!(
                        consumer = self.checkpoint.consumer(),
                        position = lease.position,
                        epoch = lease.epoch,
                        "log.lease: works for it from here on"
                    );
                    self.told.send_replace(lease.position);
                    if !self.hold(lease).await {
                        return;
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(
                    consumer = self.checkpoint.consumer(),
                    error = %PageError::from(error),
                    "log.lease: can't ask for the lease now"
                ),
            }
            if !self.follow.pause(LEASE / 5).await {
                return;
            }
        }
    }

    /// Works while the lease holds. False when there is nothing more to do in this process.
    async fn hold(&mut self, mut lease: Lease) -> bool {
        let mut renewed = tokio::time::Instant::now();
        // A first advance, even of nothing, marks a read model of an empty log as live.
        let mut first = true;
        let mut limit = PAGE;
        loop {
            match self.page(lease, first, limit).await {
                Ok(Page::Done(next)) => {
                    lease = next;
                    limit = (limit * 2).min(PAGE);
                    renewed = tokio::time::Instant::now();
                    first = false;
                    self.told.send_replace(lease.position);
                }
                Ok(Page::LeaseLost) => {
                    tracing::warn!(consumer = self.checkpoint.consumer(), "log.lease: another process took over");
                    return true;
                }
                Ok(Page::Empty) => {
                    if renewed.elapsed() > LEASE / 3 {
                        match self.checkpoint.lease(false).await {
                            Ok(Some(still)) if still == lease => renewed = tokio::time::Instant::now(),
                            Ok(_) => return true,
                            Err(_) => {
                                if !self.follow.pause(PAUSE).await {
                                    return false;
                                }
                                continue;
                            }
                        }
                    }
                    if !self.follow.something_new().await {
                        let _ = self.checkpoint.release().await;
                        return false;
                    }
                }
                Err(error) if error.is_passing() => {
                    tracing::warn!(
                        consumer = self.checkpoint.consumer(),
                        error = %error,
                        "log.page: can't be dealt with now"
                    );
                    if !self.follow.pause(PAUSE).await {
                        return false;
                    }
                }
                // One of its events is to blame. Smaller pages lead up to it, so that all before it are dealt with.
                Err(_) if limit > 1 => limit /= 2,
                Err(error) => {
                    tracing::error!(
                        consumer = self.checkpoint.consumer(),
                        position = lease.position + 1,
                        error = %error,
                        "log.page: the event can't be dealt with; the consumer stops before it"
                    );
                    let told = format!("event {}: {error}", lease.position + 1);
                    // Unless that could not be written down: then the lease is taken and the event met once more.
                    return self.checkpoint.stop(lease, &told).await.is_err();
                }
            }
            if self.follow.stop.is_cancelled() {
                let _ = self.checkpoint.release().await;
                return false;
            }
        }
    }

    async fn page(&self, lease: Lease, even_if_empty: bool, limit: i64) -> Result<Page, PageError> {
        let raw = self.follow.reader.after(lease.position, limit).await?;
        if raw.is_empty() && !even_if_empty {
            return Ok(Page::Empty);
        }
        let caught_up = i64::try_from(raw.len()).is_ok_and(|events| events < limit);
        let events = self.follow.reader.read(raw, self.consumer.personal_values()).await?;
        let advance = Advance { to: events.last().map_or(lease.position, |event| event.position), caught_up };

        if !events.is_empty() {
            caught(self.consumer.act(&events)).await?;
        }
        let mut tx = self.pool.begin().await?;
        if !events.is_empty() {
            caught(self.consumer.write(&mut tx, &events)).await?;
        }
        if !self.checkpoint.advance(&mut tx, lease, advance).await? {
            return Ok(Page::LeaseLost);
        }
        tx.commit().await?;
        Ok(Page::Done(Lease { position: advance.to, ..lease }))
    }
}

/// A panic in a consumer is its error, not the process's end.
async fn caught(work: impl Future<Output = Result<(), PageError>>) -> Result<(), PageError> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or(Err(PageError::Panicked))
}
