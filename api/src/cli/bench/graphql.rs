//! `leadflow bench graphql`: what an inbox costs over the API, beside PostGraphile on the same tables and beside the same
//! rows by SQL written by hand.
//!
//! Load and server share this process, and PostGraphile is another one that the same load asks. Before anything is measured
//! the answers of all three must be alike.

mod answer;
mod asker;
mod by_hand;
mod filled;
mod judged;
mod line;
mod peer;

use std::collections::HashMap;
use std::time::Duration;

use leadflow_bench::{Bed, Conditions, Figures, Machine, Pace, Report, Seen, Step, closed_loop};

use self::asker::Asker;
use self::by_hand::ByHand;
pub(super) use self::filled::Filled;
use self::peer::Peer;
use super::{Tell, intake, on_a_bed};
use crate::serving::Serving;

/// People who look at once.
const MANY: usize = 16;

/// Conversations of a page, and messages of each.
const CONVERSATIONS: usize = 50;
const MESSAGES: usize = 20;

/// A conversation that nobody in particular is to see to.
const WHOSE_IS_NOBODY_S: &str = "null::uuid";

/// What is measured, and for how long.
pub(super) struct Plan {
    intake: intake::Plan,
    pace: Pace,
    rounds: u32,
    businesses: u32,
    conversations: u32,
    contenders: Vec<Contender>,
    only: Option<String>,
    requires_all: bool,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Contender {
    /// The production route, with a bearer token.
    Ours,
    /// The same rows without HTTP, GraphQL, token and row-level security.
    ByHand,
    PostGraphile,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    /// 50 conversations, each with its last 20 messages: `docs/examples/inbox.graphql`.
    Inbox,
    /// The same without messages.
    List,
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Cell {
    operation: Operation,
    clients: usize,
    contender: Contender,
}

/// All that was measured, one entry a round.
type Measured = HashMap<Cell, Vec<Figures>>;

impl Contender {
    const ALL: [Self; 3] = [Self::Ours, Self::ByHand, Self::PostGraphile];

    /// As ids and progress say it.
    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::ByHand => "sql-by-hand",
            Self::PostGraphile => "postgraphile",
        }
    }
}

impl Operation {
    const ALL: [Self; 2] = [Self::Inbox, Self::List];

    fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::List => "list",
        }
    }
}

impl Cell {
    fn name(self) -> String {
        format!("{}/{}", self.condition(), self.contender.name())
    }

    fn condition(self) -> String {
        format!("{}/{}-client{}", self.operation.name(), self.clients, if self.clients == 1 { "" } else { "s" })
    }
}

impl Plan {
    /// Everything.
    pub(super) fn full(intake: intake::Plan, seconds: f64, rounds: u32, requires_all: bool) -> Self {
        let measured = Duration::from_secs_f64(seconds);
        // Short, as rounds are: the servers stay warm from one to the next, and the connections alone are new.
        let pace = Pace { warm_up: (measured / 4).min(Duration::from_secs(1)), measured };
        let contenders = Contender::ALL.to_vec();
        Self { intake, pace, rounds, businesses: 20, conversations: 100_000, contenders, only: None, requires_all }
    }

    /// Without PostGraphile.
    pub(super) fn without_peer(mut self) -> Self {
        self.contenders.retain(|contender| *contender != Contender::PostGraphile);
        self
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        // Long enough for some of them, however slow the machine.
        let pace =
            Pace { warm_up: Duration::from_millis(20), measured: self.pace.measured.max(Duration::from_secs(3)) };
        let rounds = self.rounds.min(3);
        Self { intake: self.intake.small(), pace, rounds, businesses: 3, conversations: 900, ..self }
    }

    /// Nothing but what has `only` in its name.
    pub(super) fn only(self, only: &str) -> anyhow::Result<Self> {
        let plan = Self { only: Some(only.to_owned()), ..self };
        anyhow::ensure!(!plan.cells().is_empty(), leadflow_bench::BadPlan::Nothing);
        Ok(plan)
    }

