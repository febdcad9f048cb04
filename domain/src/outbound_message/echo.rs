use serde::{Deserialize, Serialize};

use crate::Personal;
use crate::conversation::{Forwarded, MessageContent, Occasion, ProviderError};

/// A message that the business wrote elsewhere than here, as its provider told of it, then or in a history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EchoedMessage {
    /// Which, and when.
    #[serde(flatten)]
    pub occasion: Occasion,
    /// Where it was written.
    pub via: Via,
    /// What the customer called herself then, if the provider said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<Personal<String>>,
    /// What it says.
    pub content: MessageContent,
    /// The message it answers, by the provider's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies_to: Option<Personal<String>>,
    /// Whether somebody else had written it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
    /// What the provider could not do with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProviderError>,
}

/// Where a message of the business was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// By somebody in the WhatsApp Business app. Histories are the app's, so their messages are too.
    BusinessApp,
    /// By a bot of the provider's.
    Bot,
    /// In the provider's words.
    Other(String),
}
