//! How far each follower of the log is, as a table or JSON; and `leadflow reactors`.

use std::process::ExitCode;

use clap::Subcommand;
use leadflow_domain::StreamId;
use leadflow_projections::{ConsumerStatus, Generation, parked, retry, statuses};
use serde_json::{Value, json};

use super::events::stream;
use super::output;
use super::output::say;
use crate::app::App;
use crate::pause;

#[derive(Debug, Subcommand)]
pub(super) enum Reactors {
    /// How far each reactor is
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What reactors have set aside, and why
    Parked(Parked),
    /// Have what was set aside tried again
    Retry {
        /// Which reactor, as `status` names it
        name: String,
        #[command(flatten)]
        of: Retry,
    },
}

/// Which parked streams to list.
#[derive(Debug, clap::Args)]
pub(super) struct Parked {
    /// How many streams at most, 1 to 10000
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which parked streams to try again.
#[derive(Debug, clap::Args)]
pub(super) struct Retry {
    /// Only one stream: KIND/ID; without it all of them
    #[arg(long, value_parser = stream)]
    stream: Option<(String, StreamId)>,
}

impl Reactors {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::Status { json } => status(app, "reactor/", json).await,
            Self::Parked(which) => which.show(app, "reactor/").await,
            Self::Retry { name, of } => of.ask(app, &format!("reactor/{name}")).await,
        }
    }
}

/// A consumer's name as people write it: `inbox v5`, `inbox v5 next`, `capture_lead`.
pub(super) fn named(consumer: &str) -> String {
    match consumer.split('/').collect::<Vec<_>>().as_slice() {
        ["projector", name, version] => format!("{name} v{version}"),
        ["projector", name, version, generation] => format!("{name} v{version} {generation}"),
        [_, name] => (*name).to_owned(),
        _ => consumer.to_owned(),
    }
}

/// Prints how far those consumers are whose names begin with `prefix`.
pub(super) async fn status(app: &App, prefix: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let found: Vec<ConsumerStatus> =
        statuses(&app.pool).await?.into_iter().filter(|status| status.consumer.starts_with(prefix)).collect();
    let paused = if prefix == "reactor/" { pause::paused(&app.pool).await? } else { None };
    if as_json {
        let mut rows: Vec<Value> = found.iter().map(in_json).collect();
        if prefix == "reactor/" {
            rows.iter_mut().for_each(|row| row["paused"] = json!(paused.is_some()));
        }
        output::json(&rows)?;
    } else {
        let rows = found
            .into_iter()
            .map(|status| {
                vec![
                    named(&status.consumer),
                    status.position.to_string(),
                    (status.head - status.position).to_string(),
                    format!("{:.1} s", status.lag.as_secs_f64()),
                    status.parked.to_string(),
                    if status.is_complete() { "yes".to_owned() } else { format!("no: {} applied", status.applied) },
                    status.state.as_str().to_owned(),
                    status.error.unwrap_or_default(),
                ]
            })
            .collect();
        let headings =
            ["name", "position", "events behind", "lag", "parked", "complete", "state", "can't work because"];
        output::table(&headings, rows, "There is none yet.")?;
        if let Some(paused) = paused {
            say!("\nThey wait since {}: {}. `leadflow resume` lets them go on.", paused.since, paused.in_words());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn in_json(status: &ConsumerStatus) -> Value {
    let mut row = json!({
        "consumer": status.consumer,
        "name": status.consumer.split('/').nth(1),
        "position": status.position,
        "head": status.head,
        "applied": status.applied,
        "parked": status.parked,
        "complete": status.is_complete(),
        "lagSeconds": status.lag.as_secs_f64(),
        "state": status.state.as_str(),
        "error": status.error,
    });
    if let Some(projector) = status.projector() {
        row["version"] = json!(projector.version);
        row["generation"] = json!(match projector.generation {
            Generation::Serving => "serving",
            Generation::Next => "next",
            Generation::Previous => "previous",
        });
    }
    row
}

impl Parked {
    pub(super) async fn show(self, app: &App, prefix: &str) -> anyhow::Result<ExitCode> {
        let found = parked(&app.pool, prefix, self.limit.into()).await?;
        if self.json {
            let rows: Vec<Value> = found
                .iter()
                .map(|stream| {
                    json!({
                        "consumer": stream.consumer,
                        "tenantId": stream.tenant,
                        "stream": format!("{}/{}", stream.aggregate_type, stream.stream),
                        "position": stream.position,
                        "reason": stream.reason,
                        "attempts": stream.attempts,
                        "parkedAt": stream.parked_at,
                        "events": stream.events,
                    })
                })
                .collect();
            output::json(&rows)?;
        } else {
            let rows = found
                .into_iter()
                .map(|stream| {
                    vec![
                        named(&stream.consumer),
                        stream.position.to_string(),
                        format!("{}/{}", stream.aggregate_type, stream.stream),
                        stream.events.to_string(),
                        stream.attempts.to_string(),
                        stream.reason,
                    ]
                })
                .collect();
            output::table(&["name", "position", "stream", "events", "tries", "because"], rows, "Nothing is parked.")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Retry {
    pub(super) async fn ask(self, app: &App, consumer: &str) -> anyhow::Result<ExitCode> {
        if !statuses(&app.pool).await?.iter().any(|status| status.consumer == consumer) {
            anyhow::bail!("there is no {}", named(consumer));
        }
        let stream = self.stream.as_ref().map(|(kind, id)| (kind.as_str(), *id));
        match retry(&app.pool, consumer, stream).await? {
            0 => say!("Nothing is parked there."),
            1 => say!("Its stream is tried again, by the process that follows the log."),
            streams => say!("{streams} streams are tried again, by the process that follows the log."),
        }
        Ok(ExitCode::SUCCESS)
    }
}
