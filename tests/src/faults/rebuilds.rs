//! Read models are rebuilt, at random moments, while customers write and somebody reads; some of the builders are
//! killed with kill -9 on the way.

use std::fmt::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Deserialize;
use tokio::process::Command;

use super::load::Load;
use crate::business::Business;
use crate::cli::{self, Verified};
use crate::graphql::GraphQl;
use crate::installation::Installation;
use crate::patience::within;
use crate::server::Server;
use crate::trace::Trace;

/// The read models, in turn.
const MODELS: [&str; 4] = ["inbox", "analytics", "usage", "leads"];

/// Connections over which customers write.
const CONNECTIONS: usize = 4;

/// A builder that was killed gives no sign of life for so long before another may go on.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(30);

/// How long the product may take to work off what has piled up. Nothing here asserts speed.
const CATCH_UP: Duration = Duration::from_secs(600);

/// What `projections rebuild --json` prints.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Printed {
    equal: bool,
    swapped_at: Option<i64>,
    swap_milliseconds: Option<f64>,
}

/// A rebuild.
#[derive(Debug)]
struct Rebuilt {
    model: &'static str,
    /// After how many milliseconds its builder was killed, if it was.
    killed_after: Option<u128>,
    at: i64,
    swap_milliseconds: f64,
    was_undone: bool,
}

/// What came out, once each rebuild was the same as what was read and no read had failed.
#[derive(Debug)]
pub struct Outcome {
    seed: u64,
    rebuilt: Vec<Rebuilt>,
    reads: u64,
    verified: Verified,
}

/// Rebuilds so often, once the log has `events` events.
///
/// # Errors
/// When a rebuild differs from what is read, a read fails, or something is incomplete in the end.
pub async fn run(seed: u64, rebuilds: u32, events: u64) -> Result<Outcome> {
    let installation = Installation::new()?;
    // Whoever reads here reads all the time, and is not to be told to wait.
    let server = Server::start_with(&installation, |command| {
        command.env("LEADFLOW_LIMITS__API", "1000000/1s");
    })
    .await?;
    let business = Business::register(&installation).await?;
    let mut moments = StdRng::seed_from_u64(seed);
    let mut load = Load::new(Trace::new(seed, 400), &business.number, CONNECTIONS).await?;
    load.open(server.address());
    within(CATCH_UP, "a log that is long enough", || async {
        let head = head(&installation).await?;
        ensure!(head >= events, "it has {head} events");
        Ok(())
    })
    .await?;
    let graphql = GraphQl::new(server.address(), &business.token)?;
    // The log may be long before the first of it shows.
    within(CATCH_UP, "a first conversation", || async { read(&graphql).await }).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn(read_on(graphql, Arc::clone(&stop)));

    let mut rebuilt = Vec::new();
    for nth in 0..rebuilds as usize {
        let model = MODELS[nth % MODELS.len()];
        let killed_after = if nth.is_multiple_of(2) {
            kill_a_builder(&installation, model, moments.random_range(50..3_000)).await?
        } else {
            None
        };
        let (at, swap_milliseconds) = rebuild(&installation, model).await?;
        let was_undone = nth % 3 == 1;
        if was_undone {
            // There and back again.
            for _ in 0..2 {
                installation.leadflow(&["projections", "undo", model]).await?.succeeded()?;
            }
        }
        rebuilt.push(Rebuilt { model, killed_after, at, swap_milliseconds, was_undone });
    }
    stop.store(true, Ordering::SeqCst);
    let reads = reading.await.context("the reader")??;
    let spell = load.close(Instant::now()).await;
    ensure!(spell.unanswered.is_empty(), "{} texts got no answer", spell.unanswered.len());
    load.end().await?;
    installation.settle_within(CATCH_UP).await?;
    let status = installation.projections().await?;
    ensure!(status.iter().all(|follower| follower.complete && follower.parked == 0), "{status:?}");
    // Nobody writes any more: whatever was swapped meanwhile, each is what a rebuild makes of the whole log.
    for model in MODELS {
        rebuild(&installation, model).await?;
    }
    let verified = installation.verify().await?;
    ensure!(verified.ok, "events verify: {:?}", verified.problems);
    server.stop().await?;
    Ok(Outcome { seed, rebuilt, reads, verified })
}

