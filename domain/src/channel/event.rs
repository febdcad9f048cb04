use jiff::Timestamp;

use super::{HealthNews, ProviderId, StopReason, WhatsAppNumber};
use crate::CredentialId;

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
        /// The business is known to WhatsApp by credentials, which WhatsApp took. The log has where they are sealed, and
        /// nothing of what they are.
        "channel.whatsapp_credentials_entered", "1" => WhatsAppCredentialsEntered {
            /// Where they are sealed.
            credential: CredentialId,
        },
        /// Others took the place of those that there were, which are destroyed.
        "channel.whatsapp_credentials_rotated", "1" => WhatsAppCredentialsRotated {
            /// Where they are sealed.
            credential: CredentialId,
            /// Those that they took the place of.
            replaced: CredentialId,
        },
        /// It is known by none any more: somebody took them away, or the number was given up. They are destroyed.
        "channel.whatsapp_credentials_removed", "1" => WhatsAppCredentialsRemoved {
            /// Those that there were.
            credential: CredentialId,
        },
        /// The provider takes nothing more from the number until somebody sees to it. What waits to be sent goes on waiting.
        "channel.sending_stopped", "1" => SendingStopped {
            /// Why.
            reason: StopReason,
        },
        /// Somebody has seen to it, or entered other credentials: what waits is sent, whatever WhatsApp told of the account before.
        "channel.sending_resumed", "1" => SendingResumed {},
        /// WhatsApp told how the number, or its account, stands.
        "channel.health_told", "1" => HealthTold {
            /// The account that the number was of.
            waba_id: ProviderId,
            /// What was told that was not known.
            news: Vec<HealthNews>,
            /// When, by its clock.
            at: Timestamp,
        },
    }
}
