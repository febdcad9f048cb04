use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a team says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TeamRefusal {
    /// Nobody formed it, or it was disbanded.
    #[error("there is no such team")]
    NotFound,
    /// The id is another team's.
    #[error("a team with this id was formed under another name")]
    FormedOtherwise,
}

impl Refusal for TeamRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::FormedOtherwise => RefusalCode::AlreadyExists,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => Some("teamId"),
            Self::FormedOtherwise => None,
        }
    }
}
