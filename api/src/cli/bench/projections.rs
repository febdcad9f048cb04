//! `leadflow bench projections`: how soon read models show what happened, how fast they are rebuilt, and what growth
//! costs.

mod judged;
mod live;
mod log;
mod models;
mod rebuild;
mod sizes;
mod traffic;
mod writer;

use std::collections::HashMap;
use std::time::Duration;

use leadflow_bench::{BadPlan, Bed, Conditions, Figures, Machine, Pace, Report, Step};
use leadflow_event_store::PersonalValues;
use leadflow_projections::{self as projections, Definition};

use self::live::Live;
use self::log::Log;
use self::sizes::Sized;
use super::{Tell, intake, on_a_bed};

/// What is measured, and for how long.
pub(super) struct Plan {
    intake: intake::Plan,
    pace: Pace,
    rounds: u32,
    /// Of the log that is rebuilt.
    events: i64,
    /// Of the log that grows, rising.
    sizes: Vec<i64>,
    only: Option<String>,
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Plain(PersonalValues),
    Rebuild(Definition),
    Live,
    Shown(intake::Pace),
    Size(usize),
}

/// All that was measured, one entry a round; times in seconds.
#[derive(Default)]
struct Measured {
    events: f64,
    /// By whether values were opened.
    plain: HashMap<bool, Vec<f64>>,
    ours: HashMap<&'static str, Vec<f64>>,
    peak_mib: HashMap<&'static str, Vec<f64>>,
    copy: HashMap<&'static str, Vec<f64>>,
    one_statement: HashMap<&'static str, Vec<f64>>,
    live: Vec<Live>,
    shown: HashMap<intake::Pace, Vec<Figures>>,
    sized: Vec<(i64, Vec<Sized>)>,
}

impl Plan {
    /// Everything.
    pub(super) fn full(
        intake: intake::Plan,
        seconds: f64,
        rounds: u32,
        events: i64,
        sizes: Vec<i64>,
    ) -> anyhow::Result<Self> {
        anyhow::ensure!((1_000..=1_000_000_000).contains(&events), "a log to rebuild has 1,000 to a billion events");
        anyhow::ensure!(
            sizes.first().is_none_or(|first| *first >= 1_000) && sizes.is_sorted(),
            "sizes rise, from 1,000 events"
        );
        let measured = Duration::from_secs_f64(seconds);
        let pace = Pace { warm_up: measured.min(Duration::from_secs(1)), measured };
        Ok(Self { intake, pace, rounds, events, sizes, only: None })
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        Self { intake: self.intake.small(), pace: self.pace.small(), events: 2_000, sizes: vec![1_000, 2_000], ..self }
    }

    /// Nothing but what has `only` in its name.
    pub(super) fn only(self, only: &str) -> anyhow::Result<Self> {
        let plan = Self { only: Some(only.to_owned()), ..self };
        anyhow::ensure!(!plan.cells().is_empty(), BadPlan::Nothing);
        Ok(plan)
    }

    /// Those of one round, in this order.
    fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![Cell::Plain(PersonalValues::Sealed), Cell::Plain(PersonalValues::Opened)];
        cells.extend(projections::all().into_iter().map(Cell::Rebuild));
        cells.push(Cell::Live);
        cells.extend(intake::Pace::ALL.map(Cell::Shown));
        cells.extend((0..self.sizes.len()).map(Cell::Size));
        if let Some(only) = &self.only {
            cells.retain(|cell| self.name(*cell).contains(only));
        }
        cells
    }

    /// As progress says it.
    fn name(&self, cell: Cell) -> String {
        match cell {
            // Few events are opened for a model that names their types.
            Cell::Plain(PersonalValues::Sealed | PersonalValues::OpenedOf(_)) => "rebuild/read-sealed".to_owned(),
            Cell::Plain(PersonalValues::Opened) => "rebuild/read-opened".to_owned(),
            Cell::Rebuild(definition) => format!("rebuild/{}", definition.name),
            Cell::Live => "live-beside-a-rebuild".to_owned(),
            Cell::Shown(pace) => format!("shown/{}", pace.name()),
            Cell::Size(nth) => format!("size/{}-events", self.sizes[nth]),
        }
    }
}

/// Measures everything on a Postgres of its own, and leaves nothing behind.
pub(super) async fn run(plan: &Plan, stopped: impl Future<Output = ()>, tell: Tell<'_>) -> anyhow::Result<Report> {
    on_a_bed(plan.intake.binaries(), stopped, tell, async |bed| all(plan, bed, tell).await).await
}

async fn all(plan: &Plan, bed: &Bed, tell: Tell<'_>) -> anyhow::Result<Report> {
    let machine = Machine::look(bed).await?;
    tell(Step::On(&machine));
    let mut run = Run { plan, bed, tell, nth: 0, measured: Measured::default() };
    Box::pin(run.rebuilds()).await?;
    Box::pin(run.shown()).await?;
    Box::pin(run.sizes()).await?;
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: judged::rows(&projections::all(), &run.measured).await? })
}

