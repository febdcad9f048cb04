use thiserror::Error;

use super::MAX_LABELS;
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
    /// What is resolved can't be set aside.
    #[error("the conversation is resolved; reopen it first")]
    Resolved,
    /// It can't be taken from whoever sees to it.
    #[error("somebody else sees to the conversation")]
    SomebodyElses,
    /// It can't be set aside until a time that has come.
    #[error("the time until which a conversation is snoozed must be in the future")]
    NotInTheFuture,
    /// It has as many labels as it may have.
    #[error("a conversation has {MAX_LABELS} labels at most")]
    TooManyLabels,
    /// What the answer rests on has changed since, or never was.
    #[error("the customer wrote, somebody answered, or it was handed over since version {version}: look again")]
    Changed {
        /// The version on which it was decided.
        version: i64,
    },
}

impl Refusal for ConversationRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::WrongThread => RefusalCode::WrongThread,
            Self::Resolved | Self::SomebodyElses => RefusalCode::WrongStatus,
            Self::NotInTheFuture => RefusalCode::NotInTheFuture,
            Self::TooManyLabels => RefusalCode::TooMany,
            Self::Changed { .. } => RefusalCode::ConversationChanged,
        }
    }

    fn field(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound | Self::WrongThread | Self::Resolved | Self::SomebodyElses => "conversationId",
            Self::NotInTheFuture => "until",
            Self::TooManyLabels => "label",
            Self::Changed { .. } => "expectedVersion",
        })
    }
}
