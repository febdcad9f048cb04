//! The other processes' side: told what to do on standard input, it does it and answers in JSON.
//!
//! Ready and go are separate lines, so that two of them begin at the same moment.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::BenchError;
use crate::bed::Address;
use crate::closed_loop::{Client, Pace, Seen, closed_loop};
use crate::message::Workload;
use crate::ours::{self, Ours};

pub(crate) const READY: &str = "ready";

/// What a process is told to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) address: Address,
    /// Number of its first customer: no two processes share one.
    pub(crate) first_customer: u32,
    pub(crate) work: Work,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Work {
    /// A load, whose answer is a [`Seen`].
    Load { workload: Workload, clients: u32, pace: Pace },
    /// So many aggregates in the cache, whose answer is a [`Cached`].
    Cache { aggregates: u32 },
}

/// What the cache holds, and what it takes.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Cached {
    pub(crate) aggregates: usize,
    /// As the cache counts them against its budget.
    pub(crate) counted_bytes: u64,
    /// By how much the process grew.
    pub(crate) resident_bytes: u64,
}

/// Serves one task of a bench that runs elsewhere: `leadflow bench append-load`.
///
/// # Errors
/// [`BenchError`]; the other side hears of it by our end.
pub async fn serve_load() -> Result<(), BenchError> {
    let task: Task = serde_json::from_str(&line().await?).map_err(unintelligible)?;
    let ours = match task.work {
        Work::Load { .. } => Ours::open(task.address.options()?, ours::CACHE, task.first_customer).await?,
        Work::Cache { .. } => Ours::open(task.address.options()?, usize::MAX >> 1, task.first_customer).await?,
    };
    let answer = match task.work {
        Work::Load { workload, clients, pace } => {
            let clients = ours.clients(workload, clients).await?;
            say(READY)?;
            line().await?;
            serde_json::to_string::<Seen>(&closed_loop(clients, pace).await?)
        }
        Work::Cache { aggregates } => {
            say(READY)?;
            line().await?;
            serde_json::to_string::<Cached>(&fill(&ours, aggregates).await?)
        }
    };
    ours.close().await;
    say(&answer.map_err(unintelligible)?)
}

/// Opens conversations until so many more are in the cache.
async fn fill(ours: &Ours, aggregates: u32) -> Result<Cached, BenchError> {
    let mut clients = ours.clients(Workload::Opening, u32::try_from(ours::AT_ONCE).unwrap_or(u32::MAX)).await?;
    // Buffers, connections and plans are there after that; what grows then is the cache.
    for _ in 0..4 {
        clients = open_one_each(clients).await?;
    }
    let (before, resident) = (ours.store.cache_usage(), resident()?);
    while ours.store.cache_usage().aggregates < before.aggregates + aggregates as usize {
        clients = open_one_each(clients).await?;
    }
    let after = ours.store.cache_usage();
    Ok(Cached {
        aggregates: after.aggregates - before.aggregates,
        counted_bytes: after.bytes - before.bytes,
        resident_bytes: self::resident()?.saturating_sub(resident),
    })
}

async fn open_one_each<C: Client>(clients: Vec<C>) -> Result<Vec<C>, BenchError> {
    let one = |mut client: C| async move { client.command().await.map(|()| client) };
    futures_util::future::try_join_all(clients.into_iter().map(one)).await
}

fn resident() -> Result<u64, BenchError> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(BenchError::io("this process's memory"))?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    kib.map(|kib: u64| kib << 10).ok_or_else(|| BenchError::Void("/proc/self/status tells no VmRSS".to_owned()))
}

/// The next line on standard input. At its end nobody waits for us any more.
async fn line() -> Result<String, BenchError> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    match read.await.map_err(io::Error::other).flatten() {
        Ok(line) if line.is_empty() => Err(BenchError::Stopped),
        Ok(line) => Ok(line),
        Err(error) => Err(BenchError::io("standard input")(error)),
    }
}

fn say(line: &str) -> Result<(), BenchError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(BenchError::io("standard output"))
}

fn unintelligible(error: serde_json::Error) -> BenchError {
    BenchError::Program { program: "leadflow bench append-load", reason: error.to_string() }
}
