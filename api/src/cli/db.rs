//! `leadflow db`: the database itself, mostly with PostgreSQL's own programs.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use tokio::process;

use super::access;
use super::output::say;
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
    /// Who reads, who writes, and whether row-level security stands between tenants
    Access {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Db {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let storage = Storage::open(config, Purpose::Call).await?;
        let result = match self {
            Self::Psql { arguments } => program(&storage, "psql", arguments).await,
            Self::Dump { arguments } => program(&storage, "pg_dump", arguments).await,
            Self::Url => {
                say!("{}", storage.url());
                Ok(ExitCode::SUCCESS)
            }
            Self::Access { json } => access::show(&storage, json).await,
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
    let (url, password) = without_password(storage.url());
    child.arg("--dbname").arg(url).args(arguments);
    if let Some(password) = password {
        child.env("PGPASSWORD", password);
    }
    // An interrupt is for psql's query, not for us.
    let status = tokio::select! {
        status = child.status() => status,
        () = ignoring_interrupts() => unreachable!("it never returns"),
    };
    let status = status.with_context(|| format!("{name} can't be started; install PostgreSQL's client programs"))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Everybody on the machine may read a process's arguments; its environment only its owner.
fn without_password(url: &str) -> (String, Option<String>) {
    let Ok(mut parsed) = reqwest::Url::parse(url) else { return (url.to_owned(), None) };
    let in_query = parsed.query_pairs().find(|(key, _)| key == "password").map(|(_, value)| value.into_owned());
    if let Some(password) = in_query {
        let others: Vec<(String, String)> =
            parsed.query_pairs().filter(|(key, _)| key != "password").map(|(k, v)| (k.into(), v.into())).collect();
        parsed.query_pairs_mut().clear().extend_pairs(others);
        return (parsed.into(), Some(password));
    }
    let Some(password) = parsed.password().map(str::to_owned) else { return (url.to_owned(), None) };
    if parsed.set_password(None).is_err() {
        return (url.to_owned(), None);
    }
    (parsed.into(), Some(percent_decoded(&password)))
}

fn percent_decoded(text: &str) -> String {
    // A query of one pair decodes the same escapes; a plus sign means itself outside of queries.
    let pair = format!("p={}", text.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}

async fn ignoring_interrupts() {
    loop {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_stays_out_of_the_arguments() {
        let (url, password) = without_password("postgres://app:s%40cr+t@db.example:5432/leadflow?sslmode=require");
        assert_eq!(url, "postgres://app@db.example:5432/leadflow?sslmode=require");
        assert_eq!(password.as_deref(), Some("s@cr+t"));
        let (url, password) = without_password("postgres://db/leadflow?user=app&password=s%40cret");
        assert_eq!((url.as_str(), password.as_deref()), ("postgres://db/leadflow?user=app", Some("s@cret")));
        let own = "postgresql:///leadflow?host=/run/leadflow&user=leadflow";
        assert_eq!(without_password(own), (own.to_owned(), None));
    }
}
