//! What a caller was told, whatever it asked.

use leadflow_domain::StreamId;
use leadflow_event_store::{Done, ExecuteError, ReadError, Receipt};

use super::plan::Step;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Appended {
        position: i64,
        version: i64,
    },
    Before {
        position: i64,
        version: i64,
    },
    AlreadySo {
        position: i64,
        version: i64,
    },
    Refused,
    Erased,
    Reserved {
        holder: StreamId,
    },
    NotHeld,
    KeyReused,
    /// What became of it is not known: to be asked again.
    Unsettled(String),
    /// Nothing in a plan asks for this.
    Wrong(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) to: Step,
    pub(crate) told: Told,
}

impl<R: std::error::Error + 'static> From<Result<Receipt, ExecuteError<R>>> for Told {
    fn from(answer: Result<Receipt, ExecuteError<R>>) -> Self {
        let error = match answer {
            Ok(Receipt { done: Done::Appended, position, version }) => return Self::Appended { position, version },
            Ok(Receipt { done: Done::Before, position, version }) => return Self::Before { position, version },
            Ok(Receipt { done: Done::AlreadySo, position, version }) => return Self::AlreadySo { position, version },
            Err(error) => error,
        };
        match error {
            ExecuteError::Refused(_) | ExecuteError::RefusedBefore(_) => Self::Refused,
            ExecuteError::Erased => Self::Erased,
            ExecuteError::Reserved { holder } => Self::Reserved { holder },
            ExecuteError::NotHeld => Self::NotHeld,
            ExecuteError::KeyReused => Self::KeyReused,
            ExecuteError::Contended | ExecuteError::Unavailable { .. } | ExecuteError::Stopping(_) => {
                Self::Unsettled(error.to_string())
            }
            ExecuteError::Unreadable(ref why) if matches!(**why, ReadError::Database(_)) => {
                Self::Unsettled(error.to_string())
            }
            ExecuteError::Unreadable(_)
            | ExecuteError::AnotherVersion { .. }
            | ExecuteError::ForeignStream
            | ExecuteError::Unstorable { .. } => Self::Wrong(error.to_string()),
        }
    }
}
