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
    /// A page is opened, and opened again, by connecting it; an external source with what it goes by.
    #[error("it is opened in another way")]
    ByConnecting,
    /// No page is connected here.
    #[error("no page is connected here")]
    NoPage,
    /// No program posts here.
    #[error("this is no external source")]
    NotExternal,
}

impl Refusal for SourceRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::OpenedOtherwise => RefusalCode::AlreadyExists,
            Self::ByConnecting | Self::NoPage | Self::NotExternal => RefusalCode::WrongStatus,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::ByConnecting | Self::NoPage | Self::NotExternal => Some("sourceId"),
            Self::OpenedOtherwise => None,
        }
    }
}
