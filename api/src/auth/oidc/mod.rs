//! Signing in by what a provider says (OIDC): a member goes to it from her browser, proves herself there as that provider has
//! it, and comes back with a code. Whoever has the address that the provider says then, is in; her second factor is asked for
//! as ever.

mod providers;
mod sign_in;
mod waiting;

pub use providers::{Provider, Providers};
pub use sign_in::{Begun, CameBack};

pub(super) use waiting::{LIFETIME, forget_old};
