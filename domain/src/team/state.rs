use serde::{Deserialize, Serialize};

use super::{
    TeamCommand, TeamEvent, TeamName, TeamRefusal, disband, form, rename, team_name_reservation, team_reservation,
};
use crate::{DataSubject, Decide, ReservationChange, StreamId, TeamId, aggregate};

/// What a team's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Team {
    pub(super) standing: Standing,
}

/// Whether there is such a team.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// Nobody formed it yet.
    #[default]
    Unknown,
    /// There is, under this name.
    Formed(TeamName),
    /// Not any more.
    Disbanded,
}

aggregate::aggregate!(Team, "team", TeamCommand, TeamEvent, TeamRefusal);

impl Team {
    fn evolve(&mut self, event: TeamEvent) {
        self.standing = match event {
            TeamEvent::Formed { name } | TeamEvent::Renamed { before: _, name } => Standing::Formed(name),
            TeamEvent::Disbanded { .. } => Standing::Disbanded,
        };
    }
}

impl Decide for Team {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: TeamCommand) -> Result<Vec<TeamEvent>, TeamRefusal> {
        match command {
            TeamCommand::Form { name } => form::decide(self, name),
            TeamCommand::Rename { name } => rename::decide(self, name),
            TeamCommand::Disband => disband::decide(self),
        }
    }

    fn reservations(stream: StreamId, event: &TeamEvent) -> Vec<ReservationChange> {
        let itself = team_reservation(TeamId::from_uuid(stream.as_uuid()));
        match event {
            TeamEvent::Formed { name } => {
                vec![ReservationChange::Take(itself), ReservationChange::Take(team_name_reservation(name))]
            }
            TeamEvent::Renamed { before, name } => vec![
                ReservationChange::Release(team_name_reservation(before)),
                ReservationChange::Take(team_name_reservation(name)),
            ],
            TeamEvent::Disbanded { name } => {
                vec![ReservationChange::Release(team_name_reservation(name)), ReservationChange::Release(itself)]
            }
        }
    }

    fn data_subject(_stream: StreamId, event: &TeamEvent) -> DataSubject {
        match event {
            TeamEvent::Formed { .. } | TeamEvent::Renamed { .. } | TeamEvent::Disbanded { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::TeamEvent;
    use crate::team::TeamName;

    pub(in crate::team) fn name(text: &str) -> TeamName {
        TeamName::parse(text).unwrap()
    }

    pub(in crate::team) fn formed(text: &str) -> TeamEvent {
        TeamEvent::Formed { name: name(text) }
    }

    pub(in crate::team) fn renamed(before: &str, text: &str) -> TeamEvent {
        TeamEvent::Renamed { before: name(before), name: name(text) }
    }

    pub(in crate::team) fn disbanded(text: &str) -> TeamEvent {
        TeamEvent::Disbanded { name: name(text) }
    }
}
