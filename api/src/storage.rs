//! Where the data is: the database that `DATABASE_URL` names, or a private server of our own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use leadflow_event_store::database::Logins;
use leadflow_private_postgres::{Options, PrivateServer, ServeLock, default_data_dir};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::config::{Config, SecretText};

/// How long a call waits for a database that does not answer at all.
const PATIENCE: Duration = Duration::from_secs(10);

const UNREACHABLE: &str = "the database can't be reached";

/// An opened database.
#[derive(Debug)]
pub struct Storage {
    options: PgConnectOptions,
    api: Option<PgConnectOptions>,
    url: String,
    private: Option<Private>,
}

#[derive(Debug)]
struct Private {
    server: PrivateServer,
    data_dir: PathBuf,
    // Held while this process serves.
    serving: Option<ServeLock>,
}

/// What the database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To serve: on a private server nobody else may.
    Serve,
    /// One call of the command line, beside whoever serves, with which an installation may begin.
    Begin,
    /// Any other call: of what is not there it makes none.
    Call,
}

/// The folder of the private installation.
///
/// # Errors
/// When the account has no home and none is configured.
pub fn data_dir(config: &Config) -> anyhow::Result<PathBuf> {
    match &config.data_dir {
        // Absolute, because the server works in another folder than we do.
        Some(path) => std::path::absolute(path).with_context(|| format!("{} is no usable path", path.display())),
        None => Ok(default_data_dir()?),
    }
}

impl Storage {
    /// Opens the database; starts or joins the private server when no other is named.
    ///
    /// # Errors
    /// When it can't be had; the message says what to do.
    pub async fn open(config: &Config, purpose: Purpose) -> anyhow::Result<Self> {
        if let Some(url) = &config.database_url {
            let options = parsed("DATABASE_URL", url)?;
            let api =
                config.api_database_url.as_ref().map(|url| parsed("LEADFLOW_API_DATABASE_URL", url)).transpose()?;
            if purpose != Purpose::Serve {
                reach(&options).await?;
            }
            return Ok(Self { options, api, url: url.expose().to_owned(), private: None });
        }
        let data_dir = data_dir(config)?;
        let serving = match purpose {
            Purpose::Serve => Some(ServeLock::acquire(&data_dir)?),
            Purpose::Begin => None,
            // Mistyped, a folder would become an installation, and what is looked for would seem to be gone.
            Purpose::Call if !PrivateServer::is_made(&data_dir) => anyhow::bail!(
                "there is no installation in {}; `leadflow serve` and `leadflow tenant create` make one, --data-dir names \
                 another folder",
                data_dir.display()
            ),
            Purpose::Call => None,
        };
        let options = Options { data_dir: data_dir.clone(), binaries: config.postgres_bin.clone(), fetch: true };
        let server = PrivateServer::join(&options).await?;
        Ok(Self {
            options: server.connect_options(),
            api: None,
            url: server.url(),
            private: Some(Private { server, data_dir, serving }),
        })
    }

    /// How to connect as the owner.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// How to connect as the owner, and as the API if it has a login of its own.
    #[must_use]
    pub fn logins(&self) -> Logins {
        Logins { owner: self.options.clone(), api: self.api.clone() }
    }

    /// The same as [`Self::options`] for programs that use libpq.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the private server's programs are; `None` when it is not ours.
    #[must_use]
    pub fn binaries(&self) -> Option<&Path> {
        self.private.as_ref().map(|private| private.server.binaries())
    }

    /// The private installation's folder; `None` when the database is not ours.
    #[must_use]
    pub fn data_dir(&self) -> Option<&Path> {
        self.private.as_ref().map(|private| private.data_dir.as_path())
    }

    /// The state of the private server; `None` when it is not ours.
    #[must_use]
    pub fn server_state(&self) -> Option<tokio::sync::watch::Receiver<leadflow_private_postgres::ServerState>> {
        self.private.as_ref().map(|private| private.server.state())
    }

    /// Whether no other process can be serving on this database.
    #[must_use]
    pub fn serves_alone(&self) -> bool {
        self.private.as_ref().is_some_and(|private| private.serving.is_some())
    }

    /// Gives the private server back; whoever leaves last stops it.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        if let Some(Private { server, serving, .. }) = self.private {
            server.leave().await?;
            drop(serving);
        }
        Ok(())
    }
}

/// Fails when the database is away, with the reason and at once: a pool of connections waits for it, and knows no reason.
async fn reach(options: &PgConnectOptions) -> anyhow::Result<()> {
    let connected = tokio::time::timeout(PATIENCE, options.connect()).await;
    connected.context(UNREACHABLE)?.context(UNREACHABLE)?.close().await.context(UNREACHABLE)
}

fn parsed(variable: &str, url: &SecretText) -> anyhow::Result<PgConnectOptions> {
    let told = || format!("{variable} is no PostgreSQL URL; it reads like postgres://user:password@host:5432/database");
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.expose().starts_with(scheme)) {
        anyhow::bail!(told());
    }
    url.expose().parse().with_context(told)
}
