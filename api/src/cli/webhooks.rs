//! `leadflow webhooks`.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::output;
use crate::app::App;
use crate::webhooks::{Only, recent};

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
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum OnlyArgument {
    /// Those whose translation is not finished
    Waiting,
    /// Those with an item that did not become events
    NotApplied,
}

impl Webhooks {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let Self::List { only, limit, json } = self;
        let only = match only {
            None => Only::All,
            Some(OnlyArgument::Waiting) => Only::Waiting,
            Some(OnlyArgument::NotApplied) => Only::NotApplied,
        };
        let deliveries = recent(&app.pool, limit.into(), only).await?;
        if json {
            output::json(&deliveries)?;
            return Ok(ExitCode::SUCCESS);
        }
        let rows = deliveries
            .into_iter()
            .map(|delivery| {
                let items: Vec<String> = delivery
                    .items
                    .iter()
                    .map(|(state, times)| format!("{times} {}", state.replace('_', " ")))
                    .collect();
                let mut notes = delivery.notes;
                notes.extend(delivery.last_error);
                vec![
                    delivery.id.to_string(),
                    delivery.received_at.to_string(),
                    match delivery.app {
                        None => delivery.provider,
                        Some(app) => format!("{}/{app}", delivery.provider),
                    },
                    delivery.state.to_owned(),
                    items.join(", "),
                    notes.join("\n"),
                ]
            })
            .collect();
        output::table(&["delivery", "received at", "from", "state", "items", "notes"], rows, "No delivery here.")?;
        Ok(ExitCode::SUCCESS)
    }
}
