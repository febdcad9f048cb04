//! WhatsApp Cloud API webhooks: the handshake, the signed POST, and what the bodies mean.

mod content;
mod echo;
mod envelope;
mod handshake;
mod identity;
mod json;
#[cfg(test)]
mod laws;
mod message;
mod outbound;
mod receive;
mod sanitize;
mod status;
mod translate;

pub use envelope::{EnvelopeItem, Reading, read};
pub use handshake::handshake;
pub use receive::receive;
pub use sanitize::sanitize;
pub(super) use translate::translate;

/// The provider's name in the table and in metadata.
const PROVIDER: &str = "whatsapp";
