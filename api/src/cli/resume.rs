//! `leadflow resume`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use leadflow_projections::statuses;
use serde_json::json;
use sqlx::PgPool;

use super::followers::named;
use super::output;
use super::output::say;
use crate::app::App;
use crate::mail;
use crate::pause::{self, Identity, Paused};

/// Lets reactors, jobs and letters go on that wait because the database was restored or cloned.
#[derive(Debug, Args)]
pub(super) struct Resume {
    /// Don't ask: this is the database that is to act, and no other does
    #[arg(long)]
    yes: bool,
    /// Print JSON; nothing is asked, and without --yes nothing goes on
    #[arg(long)]
    json: bool,
}

/// What goes on once it may.
struct Waiting {
    /// Each reactor, and how many events it is behind.
    reactors: Vec<(String, i64)>,
    letters: i64,
    jobs: i64,
}

impl Resume {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<ExitCode> {
        let identity = Identity::of(&app.pool, app.storage.data_dir()).await?;
        // Also before the first start on it.
        let paused = pause::compare(&app.pool, &identity).await?;
        let waiting = Waiting::found(&app.pool).await?;
        if !self.json {
            tell(paused.as_ref(), &waiting)?;
        }
        let is_resumed = paused.is_some() && (self.yes || (!self.json && is_agreed().await?));
        if is_resumed {
            pause::resume(&app.pool, &identity).await?;
        }
        if self.json {
            output::json(&told(paused.as_ref(), &waiting, is_resumed))?;
        } else if is_resumed {
            say!("They go on, in processes that serve already within some seconds.");
        } else if paused.is_some() {
            say!("They wait on.");
        }
        Ok(if paused.is_none() || is_resumed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Waiting {
    async fn found(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let reactors = statuses(pool).await?.into_iter().filter(|status| status.consumer.starts_with("reactor/"));
        let letters = mail::standing(pool).await?.waiting;
        let has_jobs: bool = sqlx::query_scalar("select to_regclass('jobs') is not null").fetch_one(pool).await?;
        let jobs = match has_jobs {
            true => sqlx::query_scalar("select count(*) from jobs where ended_at is null").fetch_one(pool).await?,
            false => 0,
        };
        Ok(Self {
            reactors: reactors.map(|status| (status.consumer, status.head - status.position)).collect(),
            letters,
            jobs,
        })
    }
}

fn tell(paused: Option<&Paused>, waiting: &Waiting) -> anyhow::Result<()> {
    let Some(paused) = paused else {
        say!("Nothing is paused: this is the database that is to act.");
        return Ok(());
    };
    say!("This database was restored or cloned. What acts waits since {}:\n", paused.since);
    let differences = &paused.differences;
    let rows = differences.iter().map(|other| vec![other.what.into(), other.known.clone(), other.found.clone()]);
    output::table(&["what differs", "was", "is"], rows.collect(), "")?;
    say!("");
    let mut rows: Vec<Vec<String>> =
        waiting.reactors.iter().map(|(name, events)| vec![named(name), format!("{events} events")]).collect();
    rows.push(vec!["letters".into(), waiting.letters.to_string()]);
    rows.push(vec!["jobs".into(), waiting.jobs.to_string()]);
    output::table(&["what waits", "for how much"], rows, "")
}

fn told(paused: Option<&Paused>, waiting: &Waiting, is_resumed: bool) -> serde_json::Value {
    let reactors: Vec<_> =
        waiting.reactors.iter().map(|(name, events)| json!({"consumer": name, "events": events})).collect();
    json!({
        "paused": paused,
        "waiting": {"reactors": reactors, "letters": waiting.letters, "jobs": waiting.jobs},
        "resumed": is_resumed,
    })
}

/// Whether whoever sits at the terminal says that it may go on.
async fn is_agreed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        eprintln!("If this is the database that is to act, and no other does, say so with --yes.");
        return Ok(false);
    }
    eprint!("\nIs this the database that is to act, and does no other act any more? [y/N] ");
    std::io::stderr().flush()?;
    let asked = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map(|_| answer)
    });
    let answer = asked.await?.context("the answer can't be read")?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}
