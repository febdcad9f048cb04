use thiserror::Error;

use crate::{Refusal, RefusalCode};

/// Why a channel says no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChannelRefusal {
    /// Nothing was ever connected here.
    #[error("there is no such channel")]
    NotFound,
    /// A channel keeps its number; another number is another channel.
    #[error("this channel belongs to another phone number id")]
    AnotherNumber,
    /// A channel keeps its account; another account is another channel.
    #[error("this channel belongs to another account, or is a WhatsApp number")]
    AnotherAccount,
    /// What was asked is about WhatsApp numbers alone.
    #[error("this channel is no WhatsApp number")]
    NoNumber,
    /// Nothing is entered for a number that was given up.
    #[error("the number was given up: connect it first")]
    GivenUp,
}

impl Refusal for ChannelRefusal {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotFound => RefusalCode::NotFound,
            Self::AnotherNumber | Self::AnotherAccount => RefusalCode::AlreadyExists,
            Self::GivenUp | Self::NoNumber => RefusalCode::WrongStatus,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::GivenUp => None,
            Self::AnotherNumber => Some("phoneNumberId"),
            Self::AnotherAccount => Some("accountId"),
            Self::NoNumber => Some("channelId"),
        }
    }
}
