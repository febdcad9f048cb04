use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a conversation says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConversationRefusal {
    /// Nobody ever wrote here.
    #[error("there is no such conversation")]
    NotFound,
    /// The message belongs to another contact, group or channel.
    #[error("this conversation is between another contact or group and channel")]
    WrongThread,
}

impl Refusal for ConversationRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::WrongThread => RefusalCode::WrongThread,
        }
    }

    fn field(&self) -> Option<&'static str> {
        Some("conversationId")
    }
}
