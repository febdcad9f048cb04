//! A team is called something else.

use super::state::Standing;
use super::{Team, TeamEvent, TeamName, TeamRefusal};

pub(super) fn decide(team: &Team, name: TeamName) -> Result<Vec<TeamEvent>, TeamRefusal> {
    match &team.standing {
        Standing::Unknown | Standing::Disbanded => Err(TeamRefusal::NotFound),
        Standing::Formed(known) if *known == name => Ok(vec![]),
        Standing::Formed(before) => Ok(vec![TeamEvent::Renamed { before: before.clone(), name }]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::team::state::samples::{disbanded, formed, name, renamed};
    use crate::team::{Team, TeamCommand, TeamRefusal, team_name_reservation};
    use crate::{Decide, ReservationChange, StreamId};

    fn rename(text: &str) -> TeamCommand {
        TeamCommand::Rename { name: name(text) }
    }

    #[test]
    fn a_team_is_called_something_else() {
        for text in ["After sales", "RETURNS"] {
            TestFramework::<Team>::with(())
                .given(vec![formed("Returns")])
                .when(rename(text))
                .then_expect_events(vec![renamed("Returns", text)]);
        }
    }

    #[test]
    fn its_own_name_changes_nothing() {
        TestFramework::<Team>::with(())
            .given(vec![formed("Returns"), renamed("Returns", "After sales")])
            .when(rename("After sales"))
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_is_not_there_can_t_be_renamed() {
        for given in [vec![], vec![formed("Returns"), disbanded("Returns")]] {
            TestFramework::<Team>::with(())
                .given(given)
                .when(rename("After sales"))
                .then_expect_error(TeamRefusal::NotFound);
        }
    }

    #[test]
    fn its_old_name_is_free() {
        let stream = StreamId::from_uuid(Uuid::from_u128(1));
        assert_eq!(
            Team::reservations(stream, &renamed("Returns", "After sales")),
            [
                ReservationChange::Release(team_name_reservation(&name("Returns"))),
                ReservationChange::Take(team_name_reservation(&name("After sales"))),
            ]
        );
    }
}
