use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a tenant says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TenantRefusal {
    /// The id is another business's.
    #[error("a tenant with this id is registered under another name")]
    RegisteredUnderAnotherName,
    /// No business has this id.
    #[error("no such tenant")]
    NotFound,
}

impl Refusal for TenantRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::RegisteredUnderAnotherName => RefusalCode::AlreadyExists,
            Self::NotFound => RefusalCode::NotFound,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::RegisteredUnderAnotherName => Some("name"),
            Self::NotFound => None,
        }
    }
}
