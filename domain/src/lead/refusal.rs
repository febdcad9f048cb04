use thiserror::Error;

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
}

impl Refusal for LeadRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::AnotherContact => RefusalCode::AlreadyExists,
        }
    }

    fn field(&self) -> Option<&'static str> {
        Some("leadId")
    }
}
