use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a role says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RoleRefusal {
    /// Nobody defined it, or it was removed.
    #[error("there is no such role")]
    NotFound,
    /// The id is another role's.
    #[error("a role with this id was defined otherwise")]
    DefinedOtherwise,
}

impl Refusal for RoleRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::DefinedOtherwise => RefusalCode::AlreadyExists,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => Some("roleId"),
            Self::DefinedOtherwise => None,
        }
    }
}
