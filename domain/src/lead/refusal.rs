use thiserror::Error;

use super::MAX_TAGS;
use crate::{Refusal, RefusalCode};

/// Why a lead says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LeadRefusal {
    /// Nobody's interest was ever seen here.
    #[error("there is no such lead")]
    NotFound,
    /// The lead is another contact's.
    #[error("this lead belongs to another contact")]
    AnotherContact,
    /// It is not worked on while it is not worth pursuing.
    #[error("the lead is disqualified: qualify it first")]
    Disqualified,
    /// Who has bought was worth pursuing.
    #[error("the lead is won: move it to another stage first")]
    Won,
    /// There may be no more.
    #[error("a lead may have {MAX_TAGS} tags at most")]
    TooManyTags,
}

impl Refusal for LeadRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::AnotherContact => RefusalCode::AlreadyExists,
            Self::Disqualified | Self::Won => RefusalCode::WrongStatus,
            Self::TooManyTags => RefusalCode::TooMany,
        }
    }

    fn field(&self) -> Option<&'static str> {
        Some("leadId")
    }
}
