//! `leadflow bench limits`: how long it takes to learn whether something may be done once more, on the way of every request.
//!
//! No HTTP: what is measured is what a limit adds to a request.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use leadflow_bench::{
    Bed, BenchError, Client, Conditions, Figures, Machine, Pace, Report, Row, Seen, Step, Target, closed_loop, median,
};
use leadflow_event_store::{Keys, database, entropy};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use super::{Tell, intake, on_a_bed};
use crate::limits::{LimitKey, LimitKind, Limits, PATIENCE, Rates};

/// Requests at once.
const MANY: usize = 64;

/// What a check may take at most (product, I5).
const P99_MS: f64 = 5.0;

/// Connections of the process's pool; checks take one at a time.
const CONNECTIONS: u32 = 4;

/// What is measured, and for how long.
pub(super) struct Plan {
    intake: intake::Plan,
    rates: Rates,
    pace: Pace,
    rounds: u32,
    cells: Vec<Cell>,
}

/// Whose requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    /// Callers of the API, each until she has spent all: a hundredth of their checks asks the database.
    Callers,
    /// A stranger at each check: all of them ask the database.
    Strangers,
    /// Those who have spent all, and go on.
    Refused,
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Cell {
    who: Who,
    clients: usize,
}

type Measured = HashMap<Cell, Vec<Figures>>;

impl Who {
    const ALL: [Self; 3] = [Self::Callers, Self::Strangers, Self::Refused];

    /// As ids and progress say it.
    fn name(self) -> &'static str {
        match self {
            Self::Callers => "callers",
            Self::Strangers => "strangers",
            Self::Refused => "refused",
        }
    }
}

impl Cell {
    fn name(self) -> String {
        format!("limits/{}/{}-client{}", self.who.name(), self.clients, if self.clients == 1 { "" } else { "s" })
    }
}

impl Plan {
    /// Everything, at the limits of `rates`.
    pub(super) fn full(intake: intake::Plan, rates: Rates, seconds: f64, rounds: u32) -> Self {
        let measured = Duration::from_secs_f64(seconds);
        let pace = Pace { warm_up: measured.min(Duration::from_secs(1)), measured };
        let cells = Who::ALL.into_iter().flat_map(|who| [1, MANY].map(|clients| Cell { who, clients })).collect();
        Self { intake, rates, pace, rounds, cells }
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        Self { pace: self.pace.small(), ..self }
    }

    /// Nothing but what has `only` in its name.
    pub(super) fn only(mut self, only: &str) -> anyhow::Result<Self> {
        self.cells.retain(|cell| cell.name().contains(only));
        anyhow::ensure!(!self.cells.is_empty(), leadflow_bench::BadPlan::Nothing);
        Ok(self)
    }
}

/// Measures everything on a Postgres of its own, and leaves nothing behind.
pub(super) async fn run(plan: &Plan, stopped: impl Future<Output = ()>, tell: Tell<'_>) -> anyhow::Result<Report> {
    on_a_bed(plan.intake.binaries(), stopped, tell, async |bed| Box::pin(all(plan, bed, tell)).await).await
}

async fn all(plan: &Plan, bed: &Bed, tell: Tell<'_>) -> anyhow::Result<Report> {
    let machine = Machine::look(bed).await?;
    tell(Step::On(&machine));
    let mut measured = Measured::new();
    let of = plan.cells.len() * plan.rounds as usize;
    for round in 0..plan.rounds as usize {
        for (nth, cell) in plan.cells.iter().enumerate() {
            let what = cell.name();
            tell(Step::Begun(&what));
            let figures = measure(plan, *cell, bed).await?.figures();
            let nth = round * plan.cells.len() + nth + 1;
            tell(Step::Measured { nth, of, what: &what, figures: Some(figures) });
            measured.entry(*cell).or_default().push(figures);
        }
    }
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: rows(&measured) })
}

async fn measure(plan: &Plan, cell: Cell, bed: &Bed) -> anyhow::Result<Seen> {
    let database = bed.database().await?;
    let options: PgConnectOptions = database.url.parse()?;
    let pool = database::app_pool(options, CONNECTIONS).await?;
    let keys = Arc::new(Keys::derive(&entropy::bytes()));
    let limits = Limits::start(pool.clone(), keys, plan.rates, PATIENCE);
    let clients = (0..cell.clients).map(|_| Asker::new(cell.who, limits.clone(), plan.rates)).collect();
    let seen = closed_loop(clients, plan.pace).await?;
    drop(limits);
    pool.close().await;
    bed.drop(database).await?;
    Ok(seen)
}

/// Somebody who asks again and again.
struct Asker {
    who: Who,
    limits: Limits,
    key: LimitKey,
    /// Of this key.
    left: u32,
    /// What each key has.
    count: u32,
}

impl Asker {
    fn new(who: Who, limits: Limits, rates: Rates) -> Self {
        let count = match who {
            Who::Callers => rates.api.count(),
            Who::Strangers => 1,
            Who::Refused => u32::MAX,
        };
        Self { who, limits, key: somebody(), left: count, count }
    }
}

fn somebody() -> LimitKey {
    LimitKey::Id(Uuid::from_bytes(entropy::bytes()))
}

impl Client for Asker {
    async fn command(&mut self) -> Result<(), BenchError> {
        if self.left == 0 {
            (self.key, self.left) = (somebody(), self.count);
        }
        self.left -= 1;
        let kind = if self.who == Who::Callers { LimitKind::Api } else { LimitKind::Login };
        let checked = self.limits.check(kind, self.key.clone()).await;
        // A request has more to do than this; and the other clients are to have their turns.
        tokio::task::yield_now().await;
        match checked {
            Err(limited) if self.who != Who::Refused => {
                Err(BenchError::Command { contender: self.who.name(), reason: limited.to_string() })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// All rows that were measured.
fn rows(measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    for who in Who::ALL {
        for clients in [1, MANY] {
            let cell = Cell { who, clients };
            let figure = |of: fn(&Figures) -> f64| median(measured.get(&cell)?.iter().map(of));
            let name = cell.name();
            rows.push(Row::new(name.clone(), "checks/s", figure(|figures| figures.per_second)));
            rows.push(Row::new(format!("{name}/p50"), "ms", figure(|figures| figures.p50)));
            let row = Row::new(format!("{name}/p99"), "ms", figure(|figures| figures.p99)).within(Some(P99_MS));
            // Many strangers who never pause keep the database busy, and wait for it: that shows how many it can count.
            let is_asked = who != Who::Strangers || clients == 1;
            rows.push(if is_asked { row.asking(Target::AtMost(1.0)) } else { row });
        }
    }
    rows.retain(|row| row.ours.is_some());
    rows
}
