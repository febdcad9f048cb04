use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a group says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GroupRefusal {
    /// It was never heard of.
    #[error("there is no such group")]
    NotFound,
    /// It is one of another channel.
    #[error("this group writes to another channel")]
    AnotherChannel,
}

impl Refusal for GroupRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::AnotherChannel => RefusalCode::WrongThread,
        }
    }

    fn field(&self) -> Option<&'static str> {
        Some("groupId")
    }
}
