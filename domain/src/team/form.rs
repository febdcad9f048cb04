//! A team is formed; that none is called the same is the reservation's business.

use super::state::Standing;
use super::{Team, TeamEvent, TeamName, TeamRefusal};

pub(super) fn decide(team: &Team, name: TeamName) -> Result<Vec<TeamEvent>, TeamRefusal> {
    match &team.standing {
        Standing::Unknown => Ok(vec![TeamEvent::Formed { name }]),
        Standing::Formed(known) if *known == name => Ok(vec![]),
        Standing::Formed(_) | Standing::Disbanded => Err(TeamRefusal::FormedOtherwise),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::team::state::samples::{disbanded, formed, name};
    use crate::team::{Team, TeamCommand, TeamRefusal, team_name_reservation, team_reservation};
    use crate::{Decide, ReservationChange, TeamId};

    fn form() -> TeamCommand {
        TeamCommand::Form { name: name("Returns") }
    }

    #[test]
    fn a_team_is_formed() {
        TestFramework::<Team>::with(())
            .given_no_previous_events()
            .when(form())
            .then_expect_events(vec![formed("Returns")]);
    }

    #[test]
    fn forming_it_again_changes_nothing() {
        TestFramework::<Team>::with(()).given(vec![formed("Returns")]).when(form()).then_expect_events(vec![]);
    }

    #[test]
    fn an_id_keeps_its_team() {
        for given in [vec![formed("Sales")], vec![formed("Returns"), disbanded("Returns")]] {
            TestFramework::<Team>::with(()).given(given).when(form()).then_expect_error(TeamRefusal::FormedOtherwise);
        }
    }

    #[test]
    fn its_name_is_its_own_whatever_the_letters_case() {
        let id = TeamId::from_uuid(Uuid::from_u128(1));
        let taken = [team_reservation(id), team_name_reservation(&name("RETURNS"))];
        assert_eq!(Team::reservations(id.into(), &formed("Returns")), taken.map(ReservationChange::Take));
    }
}
