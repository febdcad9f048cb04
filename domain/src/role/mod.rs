//! What people may do: permissions, the fixed sets of them, and a business's own ones, each of which is a stream.

mod change;
mod command;
mod define;
mod event;
mod member_role;
mod permission;
mod refusal;
mod remove;
mod state;

pub use command::RoleCommand;
pub use event::RoleEvent;
pub use member_role::MemberRole;
pub use permission::{Permission, Permissions};
pub use refusal::RoleRefusal;
pub use state::Role;

use crate::{Reservation, RoleId, Scope, ShortText};

/// What a role is called: 1 to 50 characters.
pub type RoleName = ShortText<1, 50>;

/// That a role is there: whoever is given it asserts that it still is.
#[must_use]
pub fn role_reservation(role: RoleId) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "role.id", value: role.to_string() }
}

/// Roles of a business that differ in a letter's case are one.
#[must_use]
pub fn role_name_reservation(name: &RoleName) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "role.name", value: name.as_str().to_lowercase() }
}
