//! Does jobs, of all kinds that it knows. Several processes may.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use leadflow_event_store::entropy;
use sqlx::PgPool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::begun::{self, AHEAD, Job, LEASE};
use super::turn::DatabaseClock;
use super::work::{Work, Worked};

/// Jobs that one process does at once.
const AT_ONCE: usize = 1_024;

/// Of one kind and lane: what hangs with one number leaves room for all others.
const OF_A_LANE: usize = 128;

/// How often it is noted what came of a job before that is left to whoever finds its lease over.
const NOTES: u32 = 3;

/// How often it is looked for jobs while nothing happens: others may have enqueued some, or a time may have come.
const LOOK: Duration = Duration::from_millis(500);

/// How often while something happens in the log: most jobs follow from that within a moment.
const LOOK_SOON: Duration = Duration::from_millis(10);

/// For how long it is looked so often after something happened.
const MOMENT: Duration = Duration::from_millis(400);

/// How soon it is looked again when the database did not answer.
const LATER: Duration = Duration::from_secs(1);

/// How often a process says that it lives, and looks for those that don't.
const BEAT: Duration = Duration::from_secs(LEASE.as_secs() / 3);

/// What wakes whoever does jobs: the log's head, as this process knows it.
pub type Wake = watch::Receiver<i64>;

/// Whoever does jobs.
pub struct Jobs {
    pool: PgPool,
    works: HashMap<&'static str, Arc<dyn Work>>,
    worker: Uuid,
    /// Whether nobody else can be there.
    alone: bool,
    wake: Wake,
    /// Whether all outside work is to wait.
    paused: watch::Receiver<bool>,
    stop: CancellationToken,
    clock: Arc<DatabaseClock>,
    rounds: usize,
    places: Arc<Semaphore>,
    doing: Arc<Doing>,
    tasks: TaskTracker,
}

