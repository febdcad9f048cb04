use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a contact says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContactRefusal {
    /// The id is somebody else's.
    #[error("a contact with this id was introduced by another phone")]
    IntroducedByAnotherPhone,
}

impl Refusal for ContactRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::IntroducedByAnotherPhone => RefusalCode::AlreadyExists,
        }
    }
}
