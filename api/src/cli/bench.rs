//! `leadflow bench`.

mod dice;
mod graphql;
mod intake;
mod limits;
mod projections;
mod sending;
mod sight;
mod sign_in;
mod walk_in;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use leadflow_bench::{Bed, BenchError, Document, Plan, Report, Row, Step, serve_load};

use super::output;
use super::output::say;
use super::signals::asked_to_stop;
use crate::config::Config;

/// Where the figures stand in a checkout.
const DOCUMENT: &str = "docs/PERFORMANCE.md";

#[derive(Debug, Subcommand)]
pub(super) enum Bench {
    /// Measure appends to the event log beside stock postgres-es, plain group commit and pgbench
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end.
    /// What each row means stands in docs/PERFORMANCE.md.
    Append(Wanted),
    /// Measure how many signed webhooks are taken, beside axum alone and the insert alone
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end.
    /// The load comes from this process, over loopback. What each row means stands in docs/PERFORMANCE.md.
    Intake(Wanted),
    /// Measure how soon read models show what happened, how fast they are rebuilt, and what growth costs
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end.
    /// What each row means stands in docs/PERFORMANCE.md.
    Projections {
        #[command(flatten)]
        wanted: Wanted,
        /// Events of the log that is rebuilt
        #[arg(long, value_name = "N", default_value_t = 1_000_000)]
        events: i64,
        /// Events of the log that grows, each time it is measured; 1000000,3000000,10000000 takes the better part of an hour
        #[arg(long, value_name = "N,N,..", value_delimiter = ',', default_values_t = [100_000, 300_000, 1_000_000])]
        sizes: Vec<i64>,
    },
    /// Measure what an inbox costs over the API, beside PostGraphile and beside SQL written by hand
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end. PostGraphile
    /// is installed there by npm; where that fails its figures are left out. What each row means stands in docs/PERFORMANCE.md.
    // Its contenders are compared with one another: they take turns so often that whatever else slows the machine slows all of them.
    #[command(mut_arg("seconds", |arg| arg.default_value("2")), mut_arg("rounds", |arg| arg.default_value("9")))]
    Graphql {
        #[command(flatten)]
        wanted: Wanted,
        /// Leave PostGraphile out
        #[arg(long)]
        without_peer: bool,
    },
    /// Measure what an inbox costs whoever sees a part of it, beside whoever sees all of it
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end.
    /// What each row means stands in docs/PERFORMANCE.md.
    Sight(Wanted),
    /// Measure what a limit on how often something is done adds to a request
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end.
    /// What each row means stands in docs/PERFORMANCE.md.
    Limits(Wanted),
    /// Measure how fifty people sign in at once, and what a light query takes meanwhile
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end.
    /// What each row means stands in docs/PERFORMANCE.md.
    SignIn(Wanted),
    /// Measure how soon WhatsApp is asked to take what agents write, and how fast what waits leaves
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end. Agents come
    /// from this process, over loopback, and WhatsApp is played in it. What each row means stands in docs/PERFORMANCE.md.
    Sending {
        #[command(flatten)]
        wanted: Wanted,
        /// Messages that agents write a second, 1 to 1000
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        rate: u32,
    },
    /// Measure what a flood of walk-in forms leaves to visitors who are honest, and to the inbox
    ///
    /// Starts a durable Postgres of its own in a temporary directory (TMPDIR chooses the disk) and removes it in the end. The flood
    /// comes from this process, over loopback. What each row means stands in docs/PERFORMANCE.md.
    WalkIn(Wanted),
    /// Another process of a bench that runs
    #[command(hide = true)]
    AppendLoad,
}

/// What is measured, and where it is told.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// Seconds of each measurement, 0.1 to 600
    #[arg(long, value_name = "N", default_value_t = 5.0)]
    seconds: f64,
    /// How often each is measured, 1 to 99; medians are shown
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: u32,
    /// Measure only what has this in its name, as progress tells the names; the figures are written nowhere
    #[arg(long, value_name = "NAME", conflicts_with = "document")]
    only: Option<String>,
    /// Few clients and little data, to see that everything runs; the figures mean nothing
    #[arg(long)]
    small: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Fail when a target is missed
    #[arg(long)]
    strict: bool,
    /// Write the figures into this file [default: docs/PERFORMANCE.md if it is there, for a release build at full size]
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Write them nowhere
    #[arg(long, conflicts_with = "document")]
    no_document: bool,
}

