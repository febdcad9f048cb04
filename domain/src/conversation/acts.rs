//! What a customer does to messages that are there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MessageContent;
use crate::Personal;

/// Which act, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    /// The provider's id of the act itself. Personal, as that of a message.
    pub provider_message_id: Personal<String>,
    /// When it was done, by the provider's clock; when it was received, if the provider says nothing that is a time.
    pub sent_at: Timestamp,
    /// When its first delivery was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// What the provider said in the place of a time, where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd_timestamp: Option<String>,
}

/// She reacts to a message, or takes her reaction back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Which act, and when.
    #[serde(flatten)]
    pub occasion: Occasion,
    /// To which message, by the provider's id. It may be unknown here.
    pub to: Personal<String>,
    /// With what; `None` takes back what she reacted with.
    pub emoji: Option<Personal<String>>,
}

/// She changes a message of hers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Which act, and when.
    #[serde(flatten)]
    pub occasion: Occasion,
    /// Which message, by the provider's id. It may be unknown here.
    pub original: Personal<String>,
    /// What it says now.
    pub content: MessageContent,
}

/// She takes a message of hers back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Which act, and when.
    #[serde(flatten)]
    pub occasion: Occasion,
    /// Which message, by the provider's id. It may be unknown here.
    pub original: Personal<String>,
}
