//! Building a generation beside the one that is read.

use std::sync::Arc;
use std::time::Duration;

use leadflow_event_store::LogReader;
use sqlx::{Executor, PgPool, Postgres, Transaction};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::compare::{self, Comparison};
use super::exchange::{self, Swapped};
use super::{GenerationError, discard};
use crate::projector::make;
use crate::runtime::{Fold, LEASE, Pace, Run, Step, Tail};
use crate::{Claim, Follow, Generation, Lease, PageError, Projector};

/// What it takes to build: the owner's rights for tables, the application's for rows, and the log.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// Makes, renames and drops schemas.
    pub owner: PgPool,
    /// Folds.
    pub pool: PgPool,
    /// Reads the log.
    pub reader: LogReader,
    /// The process that builds.
    pub process: Uuid,
    /// Ends the building between two pages.
    pub stop: CancellationToken,
}

/// How far a building is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Built {
    /// Up to here it is built.
    pub position: i64,
    /// How far the one is that is read.
    pub of: i64,
}

/// A generation that is being built by this process.
#[derive(Debug)]
pub struct Rebuild<P> {
    workshop: Workshop,
    projector: P,
    run: Run<Fold<P>>,
    lease: Lease,
}

/// Brings a generation up to the event `until` of the log, and leaves it there.
///
/// # Errors
/// [`GenerationError`].
pub async fn fold<P: Projector + Clone>(
    workshop: Workshop,
    projector: P,
    generation: Generation,
    until: i64,
) -> Result<(), GenerationError> {
    let mut folding = Rebuild::of(workshop, projector, generation).await?;
    while folding.lease.position < until {
        folding.step(until).await?;
    }
    folding.leave().await
}

/// How long a page that can't be dealt with now is left alone.
const PAUSE: Duration = Duration::from_millis(500);

