//! WhatsApp Cloud API webhooks: the handshake, the signed POST, and what the bodies mean.

mod content;
mod envelope;
mod foresee;
mod handshake;
mod identity;
mod json;
#[cfg(test)]
mod laws;
mod message;
mod receive;
mod redact;
mod sanitize;
mod translate;

pub use envelope::{EnvelopeItem, Reading, read};
pub(super) use foresee::foresee;
pub use handshake::handshake;
pub use receive::receive;
pub use redact::redact;
pub use sanitize::sanitize;
pub(super) use translate::translate;

/// The provider's name in the table and in metadata.
const PROVIDER: &str = "whatsapp";
