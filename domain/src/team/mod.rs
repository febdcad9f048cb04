//! A team: people of a business who work together. Who is in it is each member's own.

mod command;
mod disband;
mod event;
mod form;
mod refusal;
mod rename;
mod state;

pub use command::TeamCommand;
pub use event::TeamEvent;
pub use refusal::TeamRefusal;
pub use state::Team;

use crate::{Reservation, Scope, ShortText, TeamId};

/// What a team is called: 1 to 50 characters.
pub type TeamName = ShortText<1, 50>;

/// That a team is there: whoever joins it asserts that it still is.
#[must_use]
pub fn team_reservation(team: TeamId) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "team.id", value: team.to_string() }
}

/// Teams of a business that differ in a letter's case are one.
#[must_use]
pub fn team_name_reservation(name: &TeamName) -> Reservation {
    Reservation { scope: Scope::Tenant, kind: "team.name", value: name.as_str().to_lowercase() }
}
