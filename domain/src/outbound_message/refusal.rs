use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a message of the business says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutboundMessageRefusal {
    /// Nothing but a status was ever told of it: nobody knows whom it was for.
    #[error("there is no such message of the business")]
    NotFound,
}

impl Refusal for OutboundMessageRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
        }
    }
}
