//! What people may do, and the roles of a business's own.

mod change;
mod define;
mod mutate;
mod queries;
mod remove;
mod types;

pub(super) use change::ChangeRole;
pub(super) use define::DefineRole;
pub(super) use queries::RoleQueries;
pub(super) use remove::RemoveRole;
pub(super) use types::{Permission, Role};
