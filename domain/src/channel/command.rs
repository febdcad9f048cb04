use jiff::Timestamp;

use super::{HealthNews, ProviderId, SocialAccount, StopReason, WhatsAppNumber};
use crate::CredentialId;

/// What can be asked of a channel.
#[derive(Debug, Clone)]
pub enum ChannelCommand {
    /// Messages to this number arrive here from now on.
    ConnectWhatsAppNumber(WhatsAppNumber),
    /// Messages to this account arrive here from now on.
    ConnectSocialAccount {
        /// Which.
        account: SocialAccount,
        /// Where that is sealed which Meta knows the business by there; it was found good. Without it there stays what there is.
        credential: Option<CredentialId>,
    },
    /// They no longer do; the threads stay.
    Disconnect,
    /// The business is known to WhatsApp by these from now on. They were found good, and are sealed already.
    EnterWhatsAppCredentials {
        /// Where they are sealed.
        credential: CredentialId,
    },
    /// It is known to WhatsApp by none any more.
    RemoveWhatsAppCredentials,
    /// The provider takes nothing more from the number until somebody sees to it.
    StopSending {
        /// Why.
        reason: StopReason,
    },
    /// Somebody has seen to it, or to what WhatsApp told of the account.
    ResumeSending,
    /// WhatsApp tells how the number, or its account, stands.
    TellHealth {
        /// The account that it tells of, or whose number.
        waba_id: ProviderId,
        /// What it tells.
        news: Vec<HealthNews>,
        /// When, by its clock.
        at: Timestamp,
    },
}
