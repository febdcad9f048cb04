//! What the log says to a command.

use leadflow_domain::{Refusal, RefusalCode, StreamId};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::RunNumber;

/// What became of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Appended {
    /// Its events are in the log now.
    Now { last_position: i64, version: i64, run: RunNumber },
    /// The stream stands where the decision was made: what came to no event stands too.
    Stands { position: i64, version: i64, run: RunNumber },
    /// The command was settled before; this is its receipt.
    Before { position: i64, version: i64, what: Before },
    /// The stream is not where the decision was made.
    Conflict,
    /// Another stream owns a fact it would take.
    Reserved { holder: StreamId },
    /// What it took for granted of another stream is no longer so.
    NotHeld,
    /// The stream is another tenant's.
    ForeignStream,
    /// The person's key is another, or was destroyed.
    KeyChanged,
    /// The command's id was used for another request.
    KeyReused,
    /// The database can't take this command, whatever its neighbours.
    Unstorable { reason: String },
    /// The database could not be reached, or did not say what became of it.
    Unavailable { reason: String },
}

/// What a command came to that was settled before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Before {
    Appended,
    Unchanged,
    Refused(StoredRefusal),
    Reserved { holder: StreamId },
}

/// What is said to whoever would record something about somebody who was erased.
pub(crate) const ERASED: &str = "the person was erased: nothing is recorded for her any more";

/// What is said to whoever expected another version.
pub(crate) fn another_version(is: i64, expected: i64) -> String {
    format!("it has changed: its version is {is}, not {expected}")
}

/// A refusal as a receipt keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRefusal {
    code: String,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl StoredRefusal {
    pub(crate) fn of(refusal: &impl Refusal) -> Self {
        Self {
            code: refusal.code().as_str().to_owned(),
            message: refusal.to_string(),
            field: refusal.field().map(str::to_owned),
        }
    }

    /// Of what would be recorded about somebody who was erased, whatever its aggregate's rules say.
    pub(crate) fn erased() -> Self {
        Self { code: RefusalCode::Erased.as_str().to_owned(), message: ERASED.to_owned(), field: None }
    }

    /// Of what was asked for as of another version, whatever its aggregate's rules say.
    pub(crate) fn another_version(is: i64, expected: i64) -> Self {
        Self {
            code: RefusalCode::AnotherVersion.as_str().to_owned(),
            message: another_version(is, expected),
            field: Some("expectedVersion".to_owned()),
        }
    }

    /// What kind of refusal it was; `None` for a kind that only a newer program knows.
    #[must_use]
    pub fn code(&self) -> Option<RefusalCode> {
        RefusalCode::parse(&self.code)
    }

    /// What the caller was told.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The input field it was about, if it was about one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl Appended {
    /// The newest position that this append gave out.
    pub(super) fn appended_position(&self) -> Option<i64> {
        match self {
            Self::Now { last_position, .. } => Some(*last_position),
            Self::Stands { .. }
            | Self::Before { .. }
            | Self::Conflict
            | Self::Reserved { .. }
            | Self::NotHeld
            | Self::ForeignStream
            | Self::KeyChanged
            | Self::KeyReused
            | Self::Unstorable { .. }
            | Self::Unavailable { .. } => None,
        }
    }

    /// What the function said; `run`: where it has seen the streams.
    pub(super) fn from_row(row: &PgRow, run: RunNumber) -> Result<Self, sqlx::Error> {
        let position = || row.try_get("last_position");
        let version = || row.try_get("version");
        let before = |what| Ok::<_, sqlx::Error>(Self::Before { position: position()?, version: version()?, what });
        Ok(match row.try_get("outcome")? {
            "appended" => Self::Now { last_position: position()?, version: version()?, run },
            "unchanged" | "refused" => Self::Stands { position: position()?, version: version()?, run },
            "before_appended" => before(Before::Appended)?,
            "before_unchanged" => before(Before::Unchanged)?,
            "before_refused" => before(Before::Refused(detail(row)?))?,
            "before_reserved" => before(Before::Reserved { holder: detail(row)? })?,
            "conflict" => Self::Conflict,
            "reserved" => Self::Reserved { holder: detail(row)? },
            "not_held" => Self::NotHeld,
            "foreign_stream" => Self::ForeignStream,
            "key_changed" => Self::KeyChanged,
            "key_reused" => Self::KeyReused,
            other => return Err(sqlx::Error::Protocol(format!("append_events answered `{other}`"))),
        })
    }
}

pub(super) fn detail<T: serde::de::DeserializeOwned>(row: &PgRow) -> Result<T, sqlx::Error> {
    serde_json::from_str(row.try_get("detail")?).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
