//! A team is no team any more. Whoever is in it is in none from then on, without an event of hers.

use super::state::Standing;
use super::{Team, TeamEvent, TeamRefusal};

pub(super) fn decide(team: &Team) -> Result<Vec<TeamEvent>, TeamRefusal> {
    match &team.standing {
        Standing::Unknown => Err(TeamRefusal::NotFound),
        Standing::Formed(name) => Ok(vec![TeamEvent::Disbanded { name: name.clone() }]),
        Standing::Disbanded => Ok(vec![]),
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use crate::team::state::samples::{disbanded, formed, name, renamed};
    use crate::team::{Team, TeamCommand, TeamRefusal, team_name_reservation, team_reservation};
    use crate::{Decide, ReservationChange, TeamId};

    #[test]
    fn a_team_is_disbanded() {
        TestFramework::<Team>::with(())
            .given(vec![formed("Returns"), renamed("Returns", "After sales")])
            .when(TeamCommand::Disband)
            .then_expect_events(vec![disbanded("After sales")]);
    }

    #[test]
    fn disbanding_it_again_changes_nothing() {
        TestFramework::<Team>::with(())
            .given(vec![formed("Returns"), disbanded("Returns")])
            .when(TeamCommand::Disband)
            .then_expect_events(vec![]);
    }

    #[test]
    fn what_was_never_formed_is_not_found() {
        TestFramework::<Team>::with(())
            .given_no_previous_events()
            .when(TeamCommand::Disband)
            .then_expect_error(TeamRefusal::NotFound);
    }

    #[test]
    fn its_name_is_free_and_nobody_joins_it() {
        let id = TeamId::from_uuid(Uuid::from_u128(1));
        let released = [team_name_reservation(&name("Returns")), team_reservation(id)];
        assert_eq!(Team::reservations(id.into(), &disbanded("Returns")), released.map(ReservationChange::Release));
    }
}
