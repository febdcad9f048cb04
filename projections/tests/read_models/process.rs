//! Processes that follow the log: some end in order, some are killed, some are paused in the middle of a page.

use std::sync::Arc;

use leadflow_event_store::{PersonalValues, RecordedEvent, database, testing};
use leadflow_projections::inbox::{self, InboxProjector};
use leadflow_projections::{Definition, Follow, PageError, Projector, ProjectorProgress, Runtime};
use sqlx::postgres::PgConnectOptions;
use sqlx::{PgConnection, PgPool};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::support::{FOREVER, Log, soon};

/// What a process needs to follow the log, on `pool`. Nobody calls it when there is something new: it polls.
pub(crate) fn runtime(pool: &PgPool, stop: &CancellationToken, process: u128, alone: bool) -> Runtime {
    pausing_runtime(pool, stop, process, alone, watch::channel(false).1)
}

fn pausing_runtime(
    pool: &PgPool,
    stop: &CancellationToken,
    process: u128,
    alone: bool,
    paused: watch::Receiver<bool>,
) -> Runtime {
    let head = watch::channel(0).1;
    let follow = Follow { reader: testing::event_store(pool).reader().clone(), head, stop: stop.clone() };
    Runtime::new(pool.clone(), follow, Uuid::from_u128(process), alone, 4, paused)
}

/// A process that ends in order.
pub(crate) struct Process {
    pub(crate) progress: ProjectorProgress,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Process {
    /// The process `number`, the only one on this database, with what `consumers` adds to it.
    pub(crate) fn start(log: &Log, number: u128, consumers: impl FnOnce(&mut Runtime)) -> Self {
        Self::beside_others(log, number, true, consumers)
    }

    /// As [`Self::start`], and told whether it is `alone`.
    pub(crate) fn beside_others(log: &Log, number: u128, alone: bool, consumers: impl FnOnce(&mut Runtime)) -> Self {
        let stop = CancellationToken::new();
        Self::of(runtime(&log.pool, &stop, number, alone), stop, consumers)
    }

    /// As [`Self::start`], and what acts waits while it is `paused`.
    pub(crate) fn pausing(log: &Log, paused: watch::Receiver<bool>, consumers: impl FnOnce(&mut Runtime)) -> Self {
        let stop = CancellationToken::new();
        Self::of(pausing_runtime(&log.pool, &stop, 1, true, paused), stop, consumers)
    }

    fn of(mut runtime: Runtime, stop: CancellationToken, consumers: impl FnOnce(&mut Runtime)) -> Self {
        consumers(&mut runtime);
        let (progress, tasks) = runtime.started();
        Self { progress, stop, tasks }
    }

    pub(crate) async fn reaches(&self, definition: Definition, position: i64) {
        let mut progress = self.progress.of(&definition).unwrap();
        soon(progress.wait_for(|reached| reached.position >= position)).await.unwrap();
    }

    /// Tells it to stop; what is in hand is carried to its end.
    pub(crate) fn tell_to_stop(&self) {
        self.stop.cancel();
    }

    /// Waits until all that it runs has come to an end by itself, or because it was told to stop.
    pub(crate) async fn ends(self) {
        soon(self.tasks.wait()).await;
    }

    pub(crate) async fn stop(self) {
        self.tell_to_stop();
        self.ends().await;
    }
}

/// The inbox, held up in each page after its rows were written and before its checkpoint moves.
#[derive(Debug, Clone)]
pub(crate) struct HeldUp {
    arrived: mpsc::UnboundedSender<i64>,
    pass: Arc<Semaphore>,
}

/// The other side of [`HeldUp`].
pub(crate) struct Gate {
    arrivals: mpsc::UnboundedReceiver<i64>,
    pass: Arc<Semaphore>,
}

pub(crate) fn held_up() -> (HeldUp, Gate) {
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let pass = Arc::new(Semaphore::new(0));
    (HeldUp { arrived, pass: Arc::clone(&pass) }, Gate { arrivals, pass })
}

impl Gate {
    /// Waits until a page's rows are written, and returns where the page ends.
    pub(crate) async fn arrival(&mut self) -> i64 {
        soon(self.arrivals.recv()).await.unwrap()
    }

    /// Lets one page pass.
    pub(crate) fn open(&self) {
        self.pass.add_permits(1);
    }
}

impl Projector for HeldUp {
    fn definition(&self) -> Definition {
        inbox::DEFINITION
    }

    fn personal_values(&self) -> PersonalValues {
        InboxProjector.personal_values()
    }

    async fn apply(&self, rows: &mut PgConnection, events: &[RecordedEvent]) -> Result<(), PageError> {
        InboxProjector.apply(rows, events).await?;
        self.arrived.send(events.last().unwrap().position).unwrap();
        self.pass.acquire().await.unwrap().forget();
        Ok(())
    }
}

/// A process with a runtime of its own, which can be killed: nothing of it goes on, nothing is said to Postgres.
pub(crate) struct Mortal(tokio::runtime::Runtime);

impl Mortal {
    /// The process `number`, which folds the inbox by `projector`.
    pub(crate) async fn start(options: &PgConnectOptions, number: u128, projector: impl Projector + Clone) -> Self {
        let world = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (options, (started, has_started)) = (options.clone(), oneshot::channel());
        world.spawn(async move {
            let pool = database::app_pool(options, 2).await.unwrap();
            let mut runtime = runtime(&pool, &CancellationToken::new(), number, true);
            runtime.project(projector);
            let _runs_on = runtime.started();
            started.send(()).unwrap();
        });
        soon(has_started).await.unwrap();
        Self(world)
    }

    /// Returns once nothing of it runs any more.
    pub(crate) fn kill(self) {
        std::thread::spawn(move || self.0.shutdown_timeout(FOREVER)).join().unwrap();
    }
}
