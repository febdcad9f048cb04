//! The fault experiments in full.
//!
//! ```text
//! cargo run --release -p leadflow-tests --bin faults -- kill --kills 20 --report docs/reports/kill.md
//! cargo run --release -p leadflow-tests --bin faults -- points --kills 100 --report docs/reports/points.md
//! cargo run --release -p leadflow-tests --bin faults -- outbox --messages 5000 --kills 10 --report docs/reports/outbox.md
//! cargo run --release -p leadflow-tests --bin faults -- pace --seconds 60 --report docs/reports/pace.md
//! cargo run --release -p leadflow-tests --bin faults -- rebuilds --times 20 --report docs/reports/rebuilds.md
//! cargo run --release -p leadflow-tests --bin faults -- import --report docs/reports/import.md
//! cargo run --release -p leadflow-tests --bin faults -- start --runs 5 --report docs/reports/start.md
//! ```

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use leadflow_tests::faults::{import, kill, outbox, pace, points, rebuilds, start};
use leadflow_tests::trace;

/// Breaks a running LeadFlow on purpose, and measures it.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    experiment: Experiment,
    /// Also write the report to this file.
    #[arg(long, global = true)]
    report: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Experiment {
    /// kill -9 of `serve` at random moments while customers write.
    Kill {
        /// How often.
        #[arg(long, default_value_t = 20)]
        kills: u32,
        /// What an earlier run printed, to have its texts and moments again.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// kill -9 of `serve` at named points of a delivery's way.
    Points {
        /// How often.
        #[arg(long, default_value_t = 100)]
        kills: u32,
        /// What an earlier run printed, to have its texts again.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// kill -9 of `serve` at random moments while it sends an outbox.
    Outbox {
        /// How many messages; at most 5,000, and 10 to each customer.
        #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u16).range(10..=5_000))]
        messages: u16,
        /// How often.
        #[arg(long, default_value_t = 10)]
        kills: u32,
        /// What an earlier run printed, to have its moments again.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Two processes on one database that send from one number.
    Pace {
        /// How long, with as many messages as may be sent in that time.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(3..=110))]
        seconds: u16,
    },
    /// Rebuilding read models while customers write, with kill -9 of some builders.
    Rebuilds {
        /// How often.
        #[arg(long, default_value_t = 20)]
        times: u32,
        /// How many events the log has before the first.
        #[arg(long, default_value_t = 100_000)]
        events: u64,
        /// What an earlier run printed, to have its texts and moments again.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// kill -9 of `serve` in the middle of a file of leads.
    Import {
        /// How large the file is, in MiB.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=100))]
        mib: u16,
        /// What an earlier run printed, to be killed at the same row.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Cold and warm start, and memory when idle.
    Start {
        /// How many new installations.
        #[arg(long, default_value_t = 5)]
        runs: u32,
        /// For how many seconds a server idles before its memory is read.
        #[arg(long, default_value_t = 3)]
        idle: u64,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { experiment, report } = Arguments::parse();
    match experiment {
        Experiment::Kill { kills, seed } => {
            let seed = seed.map_or_else(trace::seed, Ok)?;
            eprintln!("seed {seed}");
            let outcome = kill::run(kill::Plan::new(seed, kills)).await?;
            publish(&outcome.markdown(), report.as_deref())?;
            outcome.hit_hard_enough()?;
            of_a_release_build(|| outcome.arrived_quickly_enough())
        }
        Experiment::Points { kills, seed } => {
            let seed = seed.map_or_else(trace::seed, Ok)?;
            eprintln!("seed {seed}");
            publish(&points::run(seed, kills).await?.markdown(), report.as_deref())
        }
        Experiment::Outbox { messages, kills, seed } => {
            let seed = seed.map_or_else(trace::seed, Ok)?;
            eprintln!("seed {seed}");
            let messages = usize::from(messages / 10 * 10);
            let outcome = outbox::run(outbox::Plan::new(seed, messages, kills)).await?;
            publish(&outcome.markdown(), report.as_deref())?;
            outcome.hit_hard_enough()
        }
        Experiment::Pace { seconds } => {
            let outcome = pace::run(seconds).await?;
            publish(&outcome.markdown(), report.as_deref())?;
            of_a_release_build(|| outcome.reached_enough())
        }
        Experiment::Rebuilds { times, events, seed } => {
            let seed = seed.map_or_else(trace::seed, Ok)?;
            eprintln!("seed {seed}");
            publish(&rebuilds::run(seed, times, events).await?.markdown(), report.as_deref())
        }
        Experiment::Import { mib, seed } => {
            let seed = seed.map_or_else(trace::seed, Ok)?;
            eprintln!("seed {seed}");
            let outcome = import::run(import::Plan::of_bytes(seed, usize::from(mib) << 20)).await?;
            publish(&outcome.markdown(), report.as_deref())?;
            of_a_release_build(|| outcome.is_fast_and_small())
        }
        Experiment::Start { runs, idle } => {
            let mut measured = Vec::new();
            for _ in 0..runs {
                measured.push(start::measure(Duration::from_secs(idle)).await?);
            }
            publish(&start::markdown(&measured), report.as_deref())?;
            of_a_release_build(|| start::judge(&measured))
        }
    }
}

/// Shown before it is judged: a report of a failure is what one wants to read.
fn publish(markdown: &str, report: Option<&Path>) -> Result<()> {
    println!("{markdown}");
    let Some(path) = report else { return Ok(()) };
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(path, markdown).with_context(|| format!("writing {}", path.display()))
}

fn of_a_release_build(judge: impl FnOnce() -> Result<()>) -> Result<()> {
    if cfg!(debug_assertions) {
        eprintln!("A debug build: figures are shown and not judged.");
        return Ok(());
    }
    judge()
}
