//! What providers know businesses by: tried, sealed, and destroyed when it counts no more. Which one counts is in the log
//! (`domain/src/channel/`); the value is in a table, and is shown by nothing.

mod upkeep;
mod vault;
mod whatsapp;

pub use upkeep::Upkeep;
pub use vault::CredentialUnread;
pub(crate) use vault::{destroy, keep, unseal};
pub use whatsapp::WhatsAppCredentials;
