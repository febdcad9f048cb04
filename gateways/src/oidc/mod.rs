//! OIDC (Core 1.0): people prove who they are to somebody else, an issuer, and come back with a code that the issuer
//! exchanges for a signed statement, the ID token.
//!
//! Of what the protocol can do, this is the authorization code flow with state, nonce and PKCE (RFC 7636), as RFC 9700
//! recommends it. What an issuer says of itself and its keys is read from where it publishes both, and kept for a time.

mod answer;
mod cached;
mod failure;
mod id_token;
mod issuer;
mod issuer_url;
mod key_set;
mod metadata;
pub mod simulator;

pub use failure::Failure;
pub use issuer::{Asked, Client, Issuer, NoTls};
pub use issuer_url::{GOOGLE, IssuerUrl, NotAnIssuer};
