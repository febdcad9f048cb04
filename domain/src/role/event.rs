use super::{Permissions, RoleName};

crate::event_type::events! {
    /// What happened to a role.
    pub enum RoleEvent {
        /// The business made a role of its own.
        "role.defined", "1" => Defined {
            /// What it is called.
            name: RoleName,
            /// What whoever has it may do.
            permissions: Permissions,
        },
        /// It is called something else, or may do something else, from this event on.
        "role.changed", "1" => Changed {
            /// What it was called.
            before: RoleName,
            /// What it is called.
            name: RoleName,
            /// What whoever has it may do.
            permissions: Permissions,
        },
        /// There is no such role any more: whoever has it may do nothing.
        "role.removed", "1" => Removed {
            /// What it was called.
            name: RoleName,
        },
    }
}
