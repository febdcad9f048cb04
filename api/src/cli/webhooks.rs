//! `leadflow webhooks`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde_json::json;

use super::output;
use super::output::say;
use crate::app::App;
use crate::webhooks::{self, Archive, Change, Only, Retry, Seen, Selection};

#[derive(Debug, Subcommand)]
pub(super) enum Webhooks {
    /// The newest deliveries and what became of their items
    List {
        /// Only some of them
        #[arg(long, value_enum)]
        only: Option<OnlyArgument>,
        /// How many at most, 1 to 1000000
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// One delivery and each of its items
    Show {
        /// The delivery
        id: i64,
        /// Print its raw body and nothing else; it holds what people wrote
        #[arg(long, conflicts_with = "json")]
        body: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Translate deliveries again now, as if they had just arrived; what was applied stays applied
    Retry {
        /// The deliveries
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        /// Every one that failed, was parked, or has an item that waits or was parked
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what this program would make of what was received; --apply has it done
    Reprocess {
        /// Deliveries received from here on, e.g. 2026-11-01T00:00:00Z
        #[arg(long)]
        since: Timestamp,
        /// And before this
        #[arg(long)]
        until: Option<Timestamp>,
        /// Only those with an item in this state
        #[arg(long, value_enum)]
        state: Option<KeptState>,
        /// Translate again what would change, and correct what is understood otherwise
        #[arg(long)]
        apply: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum OnlyArgument {
    /// Those whose translation is not finished
    Waiting,
    /// Those with an item that did not become events
    NotApplied,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum KeptState {
    /// Set aside
    Parked,
    /// Kept, nothing acted on it
    Notice,
    /// Waits for a number, or a message of ours
    Waiting,
    /// In the log; a message that is understood otherwise now is corrected
    Applied,
}

impl KeptState {
    fn name(self) -> &'static str {
        match self {
            Self::Parked => "parked",
            Self::Notice => "notice",
            Self::Waiting => "waiting",
            Self::Applied => "applied",
        }
    }
}

impl Webhooks {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { only, limit, json } => list(app, only, limit, json).await?,
            Self::Show { id, body: true, .. } => body(app, id).await?,
            Self::Show { id, body: false, json } => show(app, id, json).await?,
            Self::Retry { ids, all, json } => {
                let what = if all { Retry::All } else { Retry::These(ids) };
                retry(app, what, json).await?;
            }
            Self::Reprocess { since, until, state, apply, json } => {
                let states = state.map_or_else(|| KeptState::value_variants().to_vec(), |state| vec![state]);
                let states = states.into_iter().map(KeptState::name).collect();
                reprocess(app, &Selection { since, until, states }, apply, json).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(app: &App, only: Option<OnlyArgument>, limit: u32, json: bool) -> anyhow::Result<()> {
    let only = match only {
        None => Only::All,
        Some(OnlyArgument::Waiting) => Only::Waiting,
        Some(OnlyArgument::NotApplied) => Only::NotApplied,
    };
    let deliveries = webhooks::recent(&app.pool, limit.into(), only).await?;
    if json {
        return output::json(&deliveries);
    }
    let rows = deliveries
        .into_iter()
        .map(|delivery| {
            let items: Vec<String> = delivery.items.iter().map(|(state, times)| format!("{times} {state}")).collect();
            let mut notes = delivery.notes;
            notes.extend(delivery.last_error);
            vec![
                delivery.id.to_string(),
                delivery.received_at.to_string(),
                match delivery.app {
                    None => delivery.provider,
                    Some(app) => format!("{}/{app}", delivery.provider),
                },
                delivery.state,
                items.join(", "),
                notes.join("\n"),
            ]
        })
        .collect();
    output::table(&["delivery", "received at", "from", "state", "items", "notes"], rows, "No delivery here.")
}

fn unknown(id: i64) -> anyhow::Error {
    anyhow::anyhow!("there is no delivery {id}; `leadflow webhooks list` shows the newest")
}

async fn show(app: &App, id: i64, json: bool) -> anyhow::Result<()> {
    let delivery = webhooks::delivery(&app.pool, id).await?.ok_or_else(|| unknown(id))?;
    if json {
        return output::json(&delivery);
    }
    say!(
        "Delivery {id} of {}, received at {}, {} bytes: {}, {} attempts failed.",
        delivery.provider,
        delivery.received_at,
        delivery.bytes,
        delivery.state,
        delivery.attempts
    );
    if let Some(error) = delivery.last_error {
        say!("The last one: {error}");
    }
    say!("");
    let rows = delivery
        .items
        .into_iter()
        .map(|item| {
            let state = if item.erased { format!("{}, erased", item.state) } else { item.state.to_owned() };
            let position = item.position.map(|position| format!("event {position}"));
            let waits_for = item.waits_for.map(|awaited| format!("waits for {awaited}"));
            let notes: Vec<String> = [item.reason, waits_for, position].into_iter().flatten().collect();
            vec![item.pointer, item.kind, state, notes.join("\n")]
        })
        .collect();
    output::table(&["item", "kind", "state", "notes"], rows, "None of its items has an outcome yet.")
}

async fn body(app: &App, id: i64) -> anyhow::Result<()> {
    let body = webhooks::body(&app.pool, &app.keys, id).await?.ok_or_else(|| unknown(id))?;
    let body = body.with_context(|| format!("delivery {id}"))?;
    // The bytes as they came, which need not be text.
    let mut out = std::io::stdout().lock();
    out.write_all(&body).and_then(|()| out.flush()).context("the body can't be written")
}

async fn retry(app: &App, what: Retry, json: bool) -> anyhow::Result<()> {
    if let Retry::These(ids) = &what {
        for &id in ids {
            if webhooks::delivery(&app.pool, id).await?.is_none() {
                bail!(unknown(id));
            }
        }
    }
    let deliveries = webhooks::retry(&app.pool, &what).await?;
    if json {
        return output::json(&json!({"deliveries": deliveries}));
    }
    say!("{deliveries} deliveries are translated again now, by whoever serves.");
    Ok(())
}

async fn reprocess(app: &App, selection: &Selection, apply: bool, json: bool) -> anyhow::Result<()> {
    let bar = ProgressBar::new(webhooks::count(&app.pool, selection).await?)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} deliveries, {eta} left")?);
    let archive = Archive { pool: &app.pool, reader: app.store.reader(), commands: &app.commands, keys: &app.keys };
    let done = webhooks::reprocess(archive, selection, apply, |looked_at| bar.set_position(looked_at)).await?;
    bar.finish_and_clear();
    if json {
        return output::json(&done);
    }
    let told = |seen: &Seen| match &seen.reason {
        Some(reason) => format!("{}: {reason}", seen.state),
        None => seen.state.to_owned(),
    };
    let rows = done
        .changes
        .iter()
        .map(|Change { delivery, pointer, before, after }| {
            let kind = match before {
                Some(before) if before.kind != after.kind => format!("{} -> {}", before.kind, after.kind),
                _ => after.kind.clone(),
            };
            let before = before.as_ref().map_or_else(|| "no item".to_owned(), told);
            vec![delivery.to_string(), pointer.clone(), kind, before, told(after)]
        })
        .collect();
    output::table(&["delivery", "item", "kind", "before", "after"], rows, "Nothing would change.")?;
    say!("\n{} deliveries looked at, {} items change.", done.deliveries, done.changes.len());
    if done.unreadable > 0 {
        say!("{} of them have no body any more: their retention has ended.", done.unreadable);
    }
    if apply {
        say!("{} messages were corrected.", done.corrected);
        say!("{} deliveries are translated again now, by whoever serves.", done.applied);
    } else if !done.changes.is_empty() {
        say!("Nothing was done; --apply has these deliveries translated again, and messages corrected.");
    }
    Ok(())
}
