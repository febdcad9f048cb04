use super::WhatsAppNumber;

/// What can be asked of a channel.
#[derive(Debug, Clone)]
pub enum ChannelCommand {
    /// Messages to this number arrive here from now on.
    ConnectWhatsAppNumber(WhatsAppNumber),
    /// They no longer do; the threads stay.
    Disconnect,
}
