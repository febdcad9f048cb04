//! Why a page could not be dealt with.

use leadflow_event_store::ReadError;
use thiserror::Error;

/// Why a page could not be dealt with.
#[derive(Debug, Error)]
pub enum PageError {
    /// The database did not take the rows.
    #[error("{}", describe(.0))]
    Database(#[from] sqlx::Error),
    /// An event is not for this program, or is damaged.
    #[error("{0}")]
    Unreadable(ReadError),
    /// What it asked for can't be done now.
    #[error("{0}")]
    Later(String),
    /// What it asked for was refused.
    #[error("{0}")]
    Refused(String),
    /// It has a bug.
    #[error("it panicked")]
    Panicked,
    /// Too much can't be dealt with for the events to be to blame.
    #[error("{streams} streams would wait: it is not made for this log; the latest because: {latest}")]
    TooMany {
        /// Streams that would wait.
        streams: usize,
        /// What was wrong with the latest.
        latest: String,
    },
}

impl From<ReadError> for PageError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Database(error) => Self::Database(error),
            ReadError::Unreadable(_) | ReadError::Key(_) => Self::Unreadable(error),
        }
    }
}

impl PageError {
    /// There was no connection to be had.
    pub(super) fn unreached(error: &sqlx::Error) -> Self {
        Self::Later(describe(error))
    }

    /// Whether the same page may succeed later without anybody's help: the database is away, or busy.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => is_passing(error),
            Self::Later(_) => true,
            Self::Unreadable(_) | Self::Refused(_) | Self::Panicked | Self::TooMany { .. } => false,
        }
    }

    /// Whether no event is to blame: whatever the consumer is given, it can't work on this database.
    #[must_use]
    pub fn is_of_the_consumer(&self) -> bool {
        match self {
            Self::Database(error) => has_class(error, OF_THE_CONSUMER),
            Self::TooMany { .. } => true,
            Self::Later(_) | Self::Unreadable(_) | Self::Refused(_) | Self::Panicked => false,
        }
    }
}

/// SQLSTATE classes of a database that is away or busy: connection, transaction state (a standby), login, database,
/// rollback, resources, state, operator, system, internal.
const PASSING: &[&str] = &["08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX"];

/// SQLSTATE classes of statements that no row is to blame for: not supported, statement name, schema name, syntax or
/// access.
const OF_THE_CONSUMER: &[&str] = &["0A", "26", "3F", "42"];

fn has_class(error: &sqlx::Error, classes: &[&str]) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| classes.contains(&&code[..2.min(code.len())]))
}

/// Whether the database is away or busy, rather than at odds with the data; so is all that never reached it.
fn is_passing(error: &sqlx::Error) -> bool {
    match error.as_database_error() {
        Some(known) => known.code().is_none() || has_class(error, PASSING),
        None => matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
        ),
    }
}

/// A database error without the values it may quote: they may be personal, and this text is stored.
fn describe(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => format!(
            "the database refused the rows: SQLSTATE {}{}{}",
            error.code().as_deref().unwrap_or("unknown"),
            error.table().map(|table| format!(", table {table}")).unwrap_or_default(),
            error.constraint().map(|name| format!(", constraint {name}")).unwrap_or_default(),
        ),
        None if is_passing(error) => "the database can't be reached".to_owned(),
        None => "a row could not be read or written".to_owned(),
    }
}
