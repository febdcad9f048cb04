//! `leadflow projections`: how far each read model is, what it has set aside, and building it anew.

mod rebuild;

use std::process::ExitCode;

use clap::Subcommand;
use leadflow_event_store::database;
use leadflow_projections::{Definition, Generation, all, generations};

use self::rebuild::Rebuild;
use super::followers::{self, Parked, Retry};
use super::output::say;
use crate::app::App;

#[derive(Debug, Subcommand)]
pub(super) enum Projections {
    /// How far each read model is
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What read models have set aside, and why
    Parked(Parked),
    /// Have what was set aside tried again
    Retry {
        /// Which read model
        #[arg(value_parser = read_model)]
        name: Definition,
        #[command(flatten)]
        of: Retry,
    },
    /// Build a read model anew beside the one that is read, compare the two, and put it in its place
    Rebuild(Rebuild),
    /// Go back to the generation that was read before the last rebuild
    Undo {
        /// Which read model
        #[arg(value_parser = read_model)]
        name: Definition,
    },
    /// Drop what is not read any more: the generation before, one that is being built, or another version
    Drop {
        /// Which read model
        #[arg(value_parser = read_model)]
        name: Definition,
        /// The generation before the one that is read: the last rebuild can't be undone any more
        #[arg(long, group = "what", required_unless_present_any = ["next", "version"])]
        previous: bool,
        /// The generation that is being built
        #[arg(long, group = "what")]
        next: bool,
        /// Another version, once no program of that version serves any more
        #[arg(long, group = "what", value_name = "NUMBER")]
        version: Option<u32>,
    },
}

impl Projections {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<ExitCode> {
        match self {
            Self::Status { json } => followers::status(app, "projector/", json).await,
            Self::Parked(which) => which.show(app, "projector/").await,
            Self::Retry { name, of } => of.ask(app, &name.consumer()).await,
            Self::Rebuild(rebuild) => rebuild.run(app).await,
            Self::Undo { name } => undo(app, &name).await,
            Self::Drop { name, next, version, .. } => drop(app, &name, next, version).await,
        }
    }
}

async fn undo(app: &App, definition: &Definition) -> anyhow::Result<ExitCode> {
    let owner = database::owner_pool(app.storage.options());
    let undone = generations::undo(&owner, definition).await;
    owner.close().await;
    let swapped = undone?;
    say!(
        "The generation of {} from before is read again, from event {} on; it took {} ms. `undo` once more goes forward again.",
        definition.name,
        swapped.position,
        swapped.took.as_millis()
    );
    Ok(ExitCode::SUCCESS)
}

async fn drop(app: &App, definition: &Definition, next: bool, version: Option<u32>) -> anyhow::Result<ExitCode> {
    let owner = database::owner_pool(app.storage.options());
    let generation = if next { Generation::Next } else { Generation::Previous };
    let (dropped, schema) = match version {
        Some(version) => (
            generations::drop_version(&owner, definition.name, version).await,
            Definition { version, ..*definition }.schema(),
        ),
        None => (generations::discard(&owner, definition, generation).await, definition.schema_of(generation)),
    };
    owner.close().await;
    dropped?;
    say!("{schema} is dropped.");
    Ok(ExitCode::SUCCESS)
}

/// The read model of that name.
fn read_model(name: &str) -> Result<Definition, String> {
    all().into_iter().find(|definition| definition.name == name).ok_or_else(|| {
        let names: Vec<_> = all().iter().map(|definition| definition.name).collect();
        format!("there is no read model `{name}`; there are {}", names.join(", "))
    })
}
