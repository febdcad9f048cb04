use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Personal;

/// A message as its provider told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// The provider's id. Personal: a WhatsApp id is base64 around the phone.
    pub provider_message_id: Personal<String>,
    /// When the customer wrote it, by the provider's clock; whole seconds for WhatsApp.
    pub sent_at: Timestamp,
    /// What the customer called herself when she wrote it, if the provider said so.
    pub sender_name: Option<Personal<String>>,
    /// What she wrote.
    pub content: MessageContent,
}

/// What a message holds, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum MessageContent {
    /// Plain text.
    #[serde(rename = "text")]
    Text {
        /// The text, of any length.
        body: Personal<String>,
    },
}
