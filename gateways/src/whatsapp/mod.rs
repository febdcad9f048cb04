//! WhatsApp Cloud API: how its webhooks are signed, and a simulator that sends them.

pub mod signature;
pub mod simulator;
