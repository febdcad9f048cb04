//! `leadflow bench intake`: what it costs to take a webhook, beside axum alone and beside the insert alone.
//!
//! Load and server are tasks of this one process and meet over loopback; so it is for axum alone, too.

mod contender;
mod judged;
mod message;
mod poster;
mod sustained;
mod watch;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use leadflow_bench::{Bed, Conditions, Figures, Machine, Report, Step};
use leadflow_event_store::entropy;

use self::contender::Contender;
pub(super) use self::contender::{Pace, until_shown};
use super::{Tell, on_a_bed};
use crate::config::{Config, SecretText};

/// The Meta app's secret.
pub(super) const SECRET: &str = "the bench's app secret";

/// What is measured, and for how long.
pub(super) struct Plan {
    config: Config,
    pace: leadflow_bench::Pace,
    rounds: u32,
    connections: usize,
    contenders: Vec<Contender>,
}

/// All that was measured, one entry a round.
type Measured = HashMap<Contender, Vec<Figures>>;

impl Plan {
    /// Everything, at the sizes of the targets.
    pub(super) fn full(config: Config, seconds: f64, rounds: u32) -> anyhow::Result<Self> {
        anyhow::ensure!((0.1..=600.0).contains(&seconds), leadflow_bench::BadPlan::Seconds);
        anyhow::ensure!((1..=99).contains(&rounds), leadflow_bench::BadPlan::Rounds);
        let measured = Duration::from_secs_f64(seconds);
        // Connections, plans and pages are there after that.
        let pace = leadflow_bench::Pace { warm_up: measured.min(Duration::from_secs(1)), measured };
        Ok(Self { config, pace, rounds, connections: 64, contenders: Contender::ALL.to_vec() })
    }

    /// The same in small, to see that everything runs. Its figures mean nothing.
    pub(super) fn small(self) -> Self {
        Self { pace: self.pace.small(), connections: 4, ..self }
    }

    /// Nothing but what has `only` in its name.
    pub(super) fn only(mut self, only: &str) -> anyhow::Result<Self> {
        self.contenders.retain(|contender| contender.name().contains(only));
        anyhow::ensure!(!self.contenders.is_empty(), leadflow_bench::BadPlan::Nothing);
        Ok(self)
    }

    /// Where PostgreSQL's programs are, if that was said.
    pub(super) fn binaries(&self) -> Option<PathBuf> {
        self.config.postgres_bin.clone()
    }

    /// How the product runs on a database of the bench's.
    pub(super) fn config(&self, bed: &Bed, url: &str) -> Config {
        let mut config = self.config.clone();
        config.data_dir = Some(bed.folder().to_owned());
        config.database_url = Some(SecretText::new(url.to_owned()));
        config.api_database_url = None;
        config.master_key = Some(SecretText::new(hex::encode(entropy::bytes::<32>())));
        config.meta_app_secret = Some(SecretText::new(SECRET.to_owned()));
        config.listen.set_port(0);
        config
    }
}

/// Measures everything on a Postgres of its own, and leaves nothing behind.
pub(super) async fn run(plan: &Plan, stopped: impl Future<Output = ()>, tell: Tell<'_>) -> anyhow::Result<Report> {
    on_a_bed(plan.binaries(), stopped, tell, async |bed| all(plan, bed, tell).await).await
}

async fn all(plan: &Plan, bed: &Bed, tell: Tell<'_>) -> anyhow::Result<Report> {
    let machine = Machine::look(bed).await?;
    tell(Step::On(&machine));
    let mut measured = Measured::new();
    let of = plan.contenders.len() * plan.rounds as usize;
    for round in 0..plan.rounds as usize {
        for (nth, contender) in plan.contenders.iter().enumerate() {
            let what = contender.name();
            tell(Step::Begun(what));
            let figures = contender.measure(plan, bed).await?;
            let nth = round * plan.contenders.len() + nth + 1;
            tell(Step::Measured { nth, of, what, figures: Some(figures) });
            measured.entry(*contender).or_default().push(figures);
        }
    }
    let conditions = Conditions { seconds: plan.pace.measured.as_secs_f64(), rounds: plan.rounds };
    Ok(Report { machine, conditions, rows: judged::rows(plan.connections, &measured) })
}
