//! Accounts of Messenger and Instagram: places that messages come from, as a WhatsApp number is one.

use serde::{Deserialize, Serialize};

use super::{AppKey, ProviderId};
use crate::{Reservation, Scope, ShortText};

/// What an account is called there, as people read it: 1 to 100 characters.
pub type AccountName = ShortText<1, 100>;

/// Where people write to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocialNetwork {
    /// Messenger: the account is a page of Facebook.
    Messenger,
    /// Instagram: the account is a professional one.
    Instagram,
}

impl SocialNetwork {
    /// Its name, as ids are derived from it and as it is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
        }
    }

    /// An account belongs to one channel of the whole installation.
    #[must_use]
    pub fn account_reservation(self, account_id: &str) -> Reservation {
        let kind = match self {
            Self::Messenger => "channel.messenger_page_id",
            Self::Instagram => "channel.instagram_account_id",
        };
        Reservation { scope: Scope::Installation, kind, value: account_id.to_owned() }
    }
}

/// An account of a business on a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocialAccount {
    /// Where.
    pub network: SocialNetwork,
    /// Meta's id of it, of the page where it is Messenger; webhooks are routed by it.
    pub account_id: ProviderId,
    /// What it is called there.
    pub name: AccountName,
    /// The Meta app that alone may bring its webhooks; `None` is the installation's default app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppKey>,
}

impl SocialAccount {
    /// That it is this channel's.
    #[must_use]
    pub fn reservation(&self) -> Reservation {
        self.network.account_reservation(self.account_id.as_str())
    }
}
