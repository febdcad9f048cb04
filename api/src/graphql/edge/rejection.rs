//! Why a request was turned away before the library saw it.

use async_graphql::{Pos, ServerError};

use super::Code;

/// A request that is not executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not a GraphQL request at all: not JSON, a batch, a parameter of the wrong type.
    #[error("{0}")]
    Malformed(String),
    /// More than [`super::Limits`] allow.
    #[error("{0}")]
    TooComplex(String),
    /// A GraphQL request whose document is wrong: a *request error*, as the specification calls it.
    #[error("{message}")]
    Document {
        /// What is wrong.
        message: String,
        /// Where in the document.
        locations: Vec<Pos>,
    },
}

impl Rejection {
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::Malformed(message.into())
    }

    pub(super) fn too_complex(message: impl Into<String>) -> Self {
        Self::TooComplex(message.into())
    }

    pub(super) fn document(message: impl Into<String>, location: Option<Pos>) -> Self {
        Self::Document { message: message.into(), locations: location.into_iter().collect() }
    }

    /// What the caller should make of it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Malformed(_) | Self::Document { .. } => Code::BadUserInput,
            Self::TooComplex(_) => Code::QueryTooComplex,
        }
    }
}

/// As it stands in an answer's `errors`, with its code; [`super::present`] adds the rest.
impl From<Rejection> for ServerError {
    fn from(rejection: Rejection) -> Self {
        let code = rejection.code();
        let mut error = Self::new(rejection.to_string(), None);
        if let Rejection::Document { locations, .. } = rejection {
            error.locations = locations;
        }
        error.extensions.get_or_insert_default().set("code", code.as_str());
        error
    }
}
