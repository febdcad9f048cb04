use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// When something was told of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// By the provider's clock; when it was received, if the provider says nothing that is a time.
    pub told_at: Timestamp,
    /// When its first delivery was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// What the provider said in the place of a time, where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd_timestamp: Option<String>,
}
