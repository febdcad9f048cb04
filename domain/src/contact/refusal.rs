use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a contact says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContactRefusal {
    /// Nobody was ever introduced here.
    #[error("there is no such contact")]
    NotFound,
    /// The id is somebody else's.
    #[error("a contact with this id is known by something else")]
    SomebodyElse,
    /// She has another WhatsApp user id: the number has gone to somebody else.
    #[error("the contact has another WhatsApp user id")]
    AnotherUserId,
    /// She has another phone: whoever gives her e-mail address and this one may be somebody else.
    #[error("the contact has another phone")]
    AnotherPhone,
    /// She wanted to be forgotten, and an id never comes back.
    #[error("the person was erased; nothing is recorded for her any more")]
    Erased,
    /// Both are one contact.
    #[error("these are one contact, not two")]
    Herself,
    /// Another contact stands for her; that has to be undone first.
    #[error("another contact stands for her; unmerge them first")]
    Merged,
    /// It is not this one who stands for her.
    #[error("it is another contact who stands for her")]
    MergedElsewhere,
    /// Nobody was ever introduced as the other one.
    #[error("there is no such other contact")]
    OtherNotFound,
    /// The other one wanted to be forgotten.
    #[error("the other person was erased; nothing is recorded for her any more")]
    OtherErased,
    /// Somebody stands for the other one.
    #[error("another contact stands for the winner; merge into that one, or unmerge them first")]
    OtherMerged,
}

impl Refusal for ContactRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::SomebodyElse | Self::AnotherUserId | Self::AnotherPhone => RefusalCode::AlreadyExists,
            Self::Erased | Self::OtherErased => RefusalCode::Erased,
            Self::Herself => RefusalCode::Invalid,
            Self::Merged | Self::MergedElsewhere | Self::OtherMerged => RefusalCode::WrongStatus,
            Self::OtherNotFound => RefusalCode::NotFound,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::Erased => Some("contactId"),
            Self::SomebodyElse
            | Self::AnotherUserId
            | Self::AnotherPhone
            | Self::Herself
            | Self::Merged
            | Self::MergedElsewhere
            | Self::OtherNotFound
            | Self::OtherErased
            | Self::OtherMerged => None,
        }
    }
}
