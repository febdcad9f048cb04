//! What a call may come to other than what it asked for.

use thiserror::Error;

use super::refusal::ProviderRefusal;

/// Why a message was not sent, or may not have been. None of the reasons repeats the token, the message, or whom it is for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SendFailure {
    /// The request certainly did not reach Meta: no name, no connection, no TLS. It may be sent again.
    #[error("Meta was not reached: {reason}")]
    NotSent {
        /// Why.
        reason: String,
    },
    /// Meta said no, so the message was certainly not taken.
    #[error("Meta refused it: {}, code {}", .0.status, .0.code)]
    Refused(ProviderRefusal),
    /// It left, and nothing says what came of it: the message may have been taken. Meta knows no idempotency key, so it must not
    /// simply be sent again; a status that brings its callback back says that it was taken.
    #[error("it is not known whether it was sent: {reason}")]
    Unknown {
        /// What is known.
        reason: String,
    },
    /// Refused here, before anything was sent: Meta never takes such.
    #[error("it can't be sent: {reason}")]
    NeverValid {
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a call came to nothing that may be made again without harm.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallFailure {
    /// The request certainly did not reach Meta.
    #[error("Meta was not reached: {reason}")]
    NotSent {
        /// Why.
        reason: String,
    },
    /// Meta said no.
    #[error("Meta refused it: {}, code {}", .0.status, .0.code)]
    Refused(ProviderRefusal),
    /// It left, and nothing says what came of it.
    #[error("it is not known what came of it: {reason}")]
    Unknown {
        /// What is known.
        reason: String,
    },
    /// Refused here: it is asked for in vain, however often.
    #[error("it can't be asked for: {reason}")]
    NeverValid {
        /// What is wrong with it.
        reason: String,
    },
}

impl From<CallFailure> for SendFailure {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::NotSent { reason } => Self::NotSent { reason },
            CallFailure::Refused(refusal) => Self::Refused(refusal),
            CallFailure::Unknown { reason } => Self::Unknown { reason },
            CallFailure::NeverValid { reason } => Self::NeverValid { reason },
        }
    }
}
