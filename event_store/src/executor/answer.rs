//! What became of a command.

use std::sync::Arc;

use cqrs_es::Aggregate;
use leadflow_domain::{DataSubjectId, Decide, StreamId};
use thiserror::Error;

use crate::append::{Appended, Before, ERASED, RunNumber, StoredRefusal, another_version};
use crate::{Closed, ReadError};

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// What was done.
    pub done: Done,
    /// Where the stream's newest event stands in the log: this command's last, if it has any.
    pub position: i64,
    /// The stream's version after it.
    pub version: i64,
}

/// What a command did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Its events are in the log now.
    Appended,
    /// Its events were in the log before this call.
    Before,
    /// Nothing: it was already so.
    AlreadySo,
}

/// Why a command came to nothing.
#[derive(Debug, Error)]
pub enum ExecuteError<R: std::error::Error + 'static> {
    /// The rules forbid it.
    #[error(transparent)]
    Refused(R),
    /// The rules forbade it when the same command came before.
    #[error("{}", .0.message())]
    RefusedBefore(StoredRefusal),
    /// A unique fact it would take is another stream's.
    #[error("another one has it: {holder}")]
    Reserved {
        /// The stream that owns it.
        holder: StreamId,
    },
    /// What it took for granted of another stream is no longer so; look again.
    #[error("what it was asked for has changed meanwhile")]
    NotHeld,
    /// The stream is not at the version on which alone it was to be decided.
    #[error("{}", another_version(*.version, *.expected))]
    AnotherVersion {
        /// The version it is at.
        version: i64,
        /// Where that stands in the log.
        position: i64,
        /// The version that was expected.
        expected: i64,
    },
    /// The stream is another tenant's.
    #[error("there is no such stream")]
    ForeignStream,
    /// The person it is about was erased.
    #[error("{ERASED}")]
    Erased,
    /// The same command id came before with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The database can't store what it says.
    #[error("it can't be stored: {reason}")]
    Unstorable {
        /// The database's word.
        reason: String,
    },
    /// Others kept being faster; ask again.
    #[error("too many others change this at once; ask again")]
    Contended,
    /// The database can't be reached, or did not say what became of it; ask again with the same id.
    #[error("the event log can't be reached; ask again: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// The stream, or the person's key, can't be read.
    #[error(transparent)]
    Unreadable(Arc<ReadError>),
    /// The process is stopping; ask again.
    #[error(transparent)]
    Stopping(#[from] Closed),
}

pub(super) type Answer<A> = Result<Receipt, ExecuteError<<A as Aggregate>::Error>>;

/// What the caller is told once the log has spoken about what was decided.
#[derive(Debug)]
pub(crate) enum IfItStands<R> {
    /// Its events are in the log.
    Appended,
    /// It was already so.
    AlreadySo,
    /// It is refused.
    Refused(R),
    /// The person was erased.
    Erased,
    /// This other version was expected.
    AnotherVersion { expected: i64 },
}

/// What the log's answer means for the rest of the batch.
pub(super) enum Verdict<A: Decide> {
    /// As decided, and so seen in that run; the rest may stand on it.
    Stands(Answer<A>, RunNumber),
    /// Answered otherwise than decided: the rest were decided on something that is not so.
    Otherwise(Answer<A>),
    /// The decision must be made again, and with it all that follow.
    Again(Again),
}

/// Why a decision must be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// The stream has moved on.
    Conflict,
    /// The person's key has changed.
    KeyChanged(Option<DataSubjectId>),
}

pub(super) fn verdict<A: Decide>(
    appended: Result<Appended, tokio::sync::oneshot::error::RecvError>,
    decided: IfItStands<A::Error>,
    subject: Option<DataSubjectId>,
) -> Verdict<A> {
    let Ok(appended) = appended else { return Verdict::Otherwise(Err(Closed.into())) };
    Verdict::Otherwise(match appended {
        Appended::Now { last_position: position, version, run } | Appended::Stands { position, version, run } => {
            let answer = match decided {
                IfItStands::Appended => Ok(Receipt { done: Done::Appended, position, version }),
                IfItStands::AlreadySo => Ok(Receipt { done: Done::AlreadySo, position, version }),
                IfItStands::Refused(refusal) => Err(ExecuteError::Refused(refusal)),
                IfItStands::Erased => Err(ExecuteError::Erased),
                IfItStands::AnotherVersion { expected } => {
                    Err(ExecuteError::AnotherVersion { version, position, expected })
                }
            };
            return Verdict::Stands(answer, run);
        }
        Appended::Conflict => return Verdict::Again(Again::Conflict),
        Appended::KeyChanged => return Verdict::Again(Again::KeyChanged(subject)),
        Appended::Before { position, version, what } => before::<A>(position, version, what),
        Appended::Reserved { holder } => Err(ExecuteError::Reserved { holder }),
        Appended::NotHeld => Err(ExecuteError::NotHeld),
        Appended::ForeignStream => Err(ExecuteError::ForeignStream),
        Appended::KeyReused => Err(ExecuteError::KeyReused),
        Appended::Unstorable { reason } => Err(ExecuteError::Unstorable { reason }),
        Appended::Unavailable { reason } => Err(ExecuteError::Unavailable { reason }),
    })
}

/// The answer to a command that was settled before.
pub(super) fn before<A: Decide>(position: i64, version: i64, what: Before) -> Answer<A> {
    match what {
        Before::Appended => Ok(Receipt { done: Done::Before, position, version }),
        Before::Unchanged => Ok(Receipt { done: Done::AlreadySo, position, version }),
        Before::Refused(refusal) => Err(ExecuteError::RefusedBefore(refusal)),
        Before::Reserved { holder } => Err(ExecuteError::Reserved { holder }),
    }
}

/// The answer to everybody who needed what can't be read.
pub(super) fn unreadable<R: std::error::Error + 'static>(error: &Arc<ReadError>) -> ExecuteError<R> {
    match error.as_ref() {
        ReadError::Database(error) => ExecuteError::Unavailable { reason: error.to_string() },
        ReadError::Unreadable(_) | ReadError::Key(_) => ExecuteError::Unreadable(Arc::clone(error)),
    }
}
