//! `leadflow jobs`.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use leadflow_domain::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::output;
use super::output::say;
use crate::app::App;
use crate::jobs::{self, Counts, JobFilter, JobRange, JobRow, JobState};

#[derive(Debug, Subcommand)]
pub(super) enum Jobs {
    /// What waits, runs and failed, by kind, and the newest jobs
    List {
        /// Only those of one state: waiting, running, done, failed or cancelled
        #[arg(long, value_parser = state)]
        state: Option<JobState>,
        /// Only those of one kind, such as send_message
        #[arg(long)]
        kind: Option<String>,
        /// Only those of one business
        #[arg(long, value_name = "TENANT")]
        tenant: Option<TenantId>,
        /// How many at most, 1 to 10000
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
        limit: u16,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// One job
    Show {
        /// The job
        id: Uuid,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Do a job now that waits for a time, and once more one that failed or was cancelled
    Retry {
        /// The job
        id: Uuid,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Do a job no more that waits
    Cancel {
        /// The job
        id: Uuid,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn state(text: &str) -> Result<JobState, String> {
    JobState::parse(text).ok_or_else(|| "there are waiting, running, done, failed and cancelled".to_owned())
}

impl Jobs {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { state, kind, tenant, limit, json } => {
                list(app, &JobFilter { state, kind, tenant }, limit, json).await?;
            }
            Self::Show { id, json } => show(app, id, json).await?,
            Self::Retry { id, json } => {
                done(
                    id,
                    jobs::retry(&app.pool, id).await?,
                    "is done now, or when its turn comes",
                    "is running or done",
                    json,
                )?;
            }
            Self::Cancel { id, json } => {
                done(id, jobs::cancel(&app.pool, id).await?, "is not done any more", "does not wait", json)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(app: &App, filter: &JobFilter, limit: u16, json: bool) -> anyhow::Result<()> {
    let counts = jobs::counts(&app.pool).await?;
    let range = JobRange { numbers: 1..=i64::MAX, from_oldest: false, limit: limit.into() };
    let jobs = jobs::jobs(&app.pool, filter, &range).await?;
    if json {
        let counts: Vec<Value> = counts.iter().map(counted).collect();
        return output::json(&json!({ "counts": counts, "jobs": jobs.iter().map(written).collect::<Vec<_>>() }));
    }
    let rows = counts
        .into_iter()
        .map(|Counts { kind, waiting, stopped, running, failed, oldest_s }| {
            let numbers = [waiting, stopped, running, failed].map(|number| number.to_string());
            let oldest = if oldest_s > 0.0 { format!("{oldest_s:.0} s") } else { String::new() };
            [vec![kind], numbers.to_vec(), vec![oldest]].concat()
        })
        .collect();
    let headings = ["kind", "waiting", "stopped", "running", "failed", "overdue by"];
    output::table(&headings, rows, "Nothing waits, runs or failed.")?;
    let rows = jobs
        .into_iter()
        .map(|job| {
            let until = job.ended_at.unwrap_or(job.due_at).to_string();
            let why = job.stopped.map(|(_, reason)| format!("stopped: {reason}")).or(job.last_error);
            vec![
                job.id.to_string(),
                job.kind,
                job.state.as_str().to_owned(),
                until,
                job.attempts.to_string(),
                job.subject.to_string(),
                why.unwrap_or_default(),
            ]
        })
        .collect();
    let headings = ["job", "kind", "state", "due or ended at", "begun", "about", "why"];
    output::table(&headings, rows, "No job here.")
}

async fn show(app: &App, id: Uuid, json: bool) -> anyhow::Result<()> {
    let Some(job) = jobs::job(&app.pool, id).await? else { bail!("there is no job {id}") };
    if json {
        return output::json(&written(&job));
    }
    let Value::Object(fields) = written(&job) else { return Ok(()) };
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        say!("{name}: {value}");
    }
    Ok(())
}

fn done(id: Uuid, was_done: bool, so: &str, not_so: &str, json: bool) -> anyhow::Result<()> {
    if !was_done {
        bail!("there is no job {id}, or it {not_so}");
    }
    if json {
        return output::json(&json!({ "job": id, "done": true }));
    }
    say!("Job {id} {so}.");
    Ok(())
}

fn counted(counts: &Counts) -> Value {
    json!({
        "kind": counts.kind,
        "waiting": counts.waiting,
        "stopped": counts.stopped,
        "running": counts.running,
        "failed": counts.failed,
        "overdueSeconds": counts.oldest_s,
    })
}

fn written(job: &JobRow) -> Value {
    json!({
        "job": job.id,
        "tenant": job.tenant,
        "kind": job.kind,
        "state": job.state.as_str(),
        "about": job.subject,
        "queue": job.queue,
        "lane": job.lane,
        "position": job.position,
        "isItsTurn": job.is_head,
        "dueAt": job.due_at,
        "begun": job.attempts,
        "lastError": job.last_error,
        "stoppedAt": job.stopped.as_ref().map(|(at, _)| at),
        "stoppedBecause": job.stopped.as_ref().map(|(_, reason)| reason),
        "createdAt": job.created_at,
        "endedAt": job.ended_at,
    })
}
