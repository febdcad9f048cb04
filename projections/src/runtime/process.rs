//! All that one process runs.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::held::Held;
use super::run::{Pace, Run};
use super::sharing::{Assigned, Sharing};
use super::tail::Tail;
use super::{Consumer, Fold, Follow, ProjectorProgress, Reached};
use crate::{Generation, Projector};

/// Runs what follows the log.
#[derive(Debug)]
pub struct Runtime {
    pool: PgPool,
    follow: Follow,
    tail: Arc<Tail>,
    process: Uuid,
    alone: bool,
    budget: Arc<Semaphore>,
    paused: watch::Receiver<bool>,
    sharing: Sharing,
    assigned: Assigned,
    tasks: TaskTracker,
    progress: HashMap<String, watch::Receiver<Reached>>,
}

impl Runtime {
    /// For the process `process`. `alone`: no other process can be at work on this database, so that leases found
    /// are those of the dead. `connections`: how many of the pool its followers may hold at a time; the others are for
    /// whoever writes to the log. `paused`: whether what acts waits; read models are folded all the same.
    #[must_use]
    pub fn new(
        pool: PgPool,
        follow: Follow,
        process: Uuid,
        alone: bool,
        connections: usize,
        paused: watch::Receiver<bool>,
    ) -> Self {
        let (sharing, assigned) = Sharing::new(pool.clone(), process, alone, follow.stop.clone());
        let budget = Arc::new(Semaphore::new(connections.max(1)));
        let tail = Arc::new(Tail::new(follow.reader.clone(), follow.head.clone(), Arc::clone(&budget)));
        let (tasks, progress) = (TaskTracker::new(), HashMap::new());
        Self { pool, follow, tail, process, alone, budget, paused, sharing, assigned, tasks, progress }
    }

    /// Runs `projector` until the process stops: the read model, and the generation before it while there is one, so
    /// that it can come back.
    pub fn project<P: Projector + Clone>(&mut self, projector: P) {
        self.run(Fold { projector: projector.clone(), generation: Generation::Previous }, None);
        self.run(Fold { projector, generation: Generation::Serving }, None);
    }

    /// Runs `consumer`, which acts, until the process stops. While what acts is paused, its checkpoint stays where it is.
    pub fn follow<C: Consumer>(&mut self, consumer: C) {
        self.run(consumer, Some(self.paused.clone()));
    }

    fn run<C: Consumer>(&mut self, consumer: C, paused: Option<watch::Receiver<bool>>) {
        let (told, progress) = watch::channel(Reached::default());
        self.progress.insert(consumer.consumer(), progress);
        self.sharing.add(consumer.consumer());
        let (pool, follow, tail) = (self.pool.clone(), self.follow.clone(), Arc::clone(&self.tail));
        let run = Run::new(consumer, pool, follow, tail, self.process, Pace::Live, Arc::clone(&self.budget));
        let held = Held { run, alone: self.alone, assigned: self.assigned.clone(), paused, told };
        self.tasks.spawn(held.run());
    }

    /// How far they are, and what to wait for when the process stops.
    #[must_use]
    pub fn started(self) -> (ProjectorProgress, TaskTracker) {
        self.tasks.spawn(self.sharing.run());
        self.tasks.close();
        (ProjectorProgress(Arc::new(self.progress)), self.tasks)
    }
}
