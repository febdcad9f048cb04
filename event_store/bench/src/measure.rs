//! The run: everything in turn, round after round.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::bed::{Bed, Database};
use crate::cell::Cell;
use crate::closed_loop::Figures;
use crate::idle::Idle;
use crate::load::Cached;
use crate::message::Workload;
use crate::ours::{self, LogFacts};
use crate::report::Report;
use crate::sample::Sample;
use crate::streams::Streams;
use crate::{BenchError, Machine, Plan, judged, pgbench, plain, processes, stock};

/// How far it is.
#[derive(Debug)]
pub enum Step<'a> {
    /// Where it is measured.
    On(&'a Machine),
    /// What is being prepared.
    Preparing(&'a str),
    /// What is measured now.
    Begun(&'a str),
    /// What was measured.
    Measured {
        /// The how-manieth.
        nth: usize,
        /// Of how many.
        of: usize,
        /// What.
        what: &'a str,
        /// What came of it; `None` where it can't be measured here.
        figures: Option<Figures>,
    },
}

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// One entry a round.
    pub(crate) figures: HashMap<Cell, Vec<Figures>>,
    /// Of the log that most clients wrote, one entry a round.
    pub(crate) facts: Vec<LogFacts>,
    /// Of a load of a long and of a short stream.
    pub(crate) rows_read: Option<(f64, f64)>,
    pub(crate) cached: Option<Cached>,
}

/// Measures everything on a Postgres of its own, and leaves nothing behind, also when `stop` completes or something
/// fails.
///
/// # Errors
/// [`BenchError`]: nothing half-measured is reported.
pub async fn run(
    plan: &Plan,
    stop: impl Future<Output = ()>,
    tell: &(dyn Fn(Step<'_>) + Sync),
) -> Result<Report, BenchError> {
    tell(Step::Preparing("a PostgreSQL of its own"));
    let bed = Bed::make(plan.binaries.clone()).await?;
    let run = Run { plan, bed: &bed, tell };
    let report = tokio::select! {
        report = Box::pin(run.all()) => report,
        () = stop => Err(BenchError::Stopped),
    };
    let cleared = bed.clear().await;
    let report = report?;
    cleared?;
    Ok(report)
}

struct Run<'a> {
    plan: &'a Plan,
    bed: &'a Bed,
    tell: &'a (dyn Fn(Step<'_>) + Sync),
}

impl Run<'_> {
    async fn all(&self) -> Result<Report, BenchError> {
        let machine = Machine::look(self.bed).await?;
        (self.tell)(Step::On(&machine));
        let pgbench = pgbench::find(self.bed.binaries());
        if pgbench.is_none() && self.plan.require_all {
            return Err(BenchError::NoPgbench);
        }
        let cells = Cell::of(self.plan);
        let sample = Sample::capture(self.bed).await?;
        let streams = if cells.iter().any(|cell| matches!(cell, Cell::Stream { .. })) {
            (self.tell)(Step::Preparing("long streams and short ones"));
            Some(Streams::prepare(self.bed, self.plan).await?)
        } else {
            None
        };
        let mut contenders = Contenders { pgbench, sample, streams, idle: Idle::begin(self.bed).await? };
        let mut measured = Measured::default();
        let of = cells.len() * self.plan.rounds as usize;
        for round in 0..self.plan.rounds as usize {
            for (nth, cell) in cells.iter().enumerate() {
                let what = cell.to_string();
                (self.tell)(Step::Begun(&what));
                let figures = self.measure(*cell, &mut contenders, &mut measured.facts).await?;
                let nth = round * cells.len() + nth + 1;
                (self.tell)(Step::Measured { nth, of, what: &what, figures });
                measured.figures.entry(*cell).or_default().extend(figures);
            }
        }
        if let Some(streams) = contenders.streams {
            measured.rows_read = Some(streams.rows_read().await?);
            streams.end(self.bed).await?;
        }
        if self.plan.only.is_none() {
            let database = self.bed.database().await?;
            measured.cached = Some(processes::cached(self.bed, &database, self.plan).await?);
        }
        contenders.idle.end(self.bed).await?;
        Ok(Report { machine, conditions: self.plan.into(), rows: judged::rows(self.plan, &measured) })
    }

    /// `None` where it can't be measured here.
    async fn measure(
        &self,
        cell: Cell,
        contenders: &mut Contenders,
        facts: &mut Vec<LogFacts>,
    ) -> Result<Option<Figures>, BenchError> {
        let (plan, pace) = (self.plan, self.plan.pace);
        let Contenders { pgbench, sample, streams, idle } = contenders;
        let seen = match cell {
            Cell::Ours { workload, clients, asserting } => {
                let load = ours::Load { workload, clients, asserting };
                let (seen, found) = self.fresh(async |database| ours::measure(database, load, pace).await).await?;
                if workload == Workload::Growing && clients == plan.many && !asserting {
                    facts.push(found);
                }
                seen
            }
            Cell::TwoProcesses { workload } => {
                self.fresh(async |database| processes::two(self.bed, database, plan, workload).await).await?
            }
            Cell::Plain { workload, clients } => {
                self.fresh(async |database| plain::measure(database, sample, workload, clients, pace).await).await?
            }
            Cell::Stock { clients, pings } => {
                self.fresh(async |database| stock::measure(database, clients, pings, pace).await).await?
            }
            Cell::Idle { held, clients } => idle.measure(held, clients, pace).await?,
            Cell::Stream { length, at_hand, clients } => match streams {
                Some(streams) => streams.measure(length, at_hand, clients, pace).await?,
                None => return Ok(None),
            },
            Cell::Pgbench { clients } => {
                let (Some(program), folder) = (pgbench, self.bed.folder()) else { return Ok(None) };
                let measured =
                    self.fresh(async |database| pgbench::measure(program, folder, database, clients, pace).await);
                return Ok(Some(measured.await?));
            }
        };
        Ok(Some(seen.figures()))
    }

    /// Measures on a database that has seen nothing yet.
    async fn fresh<T>(&self, measure: impl AsyncFnOnce(&Database) -> Result<T, BenchError>) -> Result<T, BenchError> {
        let database = self.bed.database().await?;
        let measured = measure(&database).await?;
        self.bed.drop(database).await?;
        Ok(measured)
    }
}

/// What lives as long as the run.
struct Contenders {
    pgbench: Option<PathBuf>,
    sample: Sample,
    /// Prepared where they are measured.
    streams: Option<Streams>,
    idle: Idle,
}