impl<P: Projector + Clone> Rebuild<P> {
    /// Makes its tables, or finds those of a building that ended before it was done.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub async fn begin(workshop: Workshop, projector: P) -> Result<Self, GenerationError> {
        Self::of(workshop, projector, Generation::Next).await
    }

    async fn of(workshop: Workshop, projector: P, generation: Generation) -> Result<Self, GenerationError> {
        make(&workshop.owner, &projector.definition(), generation).await?;
        let follow = Follow {
            reader: workshop.reader.clone(),
            // Nobody calls: it goes on until it has caught up.
            head: watch::channel(0).1,
            stop: workshop.stop.clone(),
        };
        let fold = Fold { projector: projector.clone(), generation };
        // Two pages are read while one is written.
        let budget = Arc::new(Semaphore::new(3));
        let tail = Arc::new(Tail::new(follow.reader.clone(), follow.head.clone(), Arc::clone(&budget)));
        let mut run = Run::new(fold, workshop.pool.clone(), follow, tail, workshop.process, Pace::Building, budget);
        let lease = run.checkpoint().lease(Claim::IfFree).await?.ok_or(GenerationError::BeingBuilt)?;
        run.take_up().await?;
        Ok(Self { workshop, projector, run, lease })
    }

    /// How far it is.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.lease.position
    }

    /// Folds until it has caught up with the one that is read. It is told of after every page.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub async fn catch_up(&mut self, mut told: impl FnMut(Built)) -> Result<(), GenerationError> {
        loop {
            let of = self.serving_position().await?;
            told(Built { position: self.lease.position, of });
            if self.lease.position >= of {
                return Ok(());
            }
            self.step(of).await?;
        }
    }

    /// Brings it to the very position of the one that is read and compares the two, row by row where they differ. The
    /// other folds on meanwhile.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub async fn compare(&mut self, told: impl FnMut(&str)) -> Result<Comparison, GenerationError> {
        self.analyze().await?;
        let held = self.at_the_same_position().await?;
        let mut snapshot = self.workshop.owner.begin_with("begin isolation level repeatable read read only").await?;
        let definition = self.projector.definition();
        let tables = compare::tables(&mut snapshot, &definition).await?;
        // The snapshot is taken; the other may go on.
        held.rollback().await?;
        let comparison = compare::compare(&mut snapshot, &definition, self.lease.position, &tables, told);
        self.keeping_the_lease(comparison).await
    }

    /// The planner must not take it for empty when it is read: autovacuum would come to it a minute later.
    async fn analyze(&self) -> Result<(), GenerationError> {
        let mut owner = self.workshop.owner.acquire().await?;
        let definition = self.projector.definition();
        let schema = definition.schema_of(Generation::Next);
        for table in compare::tables(&mut owner, &definition).await? {
            let analyze = format!("analyze {schema}.{table}");
            self.keeping_the_lease(async { Ok(owner.execute(analyze.as_str()).await?) }).await?;
        }
        Ok(())
    }

    /// Puts it in the place of the one that is read, which becomes the one before. What was the one before is dropped.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub async fn swap(mut self) -> Result<Swapped, GenerationError> {
        let definition = self.projector.definition();
        discard::drop_if_there(&self.workshop.owner, &definition, Generation::Previous).await?;
        let begun = Instant::now();
        let held = self.at_the_same_position().await?;
        exchange::next_to_serving(held, &definition, self.workshop.process).await?;
        Ok(Swapped { position: self.lease.position, took: begun.elapsed() })
    }

    /// Leaves it as it is, to go on later.
    ///
    /// # Errors
    /// The database's.
    pub async fn leave(self) -> Result<(), GenerationError> {
        Ok(self.run.checkpoint().release().await?)
    }

    /// Drops it.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub async fn discard(self) -> Result<(), GenerationError> {
        discard::drop_if_there(&self.workshop.owner, &self.projector.definition(), Generation::Next).await?;
        Ok(())
    }

    /// A transaction that holds the checkpoint of the one that is read, to which this one has come.
    async fn at_the_same_position(&mut self) -> Result<Transaction<'static, Postgres>, GenerationError> {
        // What is missing while the row is held holds up the other: it is little.
        self.catch_up(|_| {}).await?;
        let mut held = self.workshop.owner.begin().await?;
        let position = exchange::hold(&mut held, &self.projector.definition().consumer()).await?;
        while self.lease.position < position {
            self.step(position).await?;
        }
        Ok(held)
    }

    async fn step(&mut self, until: i64) -> Result<(), GenerationError> {
        if self.workshop.stop.is_cancelled() {
            return Err(GenerationError::Stopped);
        }
        match self.run.step(self.lease, until, false).await {
            Ok(Step::Moved(lease) | Step::CaughtUp(lease)) => self.lease = lease,
            Ok(Step::Smaller | Step::Idle) => {}
            Ok(Step::LeaseLost) => return Err(GenerationError::TakenOver),
            Err(error) if error.is_passing() => {
                tracing::warn!(error = %error, "generation.build: a page can't be dealt with now");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn serving_position(&self) -> Result<i64, GenerationError> {
        let consumer = self.projector.definition().consumer();
        Ok(sqlx::query_scalar("select position from checkpoints where consumer = $1")
            .bind(consumer)
            .fetch_one(&self.workshop.pool)
            .await?)
    }

    /// Work that moves no checkpoint, and may take longer than a lease.
    async fn keeping_the_lease<T>(
        &self,
        work: impl Future<Output = Result<T, GenerationError>>,
    ) -> Result<T, GenerationError> {
        let keep = async {
            loop {
                tokio::time::sleep(LEASE / 3).await;
                match self.run.checkpoint().renew(self.lease).await {
                    Ok(true) => {}
                    Ok(false) => return GenerationError::TakenOver,
                    Err(error) => return PageError::from(error).into(),
                }
            }
        };
        tokio::select! {
            done = work => done,
            lost = keep => Err(lost),
            () = self.workshop.stop.cancelled() => Err(GenerationError::Stopped),
        }
    }
}
