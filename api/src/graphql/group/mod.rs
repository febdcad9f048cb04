//! Groups, as conversations show them.

mod types;

pub(super) use types::Group;
