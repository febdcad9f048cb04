use jiff::Timestamp;

use super::{HealthNews, ProviderId, SocialAccount, SocialNetwork, StopReason, WhatsAppNumber};
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
            /// What was told that was not known, or is so still: what is older may come later.
            news: Vec<HealthNews>,
            /// When, by its clock.
            at: Timestamp,
        },
        /// Messages to this account of Messenger or Instagram arrive here from now on; also told anew when its details changed, or
        /// Meta knows the business by something else there.
        "channel.social_account_connected", "1" => SocialAccountConnected {
            /// Which.
            #[serde(flatten)]
            account: SocialAccount,
            /// Where that is sealed which Meta knows the business by from now on; absent where it stays what it was, or nothing was
            /// entered. The log has nothing of what it is.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            credential: Option<CredentialId>,
            /// What it took the place of, which is destroyed.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            replaced: Option<CredentialId>,
        },
        /// The account is free to be connected elsewhere. What Meta knew the business by is destroyed.
        "channel.social_account_disconnected", "1" => SocialAccountDisconnected {
            /// Where it is.
            network: SocialNetwork,
            /// The account that was given up.
            account_id: ProviderId,
            /// What Meta knew the business by.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            credential: Option<CredentialId>,
        },
    }
}
