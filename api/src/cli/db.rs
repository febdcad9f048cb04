//! `leadflow db`: the database itself, with PostgreSQL's own programs.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use tokio::process;

use crate::config::Config;
use crate::storage::{Purpose, Storage};

#[derive(Debug, Subcommand)]
pub(super) enum Db {
    /// Open psql, or run it with the arguments behind `--`
    Psql {
        /// Arguments for psql
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Write a dump to standard output with pg_dump, or with the arguments behind `--`
    Dump {
        /// Arguments for `pg_dump`
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Print the database's URL; the private server answers while somebody uses it
    Url,
}

impl Db {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let storage = Storage::open(config, Purpose::Call).await?;
        let result = match self {
            Self::Psql { arguments } => program(&storage, "psql", arguments).await,
            Self::Dump { arguments } => program(&storage, "pg_dump", arguments).await,
            Self::Url => {
                println!("{}", storage.url());
                Ok(ExitCode::SUCCESS)
            }
        };
        storage.close().await?;
        result
    }
}

/// Runs one of PostgreSQL's programs on our database and passes its exit status on.
async fn program(storage: &Storage, name: &str, arguments: Vec<OsString>) -> anyhow::Result<ExitCode> {
    let beside_the_server = storage.binaries().map(|folder| folder.join(name)).filter(|path| path.exists());
    let path = beside_the_server.unwrap_or_else(|| name.into());
    let mut child = process::Command::new(path);
    child.arg("--dbname").arg(storage.url()).args(arguments);
    // An interrupt is for psql's query, not for us.
    let status = tokio::select! {
        status = child.status() => status,
        () = ignoring_interrupts() => unreachable!("it never returns"),
    };
    let status = status.with_context(|| format!("{name} can't be started; install PostgreSQL's client programs"))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

async fn ignoring_interrupts() {
    loop {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