    /// Those of one round, in this order: what is compared is measured one right after the other.
    fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for operation in Operation::ALL {
            for clients in [1, MANY] {
                cells.extend(self.contenders.iter().map(|contender| Cell {
                    operation,
                    clients,
                    contender: *contender,
                }));
            }
        }
        if let Some(only) = &self.only {
            cells.retain(|cell| cell.name().contains(only));
        }
        cells
    }
}

/// Measures everything on a Postgres of its own, and leaves nothing behind.
pub(super) async fn run(plan: &Plan, stopped: impl Future<Output = ()>, tell: Tell<'_>) -> anyhow::Result<Report> {
    on_a_bed(plan.intake.binaries(), stopped, tell, async |bed| Box::pin(all(plan, bed, tell)).await).await
}

async fn all(plan: &Plan, bed: &Bed, tell: Tell<'_>) -> anyhow::Result<Report> {
    let machine = Machine::look(bed).await?;
    tell(Step::On(&machine));
    tell(Step::Preparing("conversations and messages"));
    let sizes = (plan.businesses, plan.conversations);
    let filled = Filled::make(&plan.intake, bed, sizes, WHOSE_IS_NOBODY_S).await?;
    let peer = if plan.cells().iter().any(|cell| cell.contender == Contender::PostGraphile) {
        start_peer(plan, bed, &filled, tell).await?
    } else {
        None
    };
    let serving = Serving::start_without_workers(filled.app().await?).await?;
    let measured = Box::pin(measure(plan, &filled, &serving, peer.as_ref(), tell)).await;
    serving.stop().await?;
    if let Some(peer) = peer {
        peer.stop().await?;
    }
    filled.end(bed).await?;
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: judged::rows(&measured?) })
}

/// Who has no npm sees the other figures all the same.
async fn start_peer(plan: &Plan, bed: &Bed, filled: &Filled, tell: Tell<'_>) -> anyhow::Result<Option<Peer>> {
    tell(Step::Preparing("PostGraphile"));
    match Peer::start(bed, filled).await {
        Ok(peer) => Ok(Some(peer)),
        Err(error) if plan.requires_all => Err(error.context("PostGraphile can't be had")),
        Err(error) => {
            let told = format!("no PostGraphile, which can't be had: {error:#}");
            tell(Step::Preparing(&told));
            Ok(None)
        }
    }
}

async fn measure(
    plan: &Plan,
    filled: &Filled,
    serving: &Serving,
    peer: Option<&Peer>,
    tell: Tell<'_>,
) -> anyhow::Result<Measured> {
    let by_hand = ByHand::open(filled, MANY).await?;
    let askers = |contender: Contender, operation| match contender {
        Contender::Ours => Some(Asker::of_ours(serving.address(), filled, operation)),
        Contender::PostGraphile => peer.map(|peer| Asker::of_peer(peer.address(), filled, operation)),
        Contender::ByHand => None,
    };
    for operation in Operation::ALL {
        let others: anyhow::Result<Vec<Asker>> =
            Contender::ALL.into_iter().filter_map(|contender| askers(contender, operation)).collect();
        answer::compare(filled, operation, &by_hand, &others?).await?;
    }
    let cells = plan.cells();
    let of = cells.len() * plan.rounds as usize;
    let mut measured = Measured::new();
    for round in 0..plan.rounds as usize {
        for (nth, cell) in cells.iter().enumerate() {
            let what = cell.name();
            tell(Step::Begun(&what));
            let seen = if cell.contender == Contender::ByHand {
                let clients = (0..cell.clients).map(|nth| by_hand.client(cell.operation, nth)).collect();
                Some(closed_loop(clients, plan.pace).await?)
            } else if askers(cell.contender, cell.operation).is_some() {
                let clients: anyhow::Result<Vec<Asker>> = (0..cell.clients)
                    .filter_map(|nth| Some(askers(cell.contender, cell.operation)?.map(|asker| asker.drawing(nth))))
                    .collect();
                Some(closed_loop(clients?, plan.pace).await?)
            } else {
                None
            };
            let figures = seen.map(Seen::figures);
            tell(Step::Measured { nth: round * cells.len() + nth + 1, of, what: &what, figures });
            if let Some(figures) = figures {
                measured.entry(*cell).or_default().push(figures);
            }
        }
    }
    by_hand.close().await;
    Ok(measured)
}
