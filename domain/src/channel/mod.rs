//! A channel: a place messages come from: a WhatsApp number, a page's Messenger, an account of Instagram.

mod app;
mod command;
mod connect_social_account;
mod connect_whatsapp_number;
mod disconnect;
mod enter_whatsapp_credentials;
mod event;
mod health;
mod refusal;
mod remove_whatsapp_credentials;
mod social;
mod state;
mod stop_sending;
mod tell_health;

pub use app::{AppKey, BadAppKey};
pub use command::ChannelCommand;
pub use event::ChannelEvent;
pub use health::{AccountStanding, Barred, Health, HealthNews, NumberQuality, Restriction, Told};
pub use refusal::ChannelRefusal;
pub use social::{AccountName, SocialAccount, SocialNetwork};
pub use state::Channel;

use serde::{Deserialize, Serialize};

use crate::{Reservation, Scope, ShortText};

/// A provider's id: 1 to 64 characters, opaque to us.
pub type ProviderId = ShortText<1, 64>;

/// A business's number as people read it: 1 to 32 characters.
pub type DisplayPhone = ShortText<1, 32>;

/// A WhatsApp number of a business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatsAppNumber {
    /// Meta's id of the number; webhooks are routed by it.
    pub phone_number_id: ProviderId,
    /// The WhatsApp Business Account that owns the number.
    pub waba_id: ProviderId,
    /// The number as people read it.
    pub display_phone: DisplayPhone,
    /// The Meta app that alone may bring its webhooks; `None` is the installation's default app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<AppKey>,
}

/// Why a provider takes nothing more from a number, in its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopReason {
    /// Its number.
    pub code: i64,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The kind of reservation by which a number is one business's.
pub const PHONE_NUMBER_ID: &str = "channel.whatsapp_phone_number_id";

/// A phone number id belongs to one channel of the whole installation.
#[must_use]
pub fn phone_number_id_reservation(phone_number_id: &str) -> Reservation {
    Reservation { scope: Scope::Installation, kind: PHONE_NUMBER_ID, value: phone_number_id.to_owned() }
}
