//! A member works with others, or with nobody. That the team is there is whoever says so to assert.

use super::{Member, MemberEvent, MemberRefusal};
use crate::TeamId;

pub(super) fn decide(member: &Member, team: Option<TeamId>) -> Result<Vec<MemberEvent>, MemberRefusal> {
    let known = member.active()?;
    Ok(if known.team == team { vec![] } else { vec![MemberEvent::TeamChanged { team }] })
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use crate::member::state::samples::{MEMBER, OTHER_TEAM, TEAM, put_out, registered, who_is_not_in, working};
    use crate::member::{Member, MemberCommand, MemberEvent, MemberRefusal};
    use crate::role::MemberRole;
    use crate::{DataSubject, Decide, TeamId};

    fn moved(team: Option<TeamId>) -> MemberEvent {
        MemberEvent::TeamChanged { team }
    }

    #[test]
    fn a_member_works_with_others_or_with_nobody() {
        for team in [Some(OTHER_TEAM), None] {
            TestFramework::<Member>::with(())
                .given(working(MemberRole::Agent))
                .when(MemberCommand::MoveToTeam { team })
                .then_expect_events(vec![moved(team)]);
        }
        TestFramework::<Member>::with(())
            .given(vec![registered("ada@example.com")])
            .when(MemberCommand::MoveToTeam { team: Some(TEAM) })
            .then_expect_events(vec![moved(Some(TEAM))]);
    }

    #[test]
    fn where_she_is_already_changes_nothing() {
        for (given, team) in
            [(working(MemberRole::Agent), Some(TEAM)), ([working(MemberRole::Agent), vec![moved(None)]].concat(), None)]
        {
            TestFramework::<Member>::with(())
                .given(given)
                .when(MemberCommand::MoveToTeam { team })
                .then_expect_events(vec![]);
        }
    }

    #[test]
    fn who_is_not_in_works_with_nobody() {
        for (given, refusal) in
            who_is_not_in().into_iter().chain([(put_out(MemberRole::Agent), MemberRefusal::Deactivated)])
        {
            TestFramework::<Member>::with(())
                .given(given)
                .when(MemberCommand::MoveToTeam { team: None })
                .then_expect_error(refusal);
        }
    }

    #[test]
    fn it_says_nothing_about_a_person() {
        assert_eq!(Member::data_subject(MEMBER.into(), &moved(None)), DataSubject::Nobody);
        assert_eq!(Member::reservations(MEMBER.into(), &moved(None)), []);
    }
}