struct Run<'a> {
    plan: &'a Plan,
    bed: &'a Bed,
    tell: Tell<'a>,
    nth: usize,
    measured: Measured,
}

impl Run<'_> {
    fn cells(&self, of: fn(&Cell) -> bool) -> Vec<Cell> {
        self.plan.cells().into_iter().filter(of).collect()
    }

    async fn log(&self, most: i64) -> anyhow::Result<Log> {
        Log::make(self.bed, |url| self.plan.intake.config(self.bed, url), most).await
    }

    fn told(&mut self, cell: Cell, figures: Figures) {
        self.nth += 1;
        let of = self.plan.cells().len() * self.plan.rounds as usize;
        let what = self.plan.name(cell);
        (self.tell)(Step::Measured { nth: self.nth, of, what: &what, figures: Some(figures) });
    }

    /// On one log, in turn.
    async fn rebuilds(&mut self) -> anyhow::Result<()> {
        let cells = self.cells(|cell| matches!(cell, Cell::Plain(_) | Cell::Rebuild(_) | Cell::Live));
        if cells.is_empty() {
            return Ok(());
        }
        (self.tell)(Step::Preparing("a long log"));
        let mut log = self.log(self.plan.events).await?;
        log.fill(self.plan.events).await?;
        log.verify().await?;
        self.measured.events = log.head() as f64;
        for round in 0..self.plan.rounds as usize {
            for cell in &cells {
                (self.tell)(Step::Begun(&self.plan.name(*cell)));
                let figures = match cell {
                    Cell::Plain(personal) => self.plain(&log, *personal).await?,
                    Cell::Rebuild(definition) => self.rebuild(&log, definition).await?,
                    Cell::Live | Cell::Shown(_) | Cell::Size(_) => continue,
                };
                self.told(*cell, figures);
            }
            if round + 1 == self.plan.rounds as usize && cells.iter().any(|cell| matches!(cell, Cell::Live)) {
                // Last: what it appends is not in the figures of the others.
                for round in 0..self.plan.rounds as usize {
                    let live = Box::pin(live::measure(&mut log, self.plan.pace, round)).await?;
                    self.measured.live.push(live);
                    self.told(Cell::Live, live.beside_rebuild);
                }
            }
        }
        log.end(self.bed).await
    }

    async fn plain(&mut self, log: &Log, personal: PersonalValues) -> anyhow::Result<Figures> {
        let took = rebuild::plain(log, personal).await?;
        let opened = personal == PersonalValues::Opened;
        self.measured.plain.entry(opened).or_default().push(took.as_secs_f64());
        Ok(self.rate(took))
    }

    async fn rebuild(&mut self, log: &Log, definition: &Definition) -> anyhow::Result<Figures> {
        let ours = rebuild::ours(log, definition).await?;
        let copy = rebuild::copy(log, definition).await?;
        let one_statement = rebuild::one_statement(log, definition).await?;
        rebuild::clear(log, definition).await?;
        let measured = &mut self.measured;
        let name = definition.name;
        measured.ours.entry(name).or_default().push(ours.took.as_secs_f64());
        measured.peak_mib.entry(name).or_default().push(ours.peak_mib);
        measured.copy.entry(name).or_default().push(copy.as_secs_f64());
        measured.one_statement.entry(name).or_default().push(one_statement.as_secs_f64());
        Ok(self.rate(ours.took))
    }

    fn rate(&self, took: Duration) -> Figures {
        Figures { per_second: self.measured.events / took.as_secs_f64(), ..Figures::default() }
    }

    async fn shown(&mut self) -> anyhow::Result<()> {
        let cells = self.cells(|cell| matches!(cell, Cell::Shown(_)));
        for _ in 0..self.plan.rounds {
            for cell in &cells {
                let Cell::Shown(pace) = cell else { continue };
                (self.tell)(Step::Begun(&self.plan.name(*cell)));
                let figures = intake::until_shown(*pace, &self.plan.intake, self.bed).await?;
                self.measured.shown.entry(*pace).or_default().push(figures);
                self.told(*cell, figures);
            }
        }
        Ok(())
    }

    /// On one log that grows; at each size all rounds.
    async fn sizes(&mut self) -> anyhow::Result<()> {
        let cells = self.cells(|cell| matches!(cell, Cell::Size(_)));
        let Some(most) = self.plan.sizes.last().copied().filter(|_| !cells.is_empty()) else { return Ok(()) };
        let mut log = self.log(most).await?;
        for cell in cells {
            let Cell::Size(nth) = cell else { continue };
            let events = self.plan.sizes[nth];
            (self.tell)(Step::Preparing("a longer log"));
            log.fill(events).await?;
            let mut rounds = Vec::new();
            for round in 0..self.plan.rounds {
                let sized = Box::pin(sizes::measure(&mut log, self.plan.pace, &format!("{events}.{round}"))).await?;
                rounds.push(sized);
                self.told(cell, sized.commands);
            }
            self.measured.sized.push((events, rounds));
        }
        log.end(self.bed).await
    }
}
