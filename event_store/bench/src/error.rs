use std::io;

use leadflow_event_store::OpenError;
use leadflow_event_store::database::MigrateError;
use thiserror::Error;

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The bench's own Postgres does not start or stop.
    #[error("the bench's own PostgreSQL")]
    Server(#[from] leadflow_private_postgres::Error),
    /// Its schema can't be made.
    #[error("the bench's database")]
    Migration(#[from] MigrateError),
    /// Its keys can't be made.
    #[error("the bench's installation")]
    Installation(#[from] OpenError),
    /// It failed, or refused a statement.
    #[error("the bench's database failed")]
    Database(#[from] sqlx::Error),
    /// A file or a program could not be used.
    #[error("{doing}")]
    Io {
        /// What was tried.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// A command came to something else than its events: what was timed would not be what is named.
    #[error("{contender}: a command failed: {reason}")]
    Command {
        /// Whose.
        contender: &'static str,
        /// Its answer.
        reason: String,
    },
    /// Fewer rows are there than commands were answered, or an idle transaction was not idle to the end.
    #[error("the measurement is void: {0}")]
    Void(String),
    /// No pgbench was found, and `LEADFLOW_REQUIRE_ALL=1` wants everything measured.
    #[error("there is no pgbench beside PostgreSQL's programs or on the PATH; Debian's `postgresql` has it")]
    NoPgbench,
    /// Another program of the bench did not do its part.
    #[error("{program}: {reason}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it did.
        reason: String,
    },
    /// Somebody asked to stop.
    #[error("stopped before everything was measured")]
    Stopped,
}

impl BenchError {
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }
}
