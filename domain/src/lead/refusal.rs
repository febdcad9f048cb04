use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a lead says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LeadRefusal {
    /// The lead is another contact's.
    #[error("this lead belongs to another contact")]
    AnotherContact,
}

impl Refusal for LeadRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::AnotherContact => RefusalCode::AlreadyExists,
        }
    }
}
