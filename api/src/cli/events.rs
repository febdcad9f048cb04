//! `leadflow events`.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use leadflow_domain::StreamId;
use leadflow_event_store::{RawEvent, verify};
use serde_json::{Value, json};

use super::output;
use super::output::say;
use crate::app::App;

#[derive(Debug, Subcommand)]
pub(super) enum Events {
    /// Print events in their order
    Show {
        /// Only one stream's: KIND/ID, e.g. conversation/6f9619ff-8b86-d011-b42d-00c04fc964ff
        #[arg(long, value_parser = stream)]
        stream: Option<(String, StreamId)>,
        /// Only those after this position; with --stream, after this version
        #[arg(long, default_value_t = 0)]
        after: i64,
        /// How many at most, 1 to 10000
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
        limit: u16,
        /// Print JSON, payloads included; personal values are sealed
        #[arg(long)]
        json: bool,
        /// Open the personal values in them
        #[arg(long, requires = "json")]
        personal: bool,
    },
    /// Check that the log is dense, in order and readable, and that what is kept beside it agrees; fails when not
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Events {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::Show { stream, after, limit, json, personal } => {
                let events = match stream {
                    Some((kind, stream)) => app.store.reader().stream(&kind, stream, after, limit.into()).await?,
                    None => app.store.reader().after(after, limit.into()).await?,
                };
                let events = if personal { app.store.reader().open(events).await? } else { events };
                show(events, json)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify { json } => check(app, json).await,
        }
    }
}

fn show(events: Vec<RawEvent>, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let rows = events
            .into_iter()
            .map(|event| {
                Ok(json!({
                    "position": event.position,
                    "recordedAt": event.recorded_at,
                    "tenantId": event.tenant,
                    "stream": format!("{}/{}", event.aggregate_type, event.stream),
                    "version": event.version,
                    "type": event.event_type,
                    "typeVersion": event.event_version,
                    "eventId": event.id,
                    "correlation": event.correlation,
                    "payload": serde_json::from_str::<Value>(&event.payload)?,
                }))
            })
            .collect::<Result<Vec<_>, serde_json::Error>>()?;
        return output::json(&rows);
    }
    let rows = events
        .into_iter()
        .map(|event| {
            vec![
                event.position.to_string(),
                event.recorded_at.to_string(),
                event.event_type,
                format!("{}/{}", event.aggregate_type, event.stream),
                event.version.to_string(),
            ]
        })
        .collect();
    output::table(&["position", "recorded at", "event", "stream", "version"], rows, "No events here.")?;
    Ok(())
}

async fn check(app: &App, json: bool) -> anyhow::Result<ExitCode> {
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} events, {eta} left")?);
    let told = |progress: verify::Progress| {
        bar.set_length(progress.head.unsigned_abs());
        bar.set_position(progress.position.unsigned_abs());
    };
    let report = verify::verify(&app.store, told).await.context("the log can't be read")?;
    bar.finish_and_clear();
    if json {
        output::json(&report)?;
    } else {
        for problem in &report.problems {
            say!("PROBLEM: {problem}");
        }
        say!(
            "{}: {} events of {} streams, by {} commands in {} commits; {} reservations, {} receipts, {} snapshots.",
            if report.ok { "The log is sound" } else { "The log is damaged" },
            report.events,
            report.streams,
            report.commands,
            report.commits,
            report.reservations,
            report.receipts,
            report.snapshots,
        );
    }
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn stream(text: &str) -> Result<(String, StreamId), String> {
    let told =
        || format!("`{text}` is no stream; write KIND/ID, e.g. conversation/6f9619ff-8b86-d011-b42d-00c04fc964ff");
    let (kind, id) = text.split_once('/').ok_or_else(told)?;
    Ok((kind.to_owned(), id.parse().map_err(|_| told())?))
}
