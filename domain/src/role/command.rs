use super::{Permissions, RoleName};

/// What can be asked of a role.
#[derive(Debug, Clone)]
pub enum RoleCommand {
    /// The business makes a role of its own.
    Define {
        /// What it is called.
        name: RoleName,
        /// What whoever has it may do.
        permissions: Permissions,
    },
    /// It is called something else, or may do something else.
    Change {
        /// What it is called.
        name: RoleName,
        /// What whoever has it may do.
        permissions: Permissions,
    },
    /// There is no such role any more.
    Remove,
}
