use super::Terms;
use crate::member::DeniedAction;
use crate::role::Permission;

crate::event_type::events! {
    /// What happened to an API key.
    pub enum ApiKeyEvent {
        /// A program got a key. `scope` is what it may do at most of what its role may, and absent where that is all;
        /// `expires_at` is absent where it has no end.
        "api_key.issued", "1" => Issued(Terms),
        /// It opens nothing from this event on.
        "api_key.revoked", "1" => Revoked {},
        /// Whoever showed it tried what it may not do. Nothing came of it.
        "api_key.denied", "1" => Denied {
            /// What she tried.
            action: DeniedAction,
            /// What that needs.
            permission: Permission,
        },
    }
}
