use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why an API key says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApiKeyRefusal {
    /// Nobody issued it.
    #[error("there is no such API key")]
    NotFound,
    /// The id is another key's.
    #[error("an API key with this id was issued otherwise")]
    IssuedOtherwise,
    /// It opens nothing any more.
    #[error("the API key is revoked")]
    Revoked,
    /// It would be over as it begins.
    #[error("must be in the future")]
    NotInTheFuture,
}

impl Refusal for ApiKeyRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::IssuedOtherwise => RefusalCode::AlreadyExists,
            Self::Revoked => RefusalCode::WrongStatus,
            Self::NotInTheFuture => RefusalCode::NotInTheFuture,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::Revoked => Some("apiKeyId"),
            Self::NotInTheFuture => Some("expiresAt"),
            Self::IssuedOtherwise => None,
        }
    }
}
