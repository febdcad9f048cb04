//! The command line. Results go to standard output, in words or as `--json`; everything else to standard error.

#![allow(clippy::doc_markdown, reason = "doc comments are help texts here, and a terminal shows backticks")]

mod access;
mod bench;
mod channel;
mod config;
mod db;
mod demo;
mod events;
mod followers;
mod import;
mod jobs;
mod keys;
mod mail;
mod member;
mod output;
mod projections;
mod resume;
mod serve;
mod signals;
mod simulate;
mod tenant;
mod token;
mod webhooks;

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use self::output::say;

use crate::app::{self, App};
use crate::config::{Config, Overrides, load};
use crate::storage::{Purpose, Storage};
use crate::{graphql, telemetry};

/// The backend of an inbox for businesses that sell over WhatsApp.
#[derive(Debug, Parser)]
#[command(name = "leadflow", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// Where the private installation lives [env: LEADFLOW_DATA_DIR]
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Configuration file; `leadflow config --default` shows every key [env: LEADFLOW_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take webhooks and serve the API
    Serve(serve::Serve),
    /// Show the whole product on a recorded day, in `demo` below the data directory
    Demo(demo::Demo),
    /// Bring the database up to date; needed with DATABASE_URL, where starting does not do it
    Migrate,
    /// Businesses
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// People who work for a business
    #[command(subcommand)]
    Member(member::Member),
    /// Places messages come from
    #[command(subcommand)]
    Channel(channel::Channel),
    /// Files of leads
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Bearer tokens for the API
    #[command(subcommand)]
    Token(token::Token),
    /// The master key, and what access tokens are signed with
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Read models
    #[command(subcommand)]
    Projections(projections::Projections),
    /// What acts on events
    #[command(subcommand)]
    Reactors(followers::Reactors),
    /// Outside work: what waits, runs, failed
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Let what acts go on, on a database that was restored or cloned
    Resume(resume::Resume),
    /// The event log
    #[command(subcommand)]
    Events(events::Events),
    /// Webhook deliveries
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Letters to people
    #[command(subcommand)]
    Mail(mail::Mail),
    /// The database itself
    #[command(subcommand)]
    Db(db::Db),
    /// Measure this program beside its peers and limits
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Play Meta for WhatsApp on this machine
    Simulate(simulate::Simulate),
    /// Print the GraphQL schema
    Schema,
    /// Print the configuration, without secrets
    Config(config::ShowConfig),
}

/// Runs one call.
///
/// # Errors
/// Whatever kept it from its result, as a chain of causes.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { global, command } = cli;
    telemetry::start(!matches!(command, Command::Serve(_)));
    let configured = |listen| -> anyhow::Result<Config> {
        let environment: HashMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let flags = Overrides { file: global.config.clone(), data_dir: global.data_dir.clone(), listen };
        Ok(load(&environment, &flags)?)
    };
    match command {
        Command::Serve(serve) => Box::pin(serve.run(configured(serve.listen)?)).await,
        Command::Demo(demo) => Box::pin(demo.run(configured(demo.listen)?)).await,
        Command::Migrate => migrate(&configured(None)?).await,
        Command::Tenant(command) => {
            with_app_for(command.purpose(), configured(None)?, async |app| command.run(app).await).await
        }
        Command::Member(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Channel(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Import(command) => Box::pin(with_app(configured(None)?, async |app| command.run(app).await)).await,
        Command::Token(command) => {
            with_app_for(command.purpose(), configured(None)?, async |app| command.run(app).await).await
        }
        Command::Keys(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Projections(command) => {
            Box::pin(with_app(configured(None)?, async |app| command.run(app).await)).await
        }
        Command::Reactors(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Jobs(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Resume(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Events(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Webhooks(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Mail(command) => with_app(configured(None)?, async |app| command.run(app).await).await,
        Command::Db(command) => command.run(&configured(None)?).await,
        Command::Bench(bench) => Box::pin(bench.run(&configured(None)?)).await,
        Command::Simulate(simulate) => Box::pin(simulate.run(&configured(None)?)).await,
        Command::Schema => {
            say!("{}", graphql::sdl().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(show) => show.run(&configured(None)?),
    }
}

/// Opens the installation for one call, and leaves it in order whatever the call came to.
async fn with_app(
    config: Config,
    call: impl AsyncFnOnce(&App) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    with_app_for(Purpose::Call, config, call).await
}

async fn with_app_for(
    purpose: Purpose,
    config: Config,
    call: impl AsyncFnOnce(&App) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let app = App::open(config, purpose).await?;
    let result = call(&app).await;
    let closed = app.close().await;
    let code = result?;
    closed?;
    Ok(code)
}

async fn migrate(config: &Config) -> anyhow::Result<ExitCode> {
    let storage = Storage::open(config, Purpose::Begin).await?;
    let migrated = app::migrate(&storage).await;
    let closed = storage.close().await;
    migrated?;
    closed?;
    say!("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