/// Reads the inbox as a client does, which is never empty.
async fn read(graphql: &GraphQl) -> Result<()> {
    let document = "{ conversations(first: 20) { totalCount edges { node { id unreadCount lastMessage { text } } } } \
                      leads(first: 5) { edges { node { id } } } }";
    let count: u64 =
        graphql.ask(document, &serde_json::json!({}), "/conversations/totalCount").await.context("a read failed")?;
    ensure!(count > 0, "a reader met an empty inbox");
    Ok(())
}

/// How often it was read until it was told to stop, or the first read that failed.
async fn read_on(graphql: GraphQl, stop: Arc<AtomicBool>) -> Result<u64> {
    let mut reads = 0;
    while !stop.load(Ordering::SeqCst) {
        read(&graphql).await?;
        reads += 1;
    }
    Ok(reads)
}

async fn head(installation: &Installation) -> Result<u64> {
    Ok(installation.projections().await?.iter().map(|follower| follower.head).max().unwrap_or_default())
}

fn builder(installation: &Installation, model: &str) -> Result<std::process::Command> {
    let mut command = installation.command()?;
    command.args(["projections", "rebuild", model, "--json"]);
    Ok(command)
}

/// After how long it was killed; `None` when it had come to its end before.
async fn kill_a_builder(installation: &Installation, model: &str, after: u64) -> Result<Option<u128>> {
    let mut command = builder(installation, model)?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = Command::from(command).kill_on_drop(true).spawn()?;
    if let Ok(ended) = tokio::time::timeout(Duration::from_millis(after), child.wait()).await {
        ensure!(ended?.success(), "rebuilding {model} failed by itself");
        return Ok(None);
    }
    child.kill().await?;
    Ok(Some(begun.elapsed().as_millis()))
}

/// Where it was swapped, and how long the read model stood still for it.
async fn rebuild(installation: &Installation, model: &str) -> Result<(i64, f64)> {
    let begun = Instant::now();
    loop {
        let ended = cli::run_within(CATCH_UP, builder(installation, model)?).await?;
        if ended.stderr.contains("another process is building it") && begun.elapsed() < TAKEN_OVER_WITHIN {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        }
        let Printed { equal, swapped_at, swap_milliseconds } = ended.succeeded()?.json()?;
        ensure!(equal, "{model} rebuilt is not {model} as it is read");
        return Ok((swapped_at.context("it was not swapped")?, swap_milliseconds.unwrap_or_default()));
    }
}

impl Outcome {
    /// The report, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let Self { seed, rebuilt, reads, verified } = self;
        let mut text = format!(
            "# Rebuilds under load\n\n\
             Read models were rebuilt {} times while customers wrote over {CONNECTIONS} connections and somebody read inbox \
             and leads; seed {seed}. {} builders were killed with kill -9 on the way, and others went on. Each rebuild was the \
             same as what was read, row by row. {reads} reads, none failed. In the end each was rebuilt once more with \
             nobody writing, and `events verify` found {} events sound.\n\n\
             | read model | killed after ms | swapped at event | stood still ms | undone and redone |\n\
             |---|---:|---:|---:|---|\n",
            rebuilt.len(),
            rebuilt.iter().filter(|rebuilt| rebuilt.killed_after.is_some()).count(),
            verified.events,
        );
        for Rebuilt { model, killed_after, at, swap_milliseconds, was_undone } in rebuilt {
            let killed = killed_after.map_or_else(String::new, |after| after.to_string());
            let undone = if *was_undone { "yes" } else { "" };
            // Writing to a String can't fail.
            let _ = writeln!(text, "| {model} | {killed} | {at} | {swap_milliseconds:.1} | {undone} |");
        }
        text
    }
}
