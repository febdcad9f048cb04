//! Who calls, and how somebody comes to be known: the one place where a [`TenantContext`] and an [`OperatorContext`] are made
//! ([decision 15](../../../docs/adr/0015-people-and-access.md)).
//!
//! Programs show tokens of the command line (`token.rs`). Members sign in: they prove themselves with a password, and a
//! code of their second factor where they have one, and get a session. That is shown by access tokens, which live for a
//! quarter of an hour, and renewed by refresh tokens, each once. Instead of a password, the word of a provider may count
//! (`oidc`). All that signing in takes is in [`Doors`]. Programs of a business show API keys (`api_key.rs`).
//!
//! [`TenantContext`]: leadflow_projections::TenantContext
//! [`OperatorContext`]: leadflow_projections::OperatorContext

mod access_token;
mod api_key;
mod authenticate;
mod bearer;
mod caller;
pub mod cookies;
mod doors;
mod factors;
mod invitation;
mod jwks;
mod link;
mod oidc;
mod password;
mod password_change;
mod presence;
mod registration;
mod second_factor;
pub(crate) mod secret_token;
mod session;
mod sign_in;
mod signing_keys;
mod source_key;
mod standing;
mod token;
mod upkeep;
mod uses;

pub use access_token::LIFETIME as ACCESS_TOKEN_LIFETIME;
pub use api_key::ApiKeySecret;
pub use authenticate::{Unauthenticated, authenticate};
pub use bearer::{Bearer, NoBearer, Role};
pub use caller::{Caller, Operator, Viewer};
pub use doors::{Asked, Doors, Hinges, Joined, Shut, Tokens};
pub use invitation::Invited;
pub use jwks::jwks;
pub use oidc::{Begun, CameBack, Provider, Providers};
pub use password::{BadPassword, HashError, NewPassword, Passwords};
pub use presence::{Presence, PresenceState};
pub use registration::Registrant;
pub use second_factor::{Offer, SecondFactorError};
pub use session::{EndedBy, Session};
pub use sign_in::Shown;
pub use signing_keys::{Ring, Rotated, SigningKeys, SigningKeysError, rotate as rotate_signing_key};
pub(crate) use standing::{named, standing};
#[cfg(test)]
pub(crate) use token::new_token;
pub use token::{IssuedToken, TokenSummary, issue, list, revoke};
pub use upkeep::Upkeep;
