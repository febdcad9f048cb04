//! Why a letter was not taken.

use std::time::Duration;

/// Why a letter was not taken. None of the reasons says anything of whom it is for, or repeats what a server says in its own
/// words, which do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Another time it may be.
    #[error("{reason}")]
    Later {
        /// Why not now.
        reason: String,
        /// How long to wait at the least, where that was said.
        after: Option<Duration>,
    },
    /// We are refused, whatever the letter: an operator has to see to it, and it may be taken after that.
    #[error("{reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// This letter never will be.
    #[error("{reason}")]
    Never {
        /// Why.
        reason: String,
    },
}

impl Failure {
    pub(super) fn later(reason: impl Into<String>) -> Self {
        Self::Later { reason: reason.into(), after: None }
    }

    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }

    pub(super) fn never(reason: impl Into<String>) -> Self {
        Self::Never { reason: reason.into() }
    }
}
