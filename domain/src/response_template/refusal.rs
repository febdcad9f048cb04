use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why an answer that a business keeps ready says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResponseTemplateRefusal {
    /// There is none, or not any more.
    #[error("there is no such response template")]
    NotFound,
    /// The id is another's.
    #[error("a response template with this id was created otherwise")]
    CreatedOtherwise,
}

impl Refusal for ResponseTemplateRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::CreatedOtherwise => RefusalCode::AlreadyExists,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => Some("responseTemplateId"),
            Self::CreatedOtherwise => None,
        }
    }
}
