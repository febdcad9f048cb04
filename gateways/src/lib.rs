//! Leaf clients for outside providers, and the simulators that play those providers.
//!
//! A gateway knows its provider's protocol and nothing of the domain; only `api` sees this crate.

pub mod email;
pub mod external;
pub mod google;
pub mod oidc;
pub mod whatsapp;
mod wire;
