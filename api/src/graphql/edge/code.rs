//! The codes that this edge itself gives.

use std::fmt;

/// What a top-level error means to the caller: `extensions.code`.
///
/// Only the codes that the edge decides on are here; an error that comes from a resolver brings its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request is wrong and will be wrong again: syntax, validation, variables, parameters.
    BadUserInput,
    /// The request asks for more than one request may; ask for less.
    QueryTooComplex,
    /// The caller may not ask this, or not from there.
    Forbidden,
    /// The caller asked for much in a short time; ask again after a while.
    RateLimited,
    /// The operation ran out of time; a mutation may or may not have happened.
    Timeout,
    /// Our fault. The request id finds the log line.
    Internal,
}

impl Code {
    /// The code as it stands in the answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::Forbidden => "FORBIDDEN",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
