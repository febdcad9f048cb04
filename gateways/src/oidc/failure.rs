//! Why nobody was proven to be anybody.

use thiserror::Error;

/// Why nobody was proven to be anybody. None of the reasons says who it was, or repeats what an issuer says in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// The issuer can't be asked, or what it answers is not what an issuer answers; or it does not know us, and an operator
    /// has to see to it.
    #[error("the issuer can't be asked: {0}")]
    Unavailable(String),
    /// It was used, is over, never was one, or belongs to a question that somebody else asked.
    #[error("the issuer does not take the code")]
    CodeNotGood,
    /// The issuer's statement is none that can be believed.
    #[error("the ID token {0}")]
    Unproven(&'static str),
    /// It is known who she is, and not that the address is hers.
    #[error("the issuer does not vouch for an address: {0}")]
    NoAddress(&'static str),
}

impl Failure {
    pub(super) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable(reason.into())
    }
}
