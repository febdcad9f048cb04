//! `leadflow projections rebuild`.

use std::process::ExitCode;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use leadflow_event_store::{database, entropy};
use leadflow_projections::generations::{self, Comparison, GenerationError, Workshop};
use leadflow_projections::{Definition, Projector, WithProjector, with_projector};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::read_model;
use crate::app::App;
use crate::cli::output::{self, say};
use crate::cli::signals::asked_to_stop;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Rebuild {
    /// Which read model
    #[arg(value_parser = read_model)]
    name: Definition,
    /// Only compare: what is built is dropped afterwards
    #[arg(long, conflicts_with = "accept_differences")]
    check: bool,
    /// Put it in place also where its rows differ from those that are read: for when those are wrong
    #[arg(long)]
    accept_differences: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Rebuild {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        let owner = database::owner_pool(app.storage.options());
        let stop = CancellationToken::new();
        let asked = tokio::spawn({
            let stop = stop.clone();
            async move {
                if asked_to_stop().await.is_ok() {
                    stop.cancel();
                }
            }
        });
        let workshop = Workshop {
            owner: owner.clone(),
            pool: app.pool.clone(),
            reader: app.store.reader().clone(),
            process: entropy::uuid(),
            stop,
        };
        let name = self.name.name;
        let rebuilt = with_projector(name, Work { asked: self, workshop }).await;
        asked.abort();
        owner.close().await;
        rebuilt.with_context(|| format!("there is no read model {name}"))?
    }
}

struct Work {
    asked: Rebuild,
    workshop: Workshop,
}

impl WithProjector for Work {
    type Output = anyhow::Result<ExitCode>;

    async fn with<P: Projector + Clone>(self, projector: P) -> anyhow::Result<ExitCode> {
        let Self { asked, workshop } = self;
        let mut rebuild = generations::Rebuild::begin(workshop, projector).await?;
        match build(asked.name.name, &mut rebuild).await {
            Ok(comparison) => finish(rebuild, &asked, &comparison).await,
            Err(error) => {
                // What went wrong matters more than how the lease is left: it runs out.
                let _ = rebuild.leave().await;
                Err(error.into())
            }
        }
    }
}

async fn build<P: Projector + Clone>(
    name: &str,
    rebuild: &mut generations::Rebuild<P>,
) -> Result<Comparison, GenerationError> {
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{msg:10} {bar:40} {pos}/{len} events, {per_sec}, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.set_message("building");
    let begun = rebuild.position();
    if begun > 0 {
        bar.println(format!("Goes on from event {begun}; `leadflow projections drop {name} --next` begins anew."));
        // The rate is of what is done now.
        bar.reset();
        bar.set_position(begun.unsigned_abs());
        bar.reset_eta();
    }
    rebuild
        .catch_up(|built| {
            bar.set_length(built.of.unsigned_abs());
            bar.set_position(built.position.unsigned_abs());
        })
        .await?;
    bar.set_message("comparing");
    let comparison = rebuild.compare(|table| bar.set_message(format!("comparing {table}"))).await?;
    bar.finish_and_clear();
    Ok(comparison)
}

async fn finish<P: Projector + Clone>(
    rebuild: generations::Rebuild<P>,
    asked: &Rebuild,
    comparison: &Comparison,
) -> anyhow::Result<ExitCode> {
    let name = asked.name.name;
    if !asked.json {
        show(name, comparison)?;
    }
    let is_equal = comparison.is_equal();
    let (swapped, outcome) = if asked.check {
        rebuild.discard().await?;
        (None, "What was built is dropped.".to_owned())
    } else if is_equal || asked.accept_differences {
        let swapped = rebuild.swap().await?;
        let took = swapped.took.as_millis();
        let undo = format!("`leadflow projections undo {name}` goes back");
        (Some(swapped), format!("It is read from event {} on; {took} ms; {undo}.", swapped.position))
    } else {
        rebuild.leave().await?;
        (
            None,
            format!(
                "It is not put in place. With --accept-differences the same command does so. To build it by a program \
                 that folds otherwise, drop it before: `leadflow projections drop {name} --next`."
            ),
        )
    };
    if asked.json {
        output::json(&json!({
            "name": name,
            "equal": is_equal,
            "comparison": comparison,
            "swappedAt": swapped.map(|swapped| swapped.position),
            "swapMilliseconds": swapped.map(|swapped| swapped.took.as_secs_f64() * 1_000.0),
        }))?;
    } else {
        say!("{outcome}");
    }
    Ok(if is_equal || swapped.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(name: &str, comparison: &Comparison) -> anyhow::Result<()> {
    let rows: i64 = comparison.tables.iter().map(|table| table.serving).sum();
    if comparison.is_equal() {
        say!("{name} was built anew, and is the same at event {}: {rows} rows.", comparison.position);
        return Ok(());
    }
    say!("{name} was built anew, and differs at event {}:", comparison.position);
    for table in comparison.tables.iter().filter(|table| !table.is_equal) {
        say!(
            "  {}: {} rows are read, {} were built, {} differ",
            table.table,
            table.serving,
            table.next,
            table.different
        );
        for difference in &table.differences {
            say!("    {} {} {}", difference.what, difference.key, difference.columns.join(", "));
        }
    }
    Ok(())
}
