use super::{ProviderId, WhatsAppNumber};

crate::event_type::events! {
    /// What happened to a channel.
    pub enum ChannelEvent {
        /// Messages to this number arrive here from now on; also told anew when the number's details changed. `app` is the
        /// key of the Meta app that brings them, and absent for the default one.
        "channel.whatsapp_number_connected", "1" => WhatsAppNumberConnected(WhatsAppNumber),
        /// The number is free to be connected elsewhere.
        "channel.whatsapp_number_disconnected", "1" => WhatsAppNumberDisconnected {
            /// The number that was given up.
            phone_number_id: ProviderId,
        },
    }
}
