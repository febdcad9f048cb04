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
}

impl Refusal for ContactRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::SomebodyElse | Self::AnotherUserId | Self::AnotherPhone => RefusalCode::AlreadyExists,
            Self::Erased => RefusalCode::Erased,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::Erased => Some("contactId"),
            Self::SomebodyElse | Self::AnotherUserId | Self::AnotherPhone => None,
        }
    }
}
