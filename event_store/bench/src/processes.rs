//! Other processes of this program.

use std::process::Stdio;

use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::bed::{Bed, Database};
use crate::closed_loop::Seen;
use crate::load::{Cached, READY, Task, Work};
use crate::message::Workload;
use crate::ours::Ours;
use crate::{BenchError, Plan};

/// Two processes with half of `clients` each, at the same time on one log.
pub(crate) async fn two(bed: &Bed, database: &Database, plan: &Plan, workload: Workload) -> Result<Seen, BenchError> {
    let task = |first_customer, clients| Task {
        address: bed.address(database),
        first_customer,
        work: Work::Load { workload, clients, pace: plan.pace },
    };
    let half = plan.many / 2;
    let mut one = Process::start(plan, &task(0, half)).await?;
    let mut other = Process::start(plan, &task(half, plan.many - half)).await?;
    one.expect_ready().await?;
    other.expect_ready().await?;
    one.go().await?;
    other.go().await?;
    let seen = one.answer::<Seen>().await?.and(other.answer().await?);
    let ours = Ours::open(database.options.clone(), 0, 0).await?;
    ours.facts(seen.commands).await?;
    ours.close().await;
    Ok(seen)
}

/// The memory of cached aggregates, in a process that has had no other use for it.
pub(crate) async fn cached(bed: &Bed, database: &Database, plan: &Plan) -> Result<Cached, BenchError> {
    let work = Work::Cache { aggregates: plan.cached };
    let task = Task { address: bed.address(database), first_customer: 0, work };
    let mut process = Process::start(plan, &task).await?;
    process.expect_ready().await?;
    process.go().await?;
    process.answer().await
}

struct Process {
    // Killed when this is dropped.
    _child: Child,
    told: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Process {
    async fn start(plan: &Plan, task: &Task) -> Result<Self, BenchError> {
        let mut child = Command::new(&plan.program)
            .args(["bench", "append-load"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::io(format!("{} can't be run", plan.program.display())))?;
        let (Some(told), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no pipes"));
        };
        let mut process = Self { _child: child, told, answers: BufReader::new(answers).lines() };
        process.say(&serde_json::to_string(task).map_err(|error| failed(error.to_string()))?).await?;
        Ok(process)
    }

    async fn expect_ready(&mut self) -> Result<(), BenchError> {
        match self.next().await? {
            line if line == READY => Ok(()),
            line => Err(failed(line)),
        }
    }

    async fn go(&mut self) -> Result<(), BenchError> {
        self.say("go").await
    }

    async fn answer<T: DeserializeOwned>(&mut self) -> Result<T, BenchError> {
        serde_json::from_str(&self.next().await?).map_err(|error| failed(error.to_string()))
    }

    async fn next(&mut self) -> Result<String, BenchError> {
        let line = self.answers.next_line().await.map_err(BenchError::io("another process of the bench"))?;
        line.ok_or_else(|| failed("it ended too early; what it said stands above"))
    }

    async fn say(&mut self, line: &str) -> Result<(), BenchError> {
        self.told
            .write_all(format!("{line}\n").as_bytes())
            .await
            .map_err(BenchError::io("another process of the bench"))
    }
}

fn failed(reason: impl Into<String>) -> BenchError {
    BenchError::Program { program: "leadflow bench append-load", reason: reason.into() }
}
