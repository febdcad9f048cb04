//! Teams: people of a business who work together.

mod disband;
mod form;
mod mutate;
mod queries;
mod rename;
mod types;

pub(super) use disband::DisbandTeam;
pub(super) use form::FormTeam;
pub(super) use queries::{TeamQueries, by_ids, must_be_a_team};
pub(super) use rename::RenameTeam;
pub(super) use types::Team;
