use jiff::Timestamp;

use super::Terms;
use crate::member::DeniedAction;
use crate::role::Permission;

/// What can be asked of an API key.
#[derive(Debug, Clone)]
pub enum ApiKeyCommand {
    /// A program gets a key.
    Issue {
        /// What it is.
        terms: Terms,
        /// When this is asked.
        now: Timestamp,
    },
    /// It opens nothing any more.
    Revoke,
    /// Whoever showed it tried what it may not do.
    Deny {
        /// What she tried.
        action: DeniedAction,
        /// What that needs.
        permission: Permission,
    },
}
