use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a tenant says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TenantRefusal {
    /// The id is another business's.
    #[error("a tenant with this id is registered under another name")]
    RegisteredUnderAnotherName,
}

impl Refusal for TenantRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::RegisteredUnderAnotherName => RefusalCode::AlreadyExists,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::RegisteredUnderAnotherName => Some("name"),
        }
    }
}
