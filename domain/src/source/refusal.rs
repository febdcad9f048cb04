use thiserror::Error;

use super::MOST_QUESTIONS;
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
    /// A form of ours is opened with what it asks.
    #[error("a walk-in is opened with its form")]
    WithItsForm,
    /// The source is no form of ours.
    #[error("this source is no walk-in, and has no form to change")]
    NoForm,
    /// Nobody who fills in the form could be answered.
    #[error("a form asks for a phone or for an e-mail address at least")]
    AsksNobody,
    /// The form asks more than people fill in.
    #[error("a form has {MOST_QUESTIONS} questions of its own at most")]
    TooManyQuestions,
    /// No program posts here.
    #[error("this is no external source")]
    NotExternal,
}

impl Refusal for SourceRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::OpenedOtherwise => RefusalCode::AlreadyExists,
            Self::ByConnecting | Self::NoPage | Self::WithItsForm | Self::NoForm | Self::NotExternal => {
                RefusalCode::WrongStatus
            }
            Self::AsksNobody | Self::TooManyQuestions => RefusalCode::Invalid,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::ByConnecting | Self::NoPage | Self::NoForm | Self::NotExternal => Some("sourceId"),
            Self::AsksNobody => Some("form.phone"),
            Self::TooManyQuestions => Some("form.questions"),
            Self::OpenedOtherwise | Self::WithItsForm => None,
        }
    }
}
