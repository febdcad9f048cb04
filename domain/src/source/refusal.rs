use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a source says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceRefusal {
    /// Nothing was ever opened here.
    #[error("there is no such source")]
    NotFound,
    /// The id is another's.
    #[error("a source with this id was opened otherwise")]
    OpenedOtherwise,
}

impl Refusal for SourceRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::OpenedOtherwise => RefusalCode::AlreadyExists,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => Some("sourceId"),
            Self::OpenedOtherwise => None,
        }
    }
}
