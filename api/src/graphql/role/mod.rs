//! What people may do.

mod types;

pub(super) use types::Permission;
