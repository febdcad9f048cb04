//! `leadflow bench sight`: what an inbox costs whoever sees a part of it, beside whoever sees all of it, in businesses of 100,000
//! conversations.
//!
//! The reads alone are measured, as the API makes them: what comes before and behind them costs everybody the same. Before
//! anything is measured, each list must be what SQL by hand finds.

mod judged;
mod viewer;

use std::collections::HashMap;
use std::time::Duration;

use anyhow::ensure;
use leadflow_bench::{Bed, Conditions, Figures, Machine, Pace, Report, Seen, Step, closed_loop};

use self::viewer::{Looker, Viewer};
use super::graphql::Filled;
use super::{Tell, intake, on_a_bed};
use crate::reads::Reads;

/// Conversations of a page, and messages of each.
const CONVERSATIONS: u32 = 50;
const MESSAGES: u32 = 20;

/// Conversations that fall to the member who has few.
const FEW: u32 = 100;

/// What is measured, and for how long.
pub(super) struct Plan {
    intake: intake::Plan,
    pace: Pace,
    rounds: u32,
    conversations: u32,
    only: Option<String>,
}

/// Whose a business's conversations are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shares {
    /// Half of them are one member's, all others twenty members'.
    Assigned,
    /// Nine in ten are nobody's, all others twenty members'.
    Queue,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    /// 50 conversations, each with its last 20 messages.
    Inbox,
    /// The same without messages.
    List,
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Cell {
    shares: Shares,
    operation: Operation,
    viewer: Viewer,
}

/// All that was measured, one entry a round.
type Measured = HashMap<Cell, Vec<Figures>>;

impl Shares {
    const ALL: [Self; 2] = [Self::Assigned, Self::Queue];

    fn name(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Queue => "queue",
        }
    }

    /// Which of the bench's businesses has them.
    fn business(self) -> usize {
        match self {
            Self::Assigned => 0,
            Self::Queue => 1,
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
        format!("{}/{}/{}", self.shares.name(), self.operation.name(), self.viewer.name())
    }
}

impl Plan {
    /// Everything.
    pub(super) fn full(intake: intake::Plan, seconds: f64, rounds: u32) -> Self {
        let measured = Duration::from_secs_f64(seconds);
        let pace = Pace { warm_up: measured.min(Duration::from_secs(1)), measured };
        Self { intake, pace, rounds, conversations: 100_000, only: None }
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        Self { intake: self.intake.small(), pace: self.pace.small(), conversations: 1_000, ..self }
    }

    /// Nothing but what has `only` in its name.
    pub(super) fn only(self, only: &str) -> anyhow::Result<Self> {
        let plan = Self { only: Some(only.to_owned()), ..self };
        ensure!(!plan.cells().is_empty(), leadflow_bench::BadPlan::Nothing);
        Ok(plan)
    }

    /// Those of one round, in this order: what is compared is measured one right after the other.
    fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for shares in Shares::ALL {
            for operation in Operation::ALL {
                cells.extend(Viewer::of(shares).iter().map(|viewer| Cell { shares, operation, viewer: *viewer }));
            }
        }
        if let Some(only) = &self.only {
            cells.retain(|cell| cell.name().contains(only));
        }
        cells
    }

    /// Whose the `i`-th conversation of all is. A fifth of each business's is busy, as `filled.sql` has it: of these some, evenly
    /// spread, are the member's who has few, so that there is as much to read in hers as in the owner's.
    fn whose(&self) -> String {
        let businesses = Shares::ALL.len();
        let nth_busy = (self.conversations / 5 / FEW).max(1);
        let of_business = Shares::ALL.map(|shares| {
            let one_of_twenty = format!("{}::uuid", viewer::member_in_sql(shares, &format!("i / {businesses} / 10 % 20")));
            let others = match shares {
                Shares::Assigned => {
                    format!("when i / {businesses} % 2 = 1 then '{}'::uuid else {one_of_twenty}", viewer::many(shares))
                }
                Shares::Queue => format!("when i / {businesses} % 20 in (3, 5) then {one_of_twenty}"),
            };
            format!(
                "when i % {businesses} = {} then case \
                     when i / {businesses} % 5 = 0 and i / {businesses} / 5 % {nth_busy} = 0 then '{}'::uuid {others} end",
                shares.business(),
                viewer::few(shares)
            )
        });
        format!("case {} end", of_business.join(" "))
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
    let businesses = u32::try_from(Shares::ALL.len())?;
    let filled = Filled::make(&plan.intake, bed, (businesses, businesses * plan.conversations), &plan.whose()).await?;
    viewer::form_teams(&filled).await?;
    let app = filled.app().await?;
    let reads = Reads::for_serving(&app.storage, &app.config).await?;
    let measured = measure(plan, &filled, &reads, tell).await;
    reads.tenants.pool().close().await;
    app.close().await?;
    filled.end(bed).await?;
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: judged::rows(&measured?) })
}

async fn measure(plan: &Plan, filled: &Filled, reads: &Reads, tell: Tell<'_>) -> anyhow::Result<Measured> {
    let cells = plan.cells();
    for cell in &cells {
        viewer::compare(*cell, filled, &reads.tenants).await?;
    }
    let of = cells.len() * plan.rounds as usize;
    let mut measured = Measured::new();
    for round in 0..plan.rounds as usize {
        for (nth, cell) in cells.iter().enumerate() {
            let what = cell.name();
            tell(Step::Begun(&what));
            // One who looks, and looks again: others would make her wait for a core, whatever she sees.
            let looker = Looker::new(*cell, filled, reads.tenants.clone());
            let figures = closed_loop(vec![looker], plan.pace).await.map(Seen::figures)?;
            tell(Step::Measured { nth: round * cells.len() + nth + 1, of, what: &what, figures: Some(figures) });
            measured.entry(*cell).or_default().push(figures);
        }
    }
    Ok(measured)
}
