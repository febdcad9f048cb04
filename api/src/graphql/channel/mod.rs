//! Channels, and what can be done with them.

mod connect_social_account;
mod connect_whatsapp_number;
mod disconnect;
mod enter_whatsapp_credentials;
mod health;
mod mutate;
mod queries;
mod remove_whatsapp_credentials;
mod resume_sending;
#[cfg(test)]
mod tests;
mod types;

pub(super) use connect_social_account::ConnectSocialAccount;
pub(super) use connect_whatsapp_number::ConnectWhatsappNumber;
pub(super) use disconnect::DisconnectChannel;
pub(super) use enter_whatsapp_credentials::EnterWhatsappCredentials;
pub(super) use queries::ChannelQueries;
pub(super) use remove_whatsapp_credentials::RemoveWhatsappCredentials;
pub(super) use resume_sending::ResumeSending;
pub(super) use types::Channel;
