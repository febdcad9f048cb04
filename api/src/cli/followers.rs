//! `leadflow projections` and `leadflow reactors`: how far each follower of the log is.

use std::process::ExitCode;

use clap::Subcommand;
use leadflow_projections::{ConsumerStatus, statuses};
use serde_json::{Value, json};

use super::output;
use crate::app::App;

#[derive(Debug, Subcommand)]
pub(super) enum Projections {
    /// How far each read model is
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Reactors {
    /// How far each reactor is
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Projections {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let Self::Status { json } = self;
        show(app, json, |consumer| {
            let (name, version) = consumer.strip_prefix("projector/")?.split_once('/')?;
            Some((name.to_owned(), version.parse().ok()))
        })
        .await
    }
}

impl Reactors {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let Self::Status { json } = self;
        show(app, json, |consumer| Some((consumer.strip_prefix("reactor/")?.to_owned(), None))).await
    }
}

type Named = (String, Option<u32>);

async fn show(app: &App, as_json: bool, named: fn(&str) -> Option<Named>) -> anyhow::Result<ExitCode> {
    let found: Vec<(Named, ConsumerStatus)> =
        statuses(&app.pool).await?.into_iter().filter_map(|status| Some((named(&status.consumer)?, status))).collect();
    if as_json {
        let rows: Vec<Value> = found
            .iter()
            .map(|((name, version), status)| {
                let mut row = json!({
                    "name": name,
                    "position": status.position,
                    "head": status.head,
                    "state": status.state.as_str(),
                    "error": status.error,
                });
                if let Some(version) = version {
                    row["version"] = json!(version);
                }
                row
            })
            .collect();
        output::json(&rows)?;
    } else {
        let rows = found
            .into_iter()
            .map(|((name, version), status)| {
                vec![
                    version.map_or(name.clone(), |version| format!("{name} v{version}")),
                    status.position.to_string(),
                    (status.head - status.position).to_string(),
                    status.state.as_str().to_owned(),
                    status.error.unwrap_or_default(),
                ]
            })
            .collect();
        output::table(&["name", "position", "events behind", "state", "stopped by"], rows, "There is none yet.")?;
    }
    Ok(ExitCode::SUCCESS)
}
