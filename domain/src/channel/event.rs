use serde::{Deserialize, Serialize};

use super::{ProviderId, WhatsAppNumber};

/// What happened to a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ChannelEvent {
    /// Messages to this number arrive here from now on; also told anew when the number's details changed.
    #[serde(rename = "channel.whatsapp_number_connected")]
    WhatsAppNumberConnected(WhatsAppNumber),
    /// The number is free to be connected elsewhere.
    #[serde(rename = "channel.whatsapp_number_disconnected")]
    WhatsAppNumberDisconnected {
        /// The number that was given up.
        phone_number_id: ProviderId,
    },
}

crate::aggregate::event_types!(ChannelEvent {
    WhatsAppNumberConnected => "channel.whatsapp_number_connected", "1";
    WhatsAppNumberDisconnected => "channel.whatsapp_number_disconnected", "1";
});
