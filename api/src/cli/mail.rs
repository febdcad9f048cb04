//! `leadflow mail`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use super::output;
use super::output::say;
use crate::app::App;
use crate::mail::{self, LetterSummary, Post};

#[derive(Debug, Subcommand)]
pub(super) enum Mail {
    /// The newest letters of the last 30 days, and what became of them
    List {
        /// Only those that were not sent
        #[arg(long)]
        unsent: bool,
        /// How many at most, 1 to 1000000
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// One letter
    Show {
        /// The letter
        id: Uuid,
        /// Print the letter itself and nothing else, while it waits or if it is in the folder; its links open doors
        #[arg(long, conflicts_with = "json")]
        letter: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send letters now whose last attempt failed; of those that were given up nothing is left
    Retry {
        /// The letters
        #[arg(required_unless_present = "all")]
        ids: Vec<Uuid>,
        /// Every one
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Mail {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { unsent, limit, json } => list(app, unsent, limit, json).await?,
            Self::Show { id, letter: true, .. } => letter(app, id).await?,
            Self::Show { id, letter: false, json } => show(app, id, json).await?,
            Self::Retry { ids, all, json } => retry(app, (!all).then_some(&ids), json).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(app: &App, unsent: bool, limit: u32, json: bool) -> anyhow::Result<()> {
    let letters = mail::recent(&app.pool, limit.into(), unsent).await?;
    if json {
        return output::json(&letters);
    }
    let rows = letters
        .into_iter()
        .map(|letter| {
            let until = letter.ended_at.or(letter.due_at).map(|time| time.to_string()).unwrap_or_default();
            let attempts = letter.attempts.to_string();
            let error = letter.last_error.unwrap_or_default();
            vec![
                letter.id.to_string(),
                letter.kind,
                letter.created_at.to_string(),
                letter.state,
                until,
                attempts,
                error,
            ]
        })
        .collect();
    let headings = ["letter", "kind", "enqueued at", "state", "until or at", "attempts", "last error"];
    output::table(&headings, rows, "No letter here.")
}

async fn known(app: &App, id: Uuid) -> anyhow::Result<LetterSummary> {
    let letter = mail::letter(&app.pool, id).await?;
    letter.with_context(|| format!("there is no letter {id}; `leadflow mail list` shows those of the last 30 days"))
}

async fn show(app: &App, id: Uuid, json: bool) -> anyhow::Result<()> {
    let letter = known(app, id).await?;
    if json {
        return output::json(&letter);
    }
    say!("Letter {id} ({}), enqueued at {}: {}.", letter.kind, letter.created_at, letter.state);
    if let Some(ended_at) = letter.ended_at {
        say!("Since {ended_at}, after {} attempts.", letter.attempts);
    } else if let Some(due_at) = letter.due_at {
        say!("Sent from {due_at} on, after {} attempts.", letter.attempts);
    }
    if let Some(error) = letter.last_error {
        say!("The last attempt: {error}");
    }
    if let Some(file) = Post::configured(&app.config)?.folder().map(|folder| folder.file(id))
        && file.exists()
    {
        say!("It is in {}.", file.display());
    }
    Ok(())
}

async fn letter(app: &App, id: Uuid) -> anyhow::Result<()> {
    known(app, id).await?;
    let post = Post::configured(&app.config)?;
    let letter = mail::text(&app.pool, &app.keys, &post, id).await.with_context(|| format!("letter {id}"))?;
    let mut out = std::io::stdout().lock();
    out.write_all(&letter).and_then(|()| out.flush()).context("the letter can't be written")
}

async fn retry(app: &App, these: Option<&Vec<Uuid>>, json: bool) -> anyhow::Result<()> {
    for &id in these.into_iter().flatten() {
        let letter = known(app, id).await?;
        if letter.due_at.is_none() {
            bail!("letter {id} is over ({}): nothing is left of it to be sent", letter.state);
        }
    }
    let letters = mail::retry(&app.pool, these.map(Vec::as_slice)).await?;
    if json {
        return output::json(&json!({"letters": letters}));
    }
    say!("{letters} letters are sent again now, by whoever serves.");
    Ok(())
}
