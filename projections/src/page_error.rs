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
    /// Whether the same page may succeed later without anybody's help: the database is away, or busy.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => is_passing(error),
            Self::Later(_) => true,
            Self::Unreadable(_) | Self::Refused(_) | Self::Panicked => false,
        }
    }
}

/// Whether the database is away or busy, rather than at odds with the data: SQLSTATE classes 08 (connection), 40
/// (rollback), 53 (resources), 55 (state), 57 (operator), 58 (system), XX (internal); and all that never reached it.
fn is_passing(error: &sqlx::Error) -> bool {
    match error.as_database_error() {
        Some(error) => error
            .code()
            .is_none_or(|code| ["08", "40", "53", "55", "57", "58", "XX"].contains(&&code[..2.min(code.len())])),
        None => !matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::Encode(_)),
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
        None => "a row could not be encoded".to_owned(),
    }
}