impl Bench {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        match self {
            Self::Append(wanted) => {
                let plan = wanted.append(config)?;
                wanted.run("append", async |stopped, tell| Ok(leadflow_bench::run(&plan, stopped, tell).await?)).await
            }
            Self::Intake(wanted) => {
                let plan = wanted.intake(config)?;
                wanted.run("intake", async |stopped, tell| intake::run(&plan, stopped, tell).await).await
            }
            Self::Projections { wanted, events, sizes } => {
                let plan = wanted.projections(config, events, sizes)?;
                wanted.run("projections", async |stopped, tell| projections::run(&plan, stopped, tell).await).await
            }
            Self::Graphql { wanted, without_peer } => {
                let plan = wanted.graphql(config, without_peer)?;
                wanted.run("graphql", async |stopped, tell| graphql::run(&plan, stopped, tell).await).await
            }
            Self::Sight(wanted) => {
                let plan = wanted.sight(config)?;
                wanted.run("sight", async |stopped, tell| sight::run(&plan, stopped, tell).await).await
            }
            Self::Limits(wanted) => {
                let plan = wanted.limits(config)?;
                wanted.run("limits", async |stopped, tell| limits::run(&plan, stopped, tell).await).await
            }
            Self::SignIn(wanted) => {
                let plan = wanted.sign_in(config)?;
                wanted.run("sign-in", async |stopped, tell| sign_in::run(&plan, stopped, tell).await).await
            }
            Self::Sending { wanted, rate } => {
                let plan = wanted.sending(config, rate)?;
                wanted.run("sending", async |stopped, tell| sending::run(&plan, stopped, tell).await).await
            }
            Self::WalkIn(wanted) => {
                let plan = wanted.walk_in(config)?;
                wanted.run("walk-in", async |stopped, tell| walk_in::run(&plan, stopped, tell).await).await
            }
            Self::AppendLoad => {
                serve_load().await?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Hears how far a bench is.
type Tell<'a> = &'a (dyn Fn(Step<'_>) + Sync);

/// Completes when somebody asks to stop.
type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Measures on a Postgres of its own, and leaves nothing behind, also when somebody asks to stop.
async fn on_a_bed(
    binaries: Option<PathBuf>,
    stopped: impl Future<Output = ()>,
    tell: Tell<'_>,
    measure: impl AsyncFnOnce(&Bed) -> anyhow::Result<Report>,
) -> anyhow::Result<Report> {
    tell(Step::Preparing("a PostgreSQL of its own"));
    let bed = Bed::make(binaries).await?;
    let report = tokio::select! {
        report = Box::pin(measure(&bed)) => report,
        () = stopped => Err(BenchError::Stopped.into()),
    };
    let cleared = bed.clear().await;
    let report = report?;
    cleared?;
    Ok(report)
}

impl Wanted {
    fn append(&self, config: &Config) -> anyhow::Result<Plan> {
        let program = std::env::current_exe().context("this program's own path")?;
        let mut plan = Plan::full(program, self.seconds, self.rounds)?
            .with_binaries(config.postgres_bin.clone())
            .requiring_all(requires_all());
        if self.small {
            plan = plan.small();
        }
        if let Some(only) = &self.only {
            plan = plan.only(only.clone())?;
        }
        Ok(plan)
    }

    fn projections(&self, config: &Config, events: i64, sizes: Vec<i64>) -> anyhow::Result<projections::Plan> {
        let intake = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = projections::Plan::full(intake, self.seconds, self.rounds, events, sizes)?;
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    fn intake(&self, config: &Config) -> anyhow::Result<intake::Plan> {
        let plan = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    fn sight(&self, config: &Config) -> anyhow::Result<sight::Plan> {
        let intake = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = sight::Plan::full(intake, self.seconds, self.rounds);
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    fn graphql(&self, config: &Config, without_peer: bool) -> anyhow::Result<graphql::Plan> {
        let intake = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = graphql::Plan::full(intake, self.seconds, self.rounds, requires_all());
        let plan = if without_peer { plan.without_peer() } else { plan };
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    fn limits(&self, config: &Config) -> anyhow::Result<limits::Plan> {
        let intake = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = limits::Plan::full(intake, config.limits, self.seconds, self.rounds);
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    fn sign_in(&self, config: &Config) -> anyhow::Result<sign_in::Plan> {
        let intake = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = sign_in::Plan::full(intake, self.seconds, self.rounds);
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    fn walk_in(&self, config: &Config) -> anyhow::Result<walk_in::Plan> {
        let intake = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = walk_in::Plan::full(intake, self.seconds, self.rounds);
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    fn sending(&self, config: &Config, rate: u32) -> anyhow::Result<sending::Plan> {
        let intake = intake::Plan::full(config.clone(), self.seconds, self.rounds)?;
        let plan = sending::Plan::full(intake, self.seconds, self.rounds, rate);
        let plan = if self.small { plan.small() } else { plan };
        match &self.only {
            Some(only) => plan.only(only),
            None => Ok(plan),
        }
    }

    async fn run(
        &self,
        bench: &str,
        measure: impl AsyncFnOnce(Stopped, Tell<'_>) -> anyhow::Result<Report>,
    ) -> anyhow::Result<ExitCode> {
        let document = self.document(bench)?;
        // Listened for from the start: whoever interrupts must not leave a server behind.
        let stop = tokio::spawn(asked_to_stop());
        let progress = Progress::new();
        let stopped = Box::pin(async {
            let _ = stop.await;
        });
        let report = measure(stopped, &|step| progress.tell(&step)).await;
        progress.0.finish_and_clear();
        let report = report?;
        if self.json {
            output::json(&report.rows)?;
        } else {
            show(&report)?;
        }
        if let Some(document) = document {
            document.write(&report)?;
        }
        Ok(if self.strict && !report.all_met() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// Found before anything is measured: minutes later is late for being told that it is not there.
    fn document(&self, bench: &str) -> anyhow::Result<Option<Document>> {
        if let Some(path) = &self.document {
            return Ok(Some(Document::find(path, bench)?));
        }
        if self.no_document || self.small || self.only.is_some() || !Path::new(DOCUMENT).exists() {
            return Ok(None);
        }
        if cfg!(debug_assertions) {
            eprintln!("A debug build: {DOCUMENT} is left as it is.");
            return Ok(None);
        }
        Ok(Some(Document::find(Path::new(DOCUMENT), bench)?))
    }
}

fn show(report: &Report) -> anyhow::Result<()> {
    let rows = report.rows.iter().map(Row::cells).collect();
    output::table(&Row::HEADINGS, rows, "Nothing was measured.")?;
    say!("\n{}", report.conditions());
    Ok(())
}

/// Whether a program that is missing is an error.
fn requires_all() -> bool {
    std::env::var_os("LEADFLOW_REQUIRE_ALL").is_some_and(|value| value == "1")
}

/// A bar for people, and on standard error a line for each figure, since a run takes minutes.
struct Progress(ProgressBar);

impl Progress {
    fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {eta_precise} left  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }

    fn tell(&self, step: &Step<'_>) {
        let say = |line: String| self.0.suspend(|| eprintln!("{line}"));
        match step {
            Step::Preparing(what) => say(format!("Preparing {what}")),
            Step::On(machine) => {
                say(format!("On {machine}"));
                if machine.in_memory() {
                    say("This disk is in memory: nothing here is durable, and the figures say nothing.".to_owned());
                }
            }
            Step::Begun(what) => self.0.set_message((*what).to_owned()),
            Step::Measured { nth, of, what, figures } => {
                self.0.set_length(*of as u64);
                self.0.set_position(*nth as u64);
                say(match figures {
                    Some(figures) => format!("{nth}/{of} {what}: {figures}"),
                    None => format!("{nth}/{of} {what}: CAN'T BE MEASURED HERE, the program was not found"),
                });
            }
        }
    }
}
