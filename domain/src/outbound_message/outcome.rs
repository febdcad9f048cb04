//! What an attempt to send a message came to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{IdentifierHash, Personal};

/// How often sending a message is begun at most, of its own accord; it is counted anew when a person asks for it again.
pub const MAX_ATTEMPTS: u32 = 50;

/// What the provider calls a message that it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderMessage {
    /// Keyed hash of the provider's id: what is told by it finds the message.
    pub hash: IdentifierHash,
    /// The provider's id; absent where the person was erased meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Personal<String>>,
}

/// How it is known that the provider took a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// It answered so.
    Answer,
    /// It told later how far the message got.
    Status,
}

/// A provider's no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendRefusal {
    /// Its number; decisions are made by it.
    pub code: i64,
    /// Which of several it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subcode: Option<i64>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// More of it, in the provider's words, which may be about the customer; absent where she was erased meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Personal<String>>,
    /// What follows from it.
    pub class: RefusalClass,
}

/// What follows from a provider's no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalClass {
    /// It may pass: the message is tried again, this often at most.
    Retry {
        /// How often sending is begun, since somebody last asked for it; [`MAX_ATTEMPTS`] where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u32>,
    },
    /// Too much was sent: the message is tried again later.
    Pace,
    /// This message is never taken.
    Never,
    /// Nothing of this number is taken until somebody sees to it: the message waits.
    Stop,
}

impl RefusalClass {
    /// Whether a message that was tried `attempts` times, since somebody last asked for it, is tried again.
    #[must_use]
    pub(super) fn tries_again(self, attempts: u32) -> bool {
        match self {
            Self::Retry { at_most } => attempts < at_most.unwrap_or(MAX_ATTEMPTS).min(MAX_ATTEMPTS),
            Self::Pace => attempts < MAX_ATTEMPTS,
            Self::Never => false,
            Self::Stop => true,
        }
    }
}

/// Why nobody knows what an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCause {
    /// It left, and no answer came in time.
    NoAnswer,
    /// What was answered does not say it.
    Unreadable,
    /// Whoever sent it ended before it could say.
    SenderLost,
}

/// Why a message is not sent, other than by the provider's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The service window closed while it waited.
    WindowClosed,
    /// The customer stopped marketing while it waited.
    OptedOut,
    /// The template it is made of may not be sent any more.
    TemplateNotSendable,
    /// What it says is gone: the customer was erased.
    Erased,
    /// It can't be sent as it is.
    Invalid,
    /// The provider could not be reached for too long.
    Unreachable,
    /// WhatsApp restricted the number's account, so that the message may not be sent for a while.
    AccountRestricted,
    /// Nobody knows whether it was taken, and nothing was told of it for so long that nothing more is expected.
    NoEvidence,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The provider took the message.
    Accepted(ProviderMessage),
    /// The provider did not take it.
    Refused {
        /// What it said.
        refusal: SendRefusal,
        /// From when on it is tried again, if it is.
        again_at: Timestamp,
    },
    /// It never left: the provider was not reached.
    NotSent {
        /// Why, for people.
        reason: String,
        /// From when on it is tried again, if it is.
        again_at: Timestamp,
    },
    /// It may have been taken or not.
    Unknown(UnknownCause),
    /// It is never sent as it is.
    Failed(FailureCause),
}