/// What a process does, by id, and of which kind and lane.
#[derive(Debug, Default)]
struct Doing(Mutex<HashMap<Uuid, (&'static str, String)>>);

impl Doing {
    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, (&'static str, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, kind: &str, lane: &str) -> usize {
        self.all().values().filter(|(its_kind, its_lane)| *its_kind == kind && its_lane == lane).count()
    }
}

impl Jobs {
    /// Does what waits in `pool`, until `stop`. `alone` says that no other process can be there.
    #[must_use]
    pub fn new(pool: PgPool, wake: Wake, paused: watch::Receiver<bool>, alone: bool, stop: CancellationToken) -> Self {
        Self {
            pool,
            works: HashMap::new(),
            worker: entropy::uuid(),
            alone,
            wake,
            paused,
            stop,
            clock: Arc::default(),
            rounds: 0,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            doing: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Does jobs of this kind, too.
    #[must_use]
    pub fn with(mut self, work: impl Work) -> Self {
        self.works.insert(work.kind(), Arc::new(work));
        self
    }

    /// Runs until the process stops. What was begun is finished.
    pub async fn run(mut self) {
        let living = (Arc::clone(&self.doing), self.tasks.clone());
        let beating = tokio::spawn(beat(self.pool.clone(), self.worker, self.stop.clone(), living));
        if self.alone {
            self.take_back(true).await;
        }
        let mut awake_until = Instant::now();
        let mut take_back_at = Instant::now() + BEAT;
        while !self.stop.is_cancelled() {
            if take_back_at <= Instant::now() {
                self.take_back(false).await;
                take_back_at = Instant::now() + BEAT;
            }
            let is_paused = *self.paused.borrow_and_update();
            let pause = match if is_paused { Ok(0) } else { self.round().await } {
                Ok(0) if Instant::now() < awake_until => LOOK_SOON,
                Ok(0) => LOOK,
                Ok(_) => {
                    awake_until = Instant::now() + MOMENT;
                    AHEAD / 4
                }
                Err(error) => {
                    tracing::warn!(error = %error, "jobs.begin: could not be finished, and is tried again");
                    LATER
                }
            };
            // What happens while it is awake is seen by the next look.
            let is_awake = Instant::now() < awake_until;
            let happened = tokio::select! {
                () = self.stop.cancelled() => false,
                () = tokio::time::sleep(pause) => false,
                changed = self.wake.changed(), if !is_awake => changed.is_ok(),
                changed = self.paused.changed() => changed.is_ok(),
            };
            if happened || self.wake.has_changed().unwrap_or(false) {
                self.wake.mark_unchanged();
                awake_until = Instant::now() + MOMENT;
            }
        }
        self.tasks.close();
        self.tasks.wait().await;
        let _ = beating.await;
    }

    /// Begins what may be begun now. How many that were.
    async fn round(&mut self) -> Result<usize, sqlx::Error> {
        let kinds: Vec<&str> = self.works.keys().copied().collect();
        let mut begun = 0;
        let mut due = begun::due(&self.pool, &kinds).await?;
        // Lanes of a business share its pace: none is always the first to take of it.
        if !due.is_empty() {
            self.rounds = self.rounds.wrapping_add(1);
            let first = self.rounds % due.len();
            due.rotate_left(first);
        }
        for (kind, lane) in due {
            let Some(work) = self.works.get(kind.as_str()) else { continue };
            let places = self.places.available_permits();
            if places == 0 {
                break;
            }
            let of_lane = OF_A_LANE.saturating_sub(self.doing.of(work.kind(), &lane));
            let Some(most) = i32::try_from(places.min(of_lane)).ok().filter(|most| *most > 0) else { continue };
            let begin = begun::begin(&self.pool, &self.clock, work.as_ref(), &lane, self.worker, most);
            for job in begin.await? {
                begun += 1;
                // There is a place for each: only this task takes them.
                let place = Arc::clone(&self.places).try_acquire_owned().ok();
                self.doing.all().insert(job.id, (work.kind(), lane.clone()));
                self.tasks.spawn(self.does(Arc::clone(work), lane.clone(), job, place));
            }
        }
        Ok(begun)
    }

    /// Does one job, and notes what came of it.
    fn does(
        &self,
        work: Arc<dyn Work>,
        lane: String,
        job: Job,
        place: Option<OwnedSemaphorePermit>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (pool, worker, stop, known) = (self.pool.clone(), self.worker, self.stop.clone(), Arc::clone(&self.doing));
        async move {
            let _place = place;
            let (id, kind) = (job.id, work.kind());
            let (doing, its) = (Arc::clone(&work), job.clone());
            // A panic is a bug of ours, and holds back its job, not the process.
            let done = tokio::spawn(async move { doing.work(its, stop).await }).await;
            let worked =
                done.unwrap_or_else(|_| Worked::Again { after: LEASE, reason: "doing it panicked".to_owned() });
            match &worked {
                Worked::Done => {}
                Worked::Again { reason, .. } => {
                    tracing::info!(job = %id, kind, "jobs.work: {kind} {id} is tried again: {reason}");
                }
                Worked::Failed { reason } => {
                    tracing::warn!(job = %id, kind, "jobs.work: {kind} {id} failed: {reason}");
                }
                Worked::Stopped { reason } => {
                    tracing::error!(job = %id, kind, lane, "jobs.work: {kind} waits with all of lane {lane}: {reason}");
                }
            }
            for nth in 1..=NOTES {
                let Err(error) = begun::note(&pool, &lane, &job, worker, &worked).await else { break };
                if nth < NOTES {
                    tokio::time::sleep(LATER).await;
                } else {
                    tracing::warn!(job = %id, error = %error, "jobs.note: left to whoever finds its lease over");
                }
            }
            known.all().remove(&id);
        }
    }

    async fn take_back(&self, all: bool) {
        match begun::take_back(&self.pool, all).await {
            Ok(0) => {}
            Ok(found) => tracing::warn!("jobs.take_back: {found} jobs were a process's that is gone"),
            Err(error) => {
                tracing::warn!(error = %error, "jobs.take_back: could not be finished, and is tried again");
            }
        }
    }
}

/// Says that this process lives, until all that it began is finished.
async fn beat(pool: PgPool, worker: Uuid, stop: CancellationToken, (doing, tasks): (Arc<Doing>, TaskTracker)) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            () = async { stop.cancelled().await; tasks.wait().await } => return,
        }
        let jobs: Vec<Uuid> = doing.all().keys().copied().collect();
        if let Err(error) = begun::renew(&pool, worker, &jobs).await {
            tracing::warn!(error = %error, "jobs.renew: could not be finished, and is tried again");
        }
    }
}
