use thiserror::Error;

use super::{MAX_ATTRIBUTES, MAX_CHOICES, MAX_LOST_REASONS, MAX_STAGES};
use crate::{Refusal, RefusalCode};

/// Why nothing changes in how a business works its leads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PipelineRefusal {
    /// There is none, or not any more.
    #[error("there is no such stage")]
    NoSuchStage,
    /// There is none, or not any more.
    #[error("there is no such lost reason")]
    NoSuchLostReason,
    /// There is none, or not any more.
    #[error("there is no such attribute")]
    NoSuchAttribute,
    /// The id is another's.
    #[error("this id was given to something else")]
    CreatedOtherwise,
    /// Another one is called so, but for a letter's case.
    #[error("another one has this name")]
    NameTaken,
    /// Not each stage stands there once.
    #[error("must have each of the stages once")]
    NotAnOrder,
    /// What stood there can't stand at itself, at nothing, or at what means something else.
    #[error("must be another stage of the same kind")]
    NoSuccessor,
    /// There may be no more.
    #[error("there may be {MAX_STAGES} stages at most")]
    TooManyStages,
    /// There may be no more.
    #[error("there may be {MAX_LOST_REASONS} lost reasons at most")]
    TooManyLostReasons,
    /// There may be no more.
    #[error("there may be {MAX_ATTRIBUTES} attributes at most")]
    TooManyAttributes,
    /// An attribute with choices has none, too many, or one twice; or another kind has some.
    #[error("must be 1 to {MAX_CHOICES} different ones of an attribute of kind CHOICE, and none of others")]
    Choices,
}

impl Refusal for PipelineRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NoSuchStage | Self::NoSuchLostReason | Self::NoSuchAttribute => RefusalCode::NotFound,
            Self::CreatedOtherwise | Self::NameTaken => RefusalCode::AlreadyExists,
            Self::NotAnOrder | Self::NoSuccessor | Self::Choices => RefusalCode::Invalid,
            Self::TooManyStages | Self::TooManyLostReasons | Self::TooManyAttributes => RefusalCode::TooMany,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchStage => Some("stageId"),
            Self::NoSuchLostReason => Some("lostReasonId"),
            Self::NoSuchAttribute => Some("attributeId"),
            Self::NameTaken => Some("name"),
            Self::NotAnOrder => Some("stageIds"),
            Self::NoSuccessor => Some("successorId"),
            Self::Choices => Some("choices"),
            Self::CreatedOtherwise | Self::TooManyStages | Self::TooManyLostReasons | Self::TooManyAttributes => None,
        }
    }
}
