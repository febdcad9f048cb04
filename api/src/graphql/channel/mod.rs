//! Channels, and what can be done with them.

mod connect_whatsapp_number;
mod disconnect;
mod mutate;
mod queries;
mod types;

pub(super) use connect_whatsapp_number::ConnectWhatsappNumber;
pub(super) use disconnect::DisconnectChannel;
pub(super) use queries::ChannelQueries;
pub(super) use types::Channel;
